import { z } from "zod";
import { newToken } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { Behaviour, Payment } from "./store";
import * as store from "./store";
import { Amount, lostMs, named, parse, refuse, slowMs, type WalletDeps, type WalletRefusal } from "./words";

const NewPayment = z.strictObject({
  challengeId: named(200),
  amount: Amount,
  currency: z.literal("usd"),
  recipient: named(200),
  behaviour: z.enum(["approve", "decline", "unknown", "slow", "down"]).default("approve"),
  payer: named(200).optional(),
});
const Capture = z.object({
  key: named(300),
  token: z.string(),
  challengeId: z.string(),
  amount: Amount,
  currency: z.string(),
  recipient: z.string(),
});
const Refund = z.object({ key: named(300), reference: z.string(), amount: Amount });

const referenceOf = ({ number }: Payment): string => `dp_${number}`;
const numberOf = (reference: string): bigint | null =>
  /^dp_\d{1,18}$/.test(reference) ? BigInt(reference.slice(3)) : null;

/** A payer pays: anybody may, for this is pretend money. */
export async function pay({ database, clock }: WalletDeps, body: unknown): Promise<Response> {
  const payment = parse(NewPayment, body);
  const token = `demo_${newToken(24)}`;
  await store.insertPayment(database.client, {
    ...payment,
    payer: payment.payer ?? "",
    token,
    at: clock.now(),
  });
  return Response.json({ token }, { status: 201 });
}

/** Everything the network did, oldest first. */
export async function readLog({ database }: WalletDeps, query: URLSearchParams): Promise<Response> {
  const limit = Math.min(Math.max(Number(query.get("limit") ?? 100) || 100, 1), 1_000);
  const cursor = query.get("cursor") ?? "0";
  if (!/^\d{1,18}$/.test(cursor)) throw new Problem("bad-request", "This cursor is not one of ours.");
  const entries = await store.listLog(database.client, { after: BigInt(cursor), limit });
  const last = entries.length === limit ? entries.at(-1) : undefined;
  return Response.json({
    data: entries.map(({ at, type, token, challengeId, amount, currency, recipient, payer }) => ({
      at,
      type,
      token,
      challengeId,
      amount: amount.toFixed(),
      currency,
      recipient,
      payer,
    })),
    nextCursor: last ? last.seq.toString() : null,
  });
}

const isLost = ({ behaviour, capturedAt }: Payment, now: Date): boolean =>
  behaviour === "unknown" && capturedAt !== null && now.getTime() - capturedAt.getTime() < lostMs;

/** The merchant's side takes a payment's money: once, under one key, and only on the terms the payer saw. */
export async function capture(deps: WalletDeps, body: unknown, signal: AbortSignal): Promise<Response> {
  const { database, clock, wait } = deps;
  const request = parse(Capture, body);
  const at = clock.now();
  const found = await store.capturePayment(database, { ...request, at });
  if (!found) return refuse("absent");
  const { payment, isTaken } = found;
  const sameTerms = (["challengeId", "amount", "currency", "recipient"] as const).every(
    (name) => payment[name] === request[name],
  );
  if (!sameTerms) return refuse("mismatch");
  const refusals: Partial<Record<Behaviour, WalletRefusal>> = { down: "down", decline: "declined" };
  const refusal = refusals[payment.behaviour];
  if (refusal) return refuse(refusal);

  if (isTaken && payment.behaviour === "slow") await wait(slowMs, signal);
  const held = isTaken
    ? { ...payment, captureKey: request.key, capturedAt: at }
    : await asTaken(deps, payment);
  if (held?.captureKey !== request.key) return refuse("spent");
  if (isLost(held, clock.now())) return refuse("lost");
  return Response.json({ reference: referenceOf(held), amount: held.amount.toString(), payer: held.payer });
}

/** A payment that was taken before, or by somebody who was faster just now. */
const asTaken = async ({ database }: WalletDeps, payment: Payment): Promise<Payment | null> =>
  payment.captureKey === null ? await store.findPayment(database.client, payment) : payment;

/** The merchant's side sends money back: once per key, never more than was taken. */
export async function refund({ database, clock }: WalletDeps, body: unknown): Promise<Response> {
  const { key, reference, amount } = parse(Refund, body);
  const number = numberOf(reference);
  const payment = number === null ? null : await store.findByNumber(database, number);
  if (!payment) return refuse("absent");
  await store.returnPayment(database.client, { token: payment.token, amount, key, at: clock.now() });
  const entry = await store.findEntry(database.client, key);
  if (!entry) return refuse("over-refund");
  if (
    entry.type !== "refund" ||
    entry.token !== payment.token ||
    entry.amount.toFixed() !== amount.toString()
  ) {
    return refuse("spent");
  }
  return Response.json({ reference: `dr_${entry.seq}`, amount: amount.toString() });
}

function standing({ clock }: WalletDeps, payment: Payment | null): Response {
  if (!payment) return refuse("absent");
  if (isLost(payment, clock.now())) return refuse("lost");
  return Response.json({
    reference: referenceOf(payment),
    captured: (payment.captureKey === null ? 0n : payment.amount).toString(),
    refunded: payment.refunded.toString(),
    payer: payment.payer,
  });
}

export async function findByReference(deps: WalletDeps, reference: string): Promise<Response> {
  const number = numberOf(reference);
  return standing(deps, number === null ? null : await store.findByNumber(deps.database, number));
}

export const findByEffect = async (deps: WalletDeps, effectKey: string): Promise<Response> =>
  standing(deps, await store.findPayment(deps.database.client, { effectKey }));
