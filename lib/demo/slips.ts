import { z } from "zod";
import { units } from "@/lib/db";
import { findSlip, insertSlip, payIn, payOut, type SlipRow } from "./slip-store";
import { findEntry } from "./store";
import { Amount, lostMs, named, parse, refuse, slowMs, type WalletDeps } from "./words";

const Drawing = z.object({
  key: named(300),
  amount: Amount,
  currency: z.literal("usd"),
  recipient: named(200),
  ttlSeconds: z.int().min(1).max(86_400),
  /** Is it to be paid by itself, a moment later? */
  paid: z.boolean().default(false),
});
const Paying = z.strictObject({
  /** What the slip asks for, when absent. */
  amount: Amount.optional(),
  payer: named(200).optional(),
  behaviour: z.enum(["approve", "slow", "down"]).default("approve"),
});
const Returning = z.object({ key: named(300), reference: z.string(), amount: Amount });

const find = ({ database }: WalletDeps, where: { id: string } | { key: string }) =>
  findSlip(database.client, where);

/** Draws a slip, one for each key, on the terms of that key's first request. */
export async function drawSlip(deps: WalletDeps, body: unknown): Promise<Response> {
  const { key, amount, currency, recipient, ttlSeconds, paid } = parse(Drawing, body);
  const at = deps.clock.now();
  const expiresAt = new Date(at.getTime() + ttlSeconds * 1_000);
  const isNew = await insertSlip(deps.database.client, { key, amount, currency, recipient, expiresAt, at });
  const slip = await find(deps, { key });
  if (slip && isNew && paid) {
    const paying = { id: slip.id, amount: undefined, payer: "suite", behaviour: "slow", at };
    await payIn(deps.database.client, paying);
  }
  const isSame = slip !== null && units(slip.amount) === amount && slip.recipient === recipient;
  return isSame ? Response.json({ slip: slip.id, expiresAt: slip.expiresAt }) : refuse("spent");
}

/** Anybody may pay a slip, as often as they like and also late: the network only tells what came in. */
export async function paySlip(deps: WalletDeps, id: string, body: unknown): Promise<Response> {
  const { amount, payer = "", behaviour } = parse(Paying, body);
  const isPaid = await payIn(deps.database.client, { id, amount, payer, behaviour, at: deps.clock.now() });
  return isPaid ? Response.json({ paid: id }, { status: 201 }) : refuse("absent");
}

/** What anybody may see of a slip. */
export async function showSlip(deps: WalletDeps, id: string): Promise<Response> {
  const slip = await find(deps, { id });
  if (!slip) return refuse("absent");
  const { currency, recipient, expiresAt } = slip;
  return Response.json({ slip: id, amount: slip.amount.toFixed(), currency, recipient, expiresAt });
}

function told({ clock }: WalletDeps, slip: SlipRow | null): Response {
  if (!slip) return refuse("absent");
  const sincePaid = slip.paidAt === null ? null : clock.now().getTime() - slip.paidAt.getTime();
  if (slip.behaviour === "down" && sincePaid !== null && sincePaid < lostMs) return refuse("down");
  const isOnItsWay = slip.behaviour === "slow" && sincePaid !== null && sincePaid < slowMs;
  const arrived = isOnItsWay ? 0n : units(slip.arrived);
  return Response.json({
    reference: slip.id,
    arrived: arrived.toString(),
    refunded: slip.refunded.toFixed(),
    payer: slip.payer,
  });
}

export const tellSlip = async (deps: WalletDeps, id: string): Promise<Response> =>
  told(deps, await find(deps, { id }));

/** Sends money back: once per key, never more than came in. */
export async function returnSlip(deps: WalletDeps, body: unknown): Promise<Response> {
  const { key, reference, amount } = parse(Returning, body);
  const slip = await find(deps, { id: reference });
  if (!slip) return refuse("absent");
  await payOut(deps.database.client, { key, reference, amount, at: deps.clock.now() });
  const entry = await findEntry(deps.database.client, key);
  if (!entry) return refuse("over-refund");
  const isSame = entry.token === reference && entry.amount.toFixed() === amount.toString();
  return isSame
    ? Response.json({ reference: `dr_${entry.seq}`, amount: amount.toString() })
    : refuse("spent");
}
