import { STATUS_CODES } from "node:http";
import {
  type Challenge,
  decodeObject,
  parseChallenges,
  parseReceipt,
  readCredential,
  readRequest,
} from "@/lib/protocol";
import type { Opened } from "./exchange";

/** A longer body is cut on screen; what was charged and delivered is the whole of it. */
const shownBytesMax = 16 * 1024;
const readBytesMax = 1024 * 1024;
/** A stream that does not end is given up after this. */
const readMsMax = 20_000;

export type HeaderList = readonly (readonly [name: string, value: string])[];

const json = (value: unknown): string => JSON.stringify(value, null, 2);

function shownText(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: bytes.byteLength <= shownBytesMax }).decode(
      bytes.subarray(0, shownBytesMax),
    );
    const rest = bytes.byteLength - shownBytesMax;
    return rest > 0 ? `${text}\n… and ${rest} bytes more` : text;
  } catch {
    return `(${bytes.byteLength} bytes that are not text)`;
  }
}

const messageText = (first: string, headers: HeaderList, body: Uint8Array): string =>
  [
    first,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    "",
    ...(body.byteLength > 0 ? [shownText(body)] : []),
  ].join("\n");

type Asked = Readonly<{ method: string; target: string; headers: HeaderList; body: Uint8Array }>;

/** A request as it is written on the wire. */
export const requestText = ({ method, target, headers, body }: Asked): string =>
  messageText(`${method} ${target} HTTP/1.1`, headers, body);

/** The credential of a request, opened; nothing when it carries none that can be read. */
export function openCredential(headers: HeaderList): Opened[] {
  for (const field of ["authorization", "payment-authorization"] as const) {
    const read = readCredential(headers, field);
    if (read.kind !== "credential") continue;
    const { challenge, ...rest } = read.credential;
    return [{ title: "Credential", text: json({ ...rest, challenge: openedChallenge(challenge) }) }];
  }
  return [];
}

const openedChallenge = ({ request, opaque, ...rest }: Challenge) => ({
  ...rest,
  request: decodeObject(request) ?? request,
  ...(opaque === undefined ? {} : { opaque: decodeObject(opaque) ?? opaque }),
});

/** An answer, read whole, with what the exchange goes by. */
export type Answered = Readonly<{
  status: number;
  text: string;
  body: string;
  challenges: readonly Challenge[];
  hasReceipt: boolean;
  /** The last word of the problem's `type`: "invalid-challenge". */
  problem: string | null;
  opened: readonly Opened[];
}>;

/** Reads a body to its end, for only then is it delivered; one that is too long or does not end is given up. */
async function readBody(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  if (!body) return new Uint8Array();
  const reader = body.getReader();
  const late = setTimeout(() => void reader.cancel().catch(() => undefined), readMsMax);
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      pieces.push(step.value);
      size += step.value.byteLength;
      if (size > readBytesMax) await reader.cancel();
    }
  } catch {
    // What broke off is shown as far as it came; the records say that it did.
  } finally {
    clearTimeout(late);
  }
  return Buffer.concat(pieces);
}

export async function readAnswer(answer: Response): Promise<Answered> {
  const bytes = await readBody(answer.body);
  const { status } = answer;
  const lines = answer.headers.get("www-authenticate");
  const challenges = lines === null ? [] : parseChallenges(lines);
  const receipt = answer.headers.get("payment-receipt");
  const decoded = receipt === null ? null : parseReceipt(receipt);
  return {
    status,
    text: messageText(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd(),
      [...answer.headers],
      bytes,
    ),
    body: shownText(bytes),
    challenges,
    hasReceipt: decoded !== null,
    problem: problemOf(answer, bytes),
    opened: [
      ...challenges.map((challenge) => ({
        title: `Challenge for ${challenge.method}/${challenge.intent}`,
        text: json(openedChallenge(challenge)),
      })),
      ...(decoded ? [{ title: "Receipt", text: json(decoded) }] : []),
    ],
  };
}

function problemOf(answer: Response, bytes: Uint8Array): string | null {
  if (!answer.headers.get("content-type")?.includes("problem+json")) return null;
  try {
    const { type } = JSON.parse(new TextDecoder().decode(bytes)) as { type?: unknown };
    return typeof type === "string" ? (type.split(/[/:]/).at(-1) ?? null) : null;
  } catch {
    return null;
  }
}

/** The challenge that the console pays, when it is among them. */
export const demoAmong = (challenges: readonly Challenge[]): Challenge | undefined =>
  challenges.find(({ method, intent }) => method === "demo" && intent === "charge");

export type DemoTerms = Readonly<{ amount: string; currency: string; recipient: string }>;

/** What a challenge of the demo rail asks for. */
export function demoTerms(challenge: Challenge): DemoTerms {
  const { amount, currency, recipient } = readRequest(challenge) ?? {};
  return { amount: String(amount), currency: String(currency), recipient: String(recipient) };
}
