import { newId, sameSecret, sha256 } from "@/lib/kit";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Charge } from "../charges/charge";
import type { Inside, Mode } from "../deps";
import { disputedStates } from "../receipts/receipt";
import { destinationOf } from "./destination";
import * as queries from "./query-store";
import type { Refund } from "./refund";
import * as store from "./store";

export type RequestRefund = Readonly<{
  merchantId: string;
  mode?: Mode;
  receiptId: string;
  /** All that is left when absent. */
  amount?: Money;
  /** The amount in its caller's own words, which the key stands for. */
  named?: string;
  reason?: string;
  note?: string;
  /** Where to, for rails that know no way back. */
  destination?: string;
  /** The caller's `Idempotency-Key`. */
  key: string;
  actor: string;
}>;

export type RefundAbility = Readonly<{
  can: boolean;
  partial: boolean;
  why?: string;
  /** What a payer writes to be paid back, on rails that know no way back. */
  asks?: string;
}>;

/** What a charge's rail can do about sending money back. */
export async function refundAbility(
  deps: Inside,
  {
    merchantId,
    rail: slug,
    channelId = null,
    disputeState = null,
  }: Pick<Charge, "merchantId" | "rail" | "disputeState"> & { channelId?: string | null },
): Promise<RefundAbility> {
  if (channelId !== null) {
    const why = "It was paid from a channel, whose remainder goes back when the channel is closed.";
    return { can: false, partial: false, why };
  }
  if (disputeState && disputedStates.includes(disputeState)) {
    const why = "The payer's bank has taken this payment back, or may: a refund would return it twice.";
    return { can: false, partial: false, why };
  }
  const rail = await deps.rail(merchantId, slug);
  if (!rail) return { can: false, partial: false, why: "This rail is not configured any more." };
  if (!rail.abilities.refund) return { can: false, partial: false, why: "This rail cannot send money back." };
  const { can, asksForRefund: asks } = rail.definition;
  return { can: true, partial: can?.partialRefund ?? false, ...(asks === undefined ? {} : { asks }) };
}

const wrong = (message: string, path = "amount") =>
  new Problem("unprocessable", message, { errors: [{ path, message }] });

const hashOf = ({ receiptId, amount, named, reason, note, destination }: RequestRefund): Buffer =>
  sha256(
    JSON.stringify([
      receiptId,
      named ?? (amount ? `${Money.format(amount)} ${amount.currency.code}` : null),
      reason ?? null,
      note ?? null,
      destination ?? null,
    ]),
  );

/** Asks for money to go back. The same key and request answer the first refund; together they never exceed what was captured. */
export async function requestRefund(deps: Inside, request: RequestRefund): Promise<Refund> {
  const { client } = deps.database;
  const known = await repeated(deps, request);
  if (known) return known;

  const charge = await queries.findReceipted(client, request);
  if (!charge) throw new Problem("not-found", "There is no such receipt.");
  const ability = await refundAbility(deps, charge);
  if (!ability.can) throw wrong(ability.why ?? "This rail cannot send money back.", "receiptId");
  const amount = amountOf(charge, request, ability);
  const at = deps.clock.now();
  const { destination: written, ...wish } = request;
  const where = written === undefined ? {} : await destinationOf(deps, { charge, written, amount });
  const refund = newRefund(charge, { ...wish, ...where, amount }, at);
  const wanted = { refund, request: { key: request.key, hash: hashOf(request) }, at, onlyOverdue: false };
  switch (await store.insertRefund(client, wanted)) {
    case "written":
      return refund;
    case "capped":
      throw new Problem(
        "conflict",
        "Another refund was faster: less is left than this asks for. Nothing was sent.",
      );
    case "repeated": {
      const first = await repeated(deps, request);
      if (first) return first;
      throw new Problem("in-progress");
    }
  }
}

async function repeated(deps: Inside, request: RequestRefund): Promise<Refund | null> {
  const first = await queries.findByRequest(deps.database.client, request.merchantId, request.key);
  if (!first) return null;
  if (first.hash && sameSecret(first.hash, hashOf(request))) return first.refund;
  throw new Problem("idempotency-mismatch");
}

function amountOf(charge: Charge, { amount }: RequestRefund, { partial }: RefundAbility): Money {
  const { captured, refunded, pendingRefund } = charge;
  const left = Money.subtract(Money.subtract(captured, refunded), pendingRefund);
  const leftText = `${Money.format(left)} ${left.currency.code}`;
  if (left.units === 0n) throw wrong("Everything of this receipt has been refunded, or is on its way.");
  if (!amount) return left;
  if (
    amount.currency.code !== captured.currency.code ||
    amount.currency.exponent !== captured.currency.exponent
  ) {
    throw wrong(`Refund in ${captured.currency.code}, the currency of the receipt.`);
  }
  if (amount.units <= 0n) throw wrong("Refund more than zero.");
  if (amount.units > left.units) throw wrong(`At most ${leftText} can be refunded.`);
  if (!partial && amount.units !== captured.units)
    throw wrong(`This rail refunds in full only: ${leftText}.`);
  return amount;
}

type Wanted = Readonly<{
  amount: Money;
  reason?: string;
  note?: string;
  destination?: string;
  actor: string;
}>;

export function newRefund(charge: Charge, wanted: Wanted, at: Date): Refund {
  const id = newId("rf", at.getTime());
  return {
    id,
    chargeId: charge.id,
    receiptId: charge.receiptId ?? "",
    merchantId: charge.merchantId,
    mode: charge.mode,
    rail: charge.rail,
    amount: wanted.amount,
    status: "requested",
    effectKey: id,
    reason: wanted.reason ?? null,
    note: wanted.note ?? null,
    destination: wanted.destination ?? null,
    requestedBy: wanted.actor,
    reference: null,
    failure: null,
    attempts: 0,
    createdAt: at,
    settledAt: null,
  };
}

type Revival = Readonly<{ merchantId: string; mode?: Mode; id: string; actor: string }>;

/** A failed refund, asked for again. The rail sees the same key, so it cannot pay twice. */
export async function retryRefund(deps: Inside, { merchantId, mode, id, actor }: Revival): Promise<Refund> {
  const { client } = deps.database;
  const refund = await queries.findRefund(client, { id, merchantId, ...(mode ? { mode } : {}) });
  if (!refund) throw new Problem("not-found", "There is no such refund.");
  if (refund.status !== "failed") return refund;
  if (!(await store.reviveRefund(client, refund, { at: deps.clock.now(), actor }))) {
    throw new Problem(
      "conflict",
      "Less is left of this receipt than this refund asks for. Nothing was sent.",
    );
  }
  return { ...refund, status: "requested", failure: null };
}
