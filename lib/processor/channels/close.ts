import { errorText, FailpointReached, failpoint, sameSecret } from "@/lib/kit";
import { Money } from "@/lib/money";
import { Problem, type Slug } from "@/lib/problems";
import type { Closed, Pending, Refused } from "@/lib/rails";
import type { ConnectedRail, Inside, Mode } from "../deps";
import { areMoney, ask, problemOf } from "./ask";
import { type Channel, type ChannelRow, channelOf, railChannelOf } from "./channel";
import * as store from "./close-store";
import { sessionsOf } from "./put-in";
import { findChannel } from "./query-store";

/** A refund may take its network half a minute. */
const closeLimitMs = 35_000;
const firstQuestionMs = 2_000;

const sealedPlace = ({ id, merchantId }: Pick<ChannelRow, "id" | "merchantId">) =>
  `channel|sealed_close|${id}|${merchantId}`;

export type CloseChannel = Readonly<{
  channel: Channel;
  rail: ConnectedRail;
  /** payer, idle, member:…, key:…, bootstrap */
  by: string;
  payload: unknown;
  /** SHA-256 of the credential that closes; its repeat gets the answer again. */
  credentialHash: Uint8Array | null;
  challengeId?: string;
  offer?: Record<string, unknown>;
}>;

export type CloseAnswer = Readonly<
  | { outcome: "closed"; channel: Channel; answer: Record<string, unknown> }
  | { outcome: "refused"; slug: Slug }
  | { outcome: "in-progress" }
  /** It is closed to spending; what goes back is not known yet and is being seen to. */
  | { outcome: "unavailable"; retryAfterMs: number; channel: Channel }
>;

/** Closes a channel: first to spending, then what is left goes back, once, then the fact. */
export async function closeChannel(deps: Inside, input: CloseChannel): Promise<CloseAnswer> {
  const { client } = deps.database;
  const { channel, by, credentialHash } = input;
  deps.hands.take(channel.id);
  try {
    const begun = await store.beginClose(client, {
      channel,
      by,
      credential: credentialHash,
      sealedPayload: input.payload === null ? null : sealClose(deps, channel, input.payload),
      owner: deps.presence.number,
      at: deps.clock.now(),
      onlyIdle: by === "idle",
    });
    if (!begun) return await repeated(deps, input);
    deps.channelWakes.wake(channel.id);
    await failpoint("refund-intent-recorded");
    const row = await findChannel(client, channel.id);
    if (!row) throw new Problem("not-found", "There is no such channel.");
    return await askToClose(deps, { ...input, row, isRepeat: false });
  } finally {
    deps.hands.leave(channel.id);
  }
}

const sealClose = ({ seal }: Inside, channel: Channel, payload: unknown): Buffer =>
  Buffer.from(seal.seal(JSON.stringify(payload), sealedPlace(channel)));

/** It closes or is closed already: whoever did it gets the answer again, and nobody else gets anything. */
async function repeated(deps: Inside, { channel, rail, credentialHash }: CloseChannel): Promise<CloseAnswer> {
  const row = await findChannel(deps.database.client, channel.id);
  const isSame =
    row?.closeCredential && credentialHash ? sameSecret(row.closeCredential, credentialHash) : false;
  if (row && isSame && row.closeAnswer !== null) {
    const answer = row.closeAnswer as Record<string, unknown>;
    return { outcome: "closed", channel: channelOf(row), answer };
  }
  if (row?.status === "open" || (isSame && row?.status === "closing")) return { outcome: "in-progress" };
  return { outcome: "refused", slug: problemOf(sessionsOf({ rail }), "closed") };
}

type Asking = Pick<CloseChannel, "rail" | "payload" | "challengeId" | "offer"> & {
  row: ChannelRow;
  /** May an earlier call have been heard? */
  isRepeat: boolean;
};

async function askToClose(deps: Inside, asking: Asking): Promise<CloseAnswer> {
  const { row, rail, payload, challengeId, offer } = asking;
  const channel = railChannelOf(row);
  const about = { ...(challengeId ? { challengeId } : {}), ...(offer ? { offer } : {}) };
  const key = store.closeKey(row.id);
  await failpoint("refund-before-rail");
  const sessions = sessionsOf({ rail });
  const said: Closed | Pending | Refused = await ask(
    deps,
    { key, rail, amount: channel.deposit, limitMs: closeLimitMs, ...about },
    (effect) => sessions.close(channel, payload, { ...effect, isRepeat: asking.isRepeat }),
  );
  await failpoint("refund-after-rail");
  return await recordClose(deps, asking, said);
}

/** What the rail said, as far as it can be: never more than is left, and in the channel's own money. */
function factsOf(deps: Inside, row: ChannelRow, said: Closed | Pending | Refused) {
  const rail = railChannelOf(row);
  const zero = Money.zero(rail.deposit.currency);
  const due = Money.subtract(rail.deposit, rail.spent);
  const base = { settled: rail.spent, refunded: zero, fee: zero, reference: null, failure: null };
  switch (said.outcome) {
    case "closed": {
      const { settled, refunded, refundState, fee = zero, reference = null } = said;
      const isSound = areMoney(zero, settled, refunded, fee) && refunded.units <= due.units;
      if (!isSound) {
        deps.log("error", "rail.conflict", {
          rail: row.railSlug,
          reason: `${row.id}: closed on other terms`,
        });
        return { ...base, refundState: "pending" as const, failure: "closed-on-other-terms" };
      }
      const kept = refundState === "settled" ? refunded : zero;
      const failure = refundState === "failed" ? "refund-failed" : null;
      return { settled, refunded: kept, fee, refundState, reference, failure };
    }
    case "declined":
    case "invalid":
    case "conflict":
      return { ...base, refundState: "failed" as const, failure: String(said.reason).slice(0, 200) };
    case "unavailable":
      return { ...base, refundState: null, failure: String(said.reason).slice(0, 200) };
    default:
      return { ...base, refundState: "pending" as const, failure: "no-answer" };
  }
}

async function recordClose(
  deps: Inside,
  { row, rail }: Asking,
  said: Closed | Pending | Refused,
): Promise<CloseAnswer> {
  const { client } = deps.database;
  const at = deps.clock.now();
  const channel = channelOf(row);
  const { refundState, ...facts } = factsOf(deps, row, said);
  const seen = railChannelOf(row);
  const told = (state: Closed["refundState"]) => {
    // What was to go back is told whether it went or not.
    const isOwed = state === "failed" || state === "pending";
    const refunded = isOwed ? Money.subtract(seen.deposit, seen.spent) : facts.refunded;
    const { settled, fee } = facts;
    return sessionsOf({ rail }).words.closed(seen, { settled, fee, refunded, refundState: state });
  };
  const retry = { outcome: "unavailable", retryAfterMs: firstQuestionMs, channel } as const;
  try {
    if (refundState === null || refundState === "pending") {
      const answer = refundState === null ? null : told("pending");
      const askAt = new Date(at.getTime() + firstQuestionMs);
      const reason = facts.failure ?? "pending";
      await store.doubtClose(client, { channel, state: refundState, reason, answer, askAt, at });
      if (answer === null) return retry;
    } else {
      const answer = told(refundState);
      await store.recordClosed(client, { channel, facts: { ...facts, refundState, answer }, at });
      await failpoint("refund-fact-recorded");
    }
  } catch (error) {
    if (error instanceof FailpointReached) throw error;
    deps.log("error", "channel.not-recorded", { reason: row.id, error: errorText(error) });
    return retry;
  }
  const now = await findChannel(client, row.id);
  const answer = now?.closeAnswer as Record<string, unknown> | null | undefined;
  return now && answer ? { outcome: "closed", channel: channelOf(now), answer } : retry;
}

/** Asks again what became of a close, under its key. */
export async function resumeClose(deps: Inside, id: string): Promise<"done" | { again: string }> {
  const { client } = deps.database;
  const row = await findChannel(client, id);
  if (row?.status !== "closing" || deps.hands.has(id)) return "done";
  deps.hands.take(id);
  try {
    await failpoint("refund-in-recovery");
    const rail = await deps.rail(row.merchantId, row.railSlug);
    if (!rail?.abilities.sessions) return { again: "The rail is not connected." };
    if (!(await store.adoptClose(client, row, deps.presence.number)))
      return { again: "Another works on it." };
    const payload = row.sealedClose && openClose(deps, row, row.sealedClose);
    await askToClose(deps, { row, rail, payload, isRepeat: true });
    const now = await findChannel(client, id);
    return now?.status === "closed" ? "done" : { again: now?.failure ?? "The rail has not said." };
  } finally {
    deps.hands.leave(id);
  }
}

const openClose = ({ seal }: Inside, row: ChannelRow, sealed: Uint8Array): unknown =>
  JSON.parse(seal.open(Buffer.from(sealed).toString(), sealedPlace(row)));

type ByMerchant = Readonly<{ merchantId: string; mode?: Mode; id: string; actor: string }>;

/** The merchant's own close: what is left goes back to the payer. One that is closing or closed is told as it is. */
export async function closeByMerchant(
  deps: Inside,
  { merchantId, mode, id, actor }: ByMerchant,
): Promise<Channel> {
  const row = await findChannel(deps.database.client, id);
  if (row?.merchantId !== merchantId || (mode && row.mode !== mode)) {
    throw new Problem("not-found", "There is no such channel.");
  }
  if (row.status !== "open") return channelOf(row);
  const rail = await deps.rail(merchantId, row.railSlug);
  if (!rail?.abilities.sessions) {
    throw new Problem(
      "rail-unavailable",
      "The rail of this channel is not connected, so nothing can go back.",
    );
  }
  const channel = channelOf(row);
  await closeChannel(deps, { channel, rail, by: actor, payload: null, credentialHash: null });
  const now = await findChannel(deps.database.client, id);
  return channelOf(now ?? row);
}
