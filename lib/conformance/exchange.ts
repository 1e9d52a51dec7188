import { within } from "@/lib/kit";
import {
  type Challenge,
  type JsonObject,
  parseChallenges,
  parseJsonObject,
  parseReceipt,
  type Receipt,
} from "@/lib/protocol";

const answerLimitMs = 30_000;

export type Ask = Readonly<{
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
}>;

/** An answer, read to its end and in the scheme's own terms. */
export type Answer = Readonly<{
  method: string;
  status: number;
  headers: Headers;
  text: string;
  challenges: readonly Challenge[];
  /** `null` without the header; `"unreadable"` when it is there and is none. */
  receipt: Receipt | "unreadable" | null;
  /** The problem document; `null` when the answer is none. */
  problem: JsonObject | null;
}>;

export type Client = (ask: Ask) => Promise<Answer>;

/** Asks over HTTP, one answer at a time, redirects not followed. */
export const createClient =
  (fetch: typeof globalThis.fetch): Client =>
  async ({ url, method, headers, body }) => {
    const [answer, text] = await within(answerLimitMs, async (signal) => {
      const got = await fetch(url, {
        method,
        headers,
        redirect: "manual",
        signal,
        ...(body === null ? {} : { body }),
      });
      return [got, await got.text()] as const;
    });
    const receipt = answer.headers.get("payment-receipt");
    const isProblem = /^application\/problem\+json\b/i.test(answer.headers.get("content-type") ?? "");
    return {
      method,
      status: answer.status,
      headers: answer.headers,
      text,
      challenges: parseChallenges(answer.headers.get("www-authenticate") ?? ""),
      receipt: receipt === null ? null : (parseReceipt(receipt) ?? "unreadable"),
      problem: isProblem ? parseJsonObject(text) : null,
    };
  };
