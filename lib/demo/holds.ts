import { z } from "zod";
import { findHold, type Hold, placeHold, releaseHold, returnHold, takeHold } from "./hold-store";
import { type Behaviour, findEntry, findPayment, insertPayment } from "./store";
import { Amount, lostMs, named, parse, refuse, slowMs, type WalletDeps } from "./words";

const Placing = z.object({
  key: named(300),
  token: z.string(),
  challengeId: z.string(),
  amount: Amount,
  currency: z.string(),
  recipient: z.string(),
});
const Taking = z.object({ key: named(300), reference: z.string(), amount: Amount, final: z.boolean() });
const Releasing = z.object({ key: named(300), reference: z.string() });
const Returning = z.object({ key: named(300), reference: z.string(), amount: Amount });

/** How long the network holds money. */
const holdMs = 7 * 24 * 60 * 60 * 1000;

const referenceOf = ({ seq }: Hold): string => `dh_${seq}`;

async function byReference({ database }: WalletDeps, reference: string): Promise<Hold | null> {
  if (!/^dh_\d{1,18}$/.test(reference)) return null;
  return await findHold(database.client, { seq: BigInt(reference.slice(3)) });
}

/** Did the network do something a moment ago and lose its answer? */
const isLost = ({ behaviour, takenAt, heldAt }: Hold, now: Date): boolean =>
  behaviour === "unknown" && now.getTime() - (takenAt ?? heldAt).getTime() < lostMs;

/** What is granted later waits a moment, and is then held or refused. */
function standingAt({ behaviour, heldAt }: Hold, now: Date): "waiting" | "held" | "declined" {
  if (behaviour !== "later" && behaviour !== "later-no") return "held";
  if (now.getTime() - heldAt.getTime() < slowMs) return "waiting";
  return behaviour === "later" ? "held" : "declined";
}

const suiteToken = /^demo_suite_(approve|decline|later|later-no)_ch_[0-9A-Z]{26}$/;

/** A suite's cards pay without a wallet: their token says what becomes of them. */
async function paySuite({ database, clock }: WalletDeps, request: z.infer<typeof Placing>): Promise<void> {
  const behaviour = suiteToken.exec(request.token)?.[1] as Behaviour | undefined; // safe: the pattern lists them
  if (behaviour === undefined) return;
  const { token, challengeId, amount, currency, recipient } = request;
  const payment = { token, challengeId, amount, currency, recipient, behaviour };
  await insertPayment(database.client, { ...payment, payer: "suite", at: clock.now() });
}

const wordsOf = (hold: Hold, now: Date) => {
  const isOver = hold.closedAt === null && hold.expiresAt <= now;
  const isStanding = hold.closedAt === null && !isOver;
  const ended = hold.captured > 0n ? "settled" : isOver ? "expired" : "voided";
  const state = isStanding ? standingAt(hold, now) : ended;
  const isHeld = state === "held";
  return {
    reference: referenceOf(hold),
    state,
    amount: hold.amount.toString(),
    held: (isHeld ? hold.amount - hold.captured : 0n).toString(),
    captured: hold.captured.toString(),
    refunded: hold.refunded.toString(),
    payer: hold.payer,
    expiresAt: hold.expiresAt,
  };
};

function told({ clock }: WalletDeps, hold: Hold | null): Response {
  if (!hold) return refuse("absent");
  const now = clock.now();
  return isLost(hold, now) ? refuse("lost") : Response.json(wordsOf(hold, now));
}

/** Reserves what a payer's token stands for, once, under one key. */
export async function hold(deps: WalletDeps, body: unknown, signal: AbortSignal): Promise<Response> {
  const { database, clock, wait } = deps;
  const request = parse(Placing, body);
  await paySuite(deps, request);
  const payment = await findPayment(database.client, { token: request.token });
  if (!payment) return refuse("absent");
  const names = ["challengeId", "amount", "currency", "recipient"] as const;
  if (names.some((name) => payment[name] !== request[name])) return refuse("mismatch");
  if (payment.behaviour === "down") return refuse("down");
  if (payment.behaviour === "decline") return refuse("declined");
  const at = clock.now();
  const isNew = await placeHold(database.client, {
    ...request,
    at,
    expiresAt: new Date(at.getTime() + holdMs),
  });
  if (isNew && payment.behaviour === "slow") await wait(slowMs, signal);
  const held = await findHold(database.client, { token: request.token });
  return held?.holdKey === request.key ? told(deps, held) : refuse("spent");
}

/** What was done under this key, if it was this; `null` when it did nothing. */
async function doneBefore(
  { database }: WalletDeps,
  { key, type, token, amount }: { key: string; type: string; token: string; amount: bigint },
): Promise<"done" | "other" | null> {
  const entry = await findEntry(database.client, key);
  if (!entry) return null;
  const isSame = entry.type === type && entry.token === token && entry.amount.toFixed() === amount.toString();
  return isSame ? "done" : "other";
}

export async function takePart(deps: WalletDeps, body: unknown): Promise<Response> {
  const { key, reference, amount, final } = parse(Taking, body);
  const held = await byReference(deps, reference);
  if (!held) return refuse("absent");
  const at = deps.clock.now();
  await takeHold(deps.database.client, { seq: held.seq, key, amount, isFinal: final, at });
  const done = await doneBefore(deps, { key, type: "capture", token: held.token, amount });
  if (done === "done") return told(deps, await byReference(deps, reference));
  const isOver = held.closedAt === null && held.expiresAt > at && held.captured + amount > held.amount;
  return refuse(isOver ? "over-capture" : "spent");
}

export async function letGo(deps: WalletDeps, body: unknown): Promise<Response> {
  const { key, reference } = parse(Releasing, body);
  const held = await byReference(deps, reference);
  if (!held) return refuse("absent");
  const amount = held.amount - held.captured;
  await releaseHold(deps.database.client, { seq: held.seq, key, amount, at: deps.clock.now() });
  const after = await byReference(deps, reference);
  const isWhole = after !== null && after.captured === after.amount;
  return isWhole ? refuse("spent") : told(deps, after);
}

export async function giveBack(deps: WalletDeps, body: unknown): Promise<Response> {
  const { key, reference, amount } = parse(Returning, body);
  const held = await byReference(deps, reference);
  if (!held) return refuse("absent");
  await returnHold(deps.database.client, { seq: held.seq, key, amount, at: deps.clock.now() });
  const done = await doneBefore(deps, { key, type: "refund", token: held.token, amount });
  if (done === null) return refuse("over-refund");
  const entry = await findEntry(deps.database.client, key);
  return done === "done" && entry
    ? Response.json({ reference: `dr_${entry.seq}`, amount: amount.toString() })
    : refuse("spent");
}

export const tellHold = async (deps: WalletDeps, reference: string): Promise<Response> =>
  told(deps, await byReference(deps, reference));

/** By the key of anything that was done with it. */
export async function tellHoldByKey(deps: WalletDeps, key: string): Promise<Response> {
  const entry = await findEntry(deps.database.client, key);
  return told(deps, entry && (await findHold(deps.database.client, { token: entry.token })));
}
