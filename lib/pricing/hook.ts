import { createHmac, randomUUID } from "node:crypto";
import { z } from "zod";
import { type Clock, errorText, type Log, sha256, utf8, within } from "@/lib/kit";
import type { Price } from "@/lib/money";
import { readAtMost } from "@/lib/net";
import type { HookAnswer } from "./evaluate";
import { codeOf, type PricedRequest, payerOf } from "./request";
import { Amount } from "./schema";
import type { HookCall } from "./terms";

const answerBytesMax = 64 * 1024;
const bodyBytesMax = 32 * 1024;
/** Calls to one address at a time; unpaid requests must not be a way to flood a merchant's own server. */
const callsMax = 64;

const Answer = z
  .object({
    price: Amount,
    free: z.literal(true),
    reject: z.string().min(1).max(300),
    message: z.string().max(300),
  })
  .partial()
  .refine(({ price, free, reject }) => [price, free, reject].filter((one) => one !== undefined).length === 1);

/** What a hook is told of a request. */
export type HookFacts = Readonly<{
  merchant: string;
  service: string;
  endpoint: Readonly<{ method: string; path: string }>;
  mode: "test" | "live";
  rule: string;
  list: Price;
  request: PricedRequest;
  at: Date;
}>;

function bodyOf({ merchant, service, endpoint, mode, rule, list, request, at }: HookFacts): string {
  const { method, path, query, body, address, caller } = request;
  const text = body.byteLength <= bodyBytesMax ? utf8(body) : null;
  return JSON.stringify({
    version: 1,
    ...{ merchant, service, mode, rule, at: at.toISOString(), listPrice: list },
    endpoint: { method: endpoint.method, path: endpoint.path },
    request: {
      ...{ method, path, query, address, caller, payer: payerOf(request), code: codeOf(request) },
      ...{ body: text, bodyBytes: body.byteLength, bodySha256: sha256(body).toString("hex") },
    },
  });
}

/** The headers of a signed call: HMAC-SHA256 over what it is, as every signed call of ours (docs/pricing.md). */
export function signedHeaders(
  { url, secret }: Pick<HookCall, "url" | "secret">,
  { id, at, rule, body }: { id: string; at: Date; rule: string; body: string },
): Record<string, string> {
  const { pathname, search } = new URL(url);
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const hash = sha256(body).toString("hex");
  const signed = ["v1", id, timestamp, "POST", `${pathname}${search}`, "", hash].join("\n");
  return {
    "content-type": "application/json",
    "farebox-request": id,
    "farebox-timestamp": timestamp,
    "farebox-key-id": rule,
    "farebox-signature": `v1=${createHmac("sha256", secret).update(signed).digest("hex")}`,
  };
}

function readAnswer(bytes: Uint8Array | "too-large", list: Price): HookAnswer {
  const none = (why: string): HookAnswer => ({ kind: "none", why });
  const text = bytes === "too-large" ? null : utf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text ?? "");
  } catch {
    return none("The hook's answer is no JSON.");
  }
  const { data } = Answer.safeParse(value);
  if (!data) return none("The hook's answer has not the form that is agreed.");
  const { price, free, reject, message = null } = data;
  if (price && price.currency !== list.currency) {
    return none(`The hook's price is not in ${list.currency}, the list currency.`);
  }
  if (price) return { kind: "price", price };
  return free ? { kind: "free", message } : { kind: "reject", message: reject ?? null };
}

export type AskHook = (hook: HookCall, facts: HookFacts) => Promise<HookAnswer>;

/** Asks merchants' hooks for prices, through the guarded fetch. Whatever goes wrong is no answer, and is never thrown. */
export function createHooks({
  fetch,
  clock,
  log,
}: {
  fetch: typeof globalThis.fetch;
  clock: Clock;
  log: Log;
}): AskHook {
  const calls = new Map<string, number>();

  const call = async (hook: HookCall, facts: HookFacts): Promise<HookAnswer> => {
    const body = bodyOf(facts);
    const headers = signedHeaders(hook, { id: randomUUID(), at: clock.now(), rule: facts.rule, body });
    return await within(hook.timeoutMs, async (signal) => {
      const answer = await fetch(hook.url, { method: "POST", headers, body, signal, redirect: "manual" });
      if (answer.status !== 200) {
        await answer.body?.cancel().catch(() => undefined);
        return { kind: "none", why: `The hook answered with status ${answer.status}.` } as const;
      }
      return readAnswer(await readAtMost(answer.body, answerBytesMax), facts.list);
    });
  };

  return async (hook, facts) => {
    const running = calls.get(hook.url) ?? 0;
    if (running >= callsMax) return { kind: "none", why: "Too many calls to the hook are waiting." };
    calls.set(hook.url, running + 1);
    try {
      return await call(hook, facts);
    } catch (error) {
      log("warn", "price.hook-failed", {
        merchant: facts.merchant,
        service: facts.service,
        error: errorText(error),
      });
      return { kind: "none", why: "The hook did not answer in time, or could not be reached." };
    } finally {
      const left = (calls.get(hook.url) ?? 1) - 1;
      if (left > 0) calls.set(hook.url, left);
      else calls.delete(hook.url);
    }
  };
}
