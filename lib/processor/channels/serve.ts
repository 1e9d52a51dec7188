import { errorText, FailpointReached, failpoint, newId } from "@/lib/kit";
import type { Money } from "@/lib/money";
import { Problem, type Slug } from "@/lib/problems";
import { answerBodyMaxBytes, answerKey, answerLifeMs, credentialKey } from "../answers/answer-key";
import type { TraceStep } from "../charges/steps";
import type { ConnectedRail, Inside } from "../deps";
import { problemOf } from "./ask";
import { type Channel, channelOf } from "./channel";
import { sessionsOf } from "./put-in";
import { findChannel } from "./query-store";
import { chargeOfUse, type Ended, type Use } from "./use";
import * as store from "./use-store";

export type BeginUse = Readonly<{
  channel: Channel;
  rail: ConnectedRail;
  /** What may be spent in all, as the rail said for this credential. */
  accepted: Money;
  /** Of one unit; reserved before anything is asked of the upstream. */
  price: Money;
  endpoint: Use["endpoint"];
  list: Use["list"];
  challengeId: string;
  credentialHash: Uint8Array;
  fingerprint: Uint8Array;
  requestId: string;
  idempotencyKey?: string;
  /** Is the answer kept for the credential itself? */
  keepForCredential: boolean;
}>;

export type Begun = Readonly<
  { outcome: "serving"; use: Use } | { outcome: "refused"; slug: Slug } | { outcome: "in-progress" }
>;

function newUse(input: BeginUse, at: Date): Use {
  const { channel, endpoint, idempotencyKey } = input;
  const key = idempotencyKey === undefined ? [] : [idempotencyKey];
  const scope = { merchantId: channel.merchantId, endpointId: endpoint.id };
  return {
    id: newId("ch", at.getTime()),
    channel,
    service: { id: channel.serviceId, slug: channel.service },
    endpoint,
    list: input.list,
    challengeId: input.challengeId,
    credentialHash: input.credentialHash,
    fingerprint: input.fingerprint,
    requestId: input.requestId,
    idempotencyKey: idempotencyKey ?? null,
    answers: [
      ...key.map((name) => answerKey({ ...scope, key: name })),
      ...(input.keepForCredential ? [credentialKey(input.credentialHash)] : []),
    ],
    spent: 0n,
    reserved: input.price.units,
    units: 0n,
    startedAt: at,
  };
}

/** Reserves one unit for a request. Nothing has been asked of an upstream before this. */
export async function beginUse(deps: Inside, input: BeginUse): Promise<Begun> {
  const { client } = deps.database;
  const at = deps.clock.now();
  const use = newUse(input, at);
  deps.hands.take(use.id);
  let answer: Awaited<ReturnType<typeof store.beginUse>> | null = null;
  try {
    answer = await store.beginUse(deps.database, {
      use,
      accepted: input.accepted.units,
      owner: deps.presence.number,
      answersUntil: new Date(at.getTime() + answerLifeMs),
    });
  } catch (error) {
    deps.log("error", "channel.not-reserved", { requestId: input.requestId, error: errorText(error) });
    throw new Problem("unavailable", "Nothing was taken. Repeat the request with the same credential.", {
      cause: error,
      retryAfter: 5,
      members: { paymentState: "none" },
    });
  } finally {
    if (answer !== "begun") deps.hands.leave(use.id);
  }
  if (answer === "begun") return { outcome: "serving", use };
  if (answer === "taken") return { outcome: "in-progress" };
  const row = await findChannel(client, use.channel.id);
  const what = row?.status === "open" ? "insufficient" : "closed";
  return { outcome: "refused", slug: problemOf(sessionsOf(input), what) };
}

export type DebitAsked = Readonly<{ cost: Money; units: bigint }>;
export type Debited = Readonly<{ outcome: "taken"; use: Use } | { outcome: "insufficient" | "closed" }>;

const debitOf = (use: Use, { cost, units }: DebitAsked): store.Debit => ({
  cost: cost.units,
  fromReserve: cost.units < use.reserved ? cost.units : use.reserved,
  units,
});

/** Takes the price of what is about to leave; durable when it returns. */
export async function debitUse(deps: Inside, use: Use, asked: DebitAsked): Promise<Debited> {
  const { client } = deps.database;
  const debit = debitOf(use, asked);
  const given = { owner: deps.presence.number, at: deps.clock.now(), debit };
  if (await store.debitUse(deps.database, use, given)) {
    await failpoint("after-settle-recorded");
    const { cost, fromReserve, units } = debit;
    const spent = use.spent + cost;
    return {
      outcome: "taken",
      use: { ...use, spent, reserved: use.reserved - fromReserve, units: use.units + units },
    };
  }
  const row = await findChannel(client, use.channel.id);
  return { outcome: row?.status === "open" ? "insufficient" : "closed" };
}

export type EndUse = Omit<Ended, "at"> &
  Readonly<{
    /** What the answer still costs beyond what was debited. */
    rest: DebitAsked;
    kept: store.Kept | null;
    trace?: readonly TraceStep[];
    reason?: string;
  }>;

export type EndedUse = Readonly<
  { outcome: "booked"; receiptId: string } | { outcome: "free" } | { outcome: "insufficient" }
>;

/** What the store says of a use that is not as we remember it: an answer of the store was lost. */
async function remembered(deps: Inside, use: Use): Promise<Use | null> {
  const row = await store.findUse(deps.database.client, use.id);
  if (row?.owner !== deps.presence.number) return null;
  const [spent, reserved] = [BigInt(row.spent.toFixed()), BigInt(row.reserved.toFixed())];
  return { ...use, spent, reserved, units: row.units };
}

/** Ends a use: a receipt for what it cost, or nothing at all. The channel's books agree with it from then on. */
export async function endUse(deps: Inside, use: Use, ending: EndUse): Promise<EndedUse> {
  try {
    return await end(deps, use, ending);
  } catch (error) {
    if (error instanceof FailpointReached) throw error;
    // A broken connection is replaced by the pool: one more try, with the figures of the store.
    const now = await remembered(deps, use);
    return now ? await end(deps, now, ending) : { outcome: "free" };
  } finally {
    deps.hands.leave(use.id);
  }
}

async function end(deps: Inside, use: Use, ending: EndUse): Promise<EndedUse> {
  const owner = deps.presence.number;
  const at = deps.clock.now();
  await failpoint("before-response-stored");
  const total = use.spent + ending.rest.cost.units;
  if (total === 0n) {
    await store.releaseUse(deps.database, use, { owner, at });
    deps.channelWakes.wake(use.channel.id);
    return { outcome: "free" };
  }
  const charge = chargeOfUse(use, total, { ...ending, at });
  const { status, bytes, totalMs } = ending;
  const units = (use.units + ending.rest.units).toString();
  const trace: TraceStep[] = [
    { type: "debited", at, detail: { channel: use.channel.id, units } },
    ...(ending.trace ?? []),
    {
      type: ending.reason ? "cut-short" : "delivered",
      at,
      ...(totalMs === null ? {} : { durationMs: totalMs }),
      detail: { status, bytes, ...(ending.reason ? { reason: ending.reason } : {}) },
    },
  ];
  const kept = ending.kept && {
    ...ending.kept,
    body: (ending.kept.body?.byteLength ?? 0) > answerBodyMaxBytes ? null : ending.kept.body,
  };
  const debit = debitOf(use, ending.rest);
  if (await store.bookUse(deps.database, { use, owner, charge, debit, kept, trace })) {
    deps.channelWakes.wake(use.channel.id);
    return { outcome: "booked", receiptId: charge.receiptId ?? charge.id };
  }
  const now = await remembered(deps, use);
  if (!now) return { outcome: "free" };
  if (now.spent !== use.spent || now.reserved !== use.reserved) return await end(deps, now, ending);
  await store.releaseUse(deps.database, use, { owner, at });
  return { outcome: "insufficient" };
}

/** Reads a channel again, for what its rail says about it now. */
export async function channelNow(deps: Inside, id: string): Promise<Channel | null> {
  const row = await findChannel(deps.database.client, id);
  return row && channelOf(row);
}
