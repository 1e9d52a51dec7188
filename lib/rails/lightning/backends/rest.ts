import type { ZodType } from "zod";
import { NetError, readAtMost } from "@/lib/net";
import type { Kit } from "../../contract";
import { BackendFault } from "./backend";

type Door = Readonly<{
  url: string;
  headers: Readonly<Record<string, string>>;
  tlsCertificate?: string | undefined;
  fetch: Kit["fetch"];
}>;

export type Ask = Readonly<{
  method?: "GET" | "POST";
  json?: object;
  form?: Readonly<Record<string, string>>;
  signal: AbortSignal;
  timeoutMs?: number;
}>;

const answerBytesMax = 256 * 1024;
const timeoutMs = 5_000;

function faultOf(error: unknown): BackendFault {
  if (error instanceof BackendFault) return error;
  const isUnsent = error instanceof NetError && (error.kind === "blocked" || error.kind === "not-reached");
  const words = error instanceof NetError ? error.message : "The node did not answer.";
  return new BackendFault(isUnsent ? "not-reached" : "lost", words);
}

/**
 * One call to a node's REST door: the text of a 2xx answer, everything else a `BackendFault`. What the node says goes
 * into no message: it may repeat what it was asked with.
 */
async function call<T>(
  { url, headers, fetch, tlsCertificate }: Door,
  path: string,
  ask: Ask & { take(answer: Response): Promise<T> },
): Promise<T> {
  const limit = AbortSignal.timeout(ask.timeoutMs ?? timeoutMs);
  const form = ask.form && new URLSearchParams(ask.form).toString();
  const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded";
  const body = form ?? (ask.json ? JSON.stringify(ask.json) : undefined);
  try {
    const answer = await fetch(`${url.replace(/\/+$/, "")}${path}`, {
      method: ask.method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        ...headers,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": type }),
      },
      signal: AbortSignal.any([ask.signal, limit]),
      redirect: "manual",
      ...(body === undefined ? {} : { body }),
      ...(tlsCertificate ? { tlsCertificate } : {}),
    });
    const { status } = answer;
    if (answer.ok) return await ask.take(answer);
    await answer.body?.cancel();
    if (status === 401 || status === 403) {
      throw new BackendFault(
        "refused",
        "The node refuses the credential, or does not allow this with it.",
        status,
      );
    }
    throw new BackendFault("answered", `The node answered ${status}.`, status);
  } catch (error) {
    throw faultOf(error);
  }
}

async function whole(answer: Response): Promise<string> {
  const bytes = await readAtMost(answer.body, answerBytesMax);
  if (bytes === "too-large") throw new BackendFault("lost", "The node's answer is too long.");
  return Buffer.from(bytes).toString("utf8");
}

/** What stands before the first line end; the rest of a stream that may never end is not waited for. */
async function firstLine(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of answer.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end); // leaving the loop cancels the stream
    if (text.length > answerBytesMax) throw new BackendFault("lost", "The node's answer is too long.");
  }
  return text;
}

function read<T>(schema: ZodType<T>, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BackendFault("lost", "The node's answer is not JSON.");
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new BackendFault("lost", "The node's answer cannot be read.");
  return parsed.data;
}

type Finding = Ask & { none: readonly number[] };

/** A REST door whose answers are read through schemas. */
export function createRest(door: Door) {
  async function orNone<T>(none: readonly number[], asking: Promise<T>): Promise<T | null> {
    return await asking.catch((error: unknown) => {
      const { status } = error instanceof BackendFault ? error : {};
      if (status !== undefined && none.includes(status)) return null;
      throw error;
    });
  }
  const get = async <T>(schema: ZodType<T>, path: string, ask: Ask): Promise<T> =>
    read(schema, await call(door, path, { ...ask, take: whole }));
  return {
    get,
    /** The same; `null` for the statuses that mean "there is none". */
    find: <T>(schema: ZodType<T>, path: string, { none, ...ask }: Finding): Promise<T | null> =>
      orNone(none, get(schema, path, ask)),
    /** Several JSON values, each on its own line. */
    async lines<T>(schema: ZodType<T>, path: string, ask: Ask): Promise<T[]> {
      const text = await call(door, path, { ...ask, take: whole });
      return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [read(schema, line)]));
    },
    /** The first of them. */
    findFirst: <T>(schema: ZodType<T>, path: string, { none, ...ask }: Finding): Promise<T | null> =>
      orNone(
        none,
        call(door, path, { ...ask, take: firstLine }).then((line) => read(schema, line)),
      ),
  };
}

export type Rest = ReturnType<typeof createRest>;

/** "regtest" and its other names. */
export function networkOf(name: string): "mainnet" | "signet" | "regtest" | "other" {
  if (["mainnet", "bitcoin", "main"].includes(name)) return "mainnet";
  return name === "signet" || name === "regtest" ? name : "other";
}
