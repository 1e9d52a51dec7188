import { createHmac } from "node:crypto";
import type { Database } from "@/lib/db";
import { type Clock, errorText, type Log } from "@/lib/kit";
import { type GuardedFetch, NetError } from "@/lib/net";
import * as store from "./store";

/** One notice as it is sent now. */
export type NoticeMessage = Readonly<{
  url: string;
  headers: Readonly<Record<string, string>>;
  /** `null` sends a POST without a body. */
  body: string | null;
  /** Signs the body, with the time of sending. */
  secret?: string;
  /** It is not sent sooner. */
  notBefore?: Date;
  /** After this it is given up. */
  until: Date;
  /** The wait after a try that failed; attempts count from 1. 1, 2, 4 … s, at most 15 min, unless given. */
  delayMs?(attempt: number): number;
}>;

type Deps = Readonly<{
  database: Pick<Database, "client">;
  clock: Clock;
  /** The guarded fetch. */
  fetch: GuardedFetch;
  log: Log;
  /** What to send, made from the state of now; `null` when there is nothing to tell any more. */
  message(notice: store.ShopNotice): Promise<NoticeMessage | null>;
}>;

export type NoticeSender = Readonly<{
  /** Sends what is due; answers how many notices that was. */
  work(): Promise<number>;
  list(where: Parameters<typeof store.listNotices>[1]): Promise<store.ShopNotice[]>;
}>;

const timeoutMs = 10_000;
/** Longer than a call may take, so that a notice is not sent twice at once. */
const leaseMs = 30_000;
const atOnce = 20;
const delayMsMax = 15 * 60_000;

const usualDelayMs = (attempt: number): number =>
  Math.min(1_000 * 2 ** Math.min(attempt - 1, 20), delayMsMax);

/** `Farebox-Signature` over the time and the raw body (contracts/medusa.md §4). */
function signatureHeaders(secret: string, body: string, at: Date): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1_000).toString();
  const digest = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return { "farebox-timestamp": timestamp, "farebox-signature": `v1=${digest}` };
}

type Tried = Readonly<{ status: number | null; error: string | null }>;

async function post({ fetch, clock }: Deps, { url, headers, body, secret }: NoticeMessage): Promise<Tried> {
  const signed = secret === undefined ? {} : signatureHeaders(secret, body ?? "", clock.now());
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, ...signed },
      ...(body === null ? {} : { body }),
      timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return { status: response.status, error: response.ok ? null : `It answered ${response.status}.` };
  } catch (error) {
    const reason = error instanceof NetError ? error.message : "It did not answer in time.";
    return { status: null, error: reason.slice(0, 300) };
  }
}

async function sendOne(deps: Deps, notice: store.ShopNotice): Promise<void> {
  const { client } = deps.database;
  const message = await deps.message(notice);
  const at = deps.clock.now();
  if (!message) return await store.endTry(client, notice, { state: "dropped", at });
  if (message.notBefore && message.notBefore > at)
    return await store.endTry(client, notice, { state: "due", at, nextAt: message.notBefore });
  const tried = await post(deps, message);
  const after = deps.clock.now();
  if (tried.error === null) return await store.endTry(client, notice, { state: "sent", at: after, ...tried });
  const nextAt = new Date(after.getTime() + (message.delayMs ?? usualDelayMs)(notice.attempts));
  if (nextAt <= message.until)
    return await store.endTry(client, notice, { state: "due", at: after, nextAt, ...tried });
  deps.log("error", "notice.given-up", {
    charge: notice.chargeId,
    kind: notice.type,
    attempt: notice.attempts,
  });
  await store.endTry(client, notice, { state: "given_up", at: after, ...tried });
}

/** Sends what the outbox holds, at least once each, by any number of processes. */
export function createNoticeSender(deps: Deps): NoticeSender {
  const { client } = deps.database;
  return {
    async work() {
      const now = deps.clock.now();
      const leaseEnds = new Date(now.getTime() + leaseMs);
      const due = await store.claimDueNotices(client, { now, leaseEnds, limit: atOnce });
      await Promise.all(
        due.map((notice) =>
          sendOne(deps, notice).catch((error) =>
            deps.log("error", "notice.fault", { charge: notice.chargeId, error: errorText(error) }),
          ),
        ),
      );
      return due.length;
    },
    list: (where) => store.listNotices(client, where),
  };
}
