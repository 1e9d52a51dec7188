import { assert } from "@/lib/kit";
import { Money } from "@/lib/money";
import type { Charge } from "../charges/charge";
import type { Dispute } from "../disputes/dispute";
import type { Refund } from "../refunds/refund";

/** `disputed`: its payer's bank has asked for the money back, and has it or may get it. */
export type ReceiptStatus = "paid" | "partially_refunded" | "refunded" | "disputed";

/** What a settled charge left in the books, from its settlement on, served or not. */
export type Receipt = Omit<Charge, "receiptId" | "captured" | "capturedAt" | "requested" | "owner"> &
  Readonly<{
    id: string;
    chargeId: string;
    /** The moment of settlement. */
    createdAt: Date;
    status: ReceiptStatus;
    amount: Money;
    /** amount − refunded − fee */
    net: Money;
  }>;

export type TimelineEntry = Readonly<{
  at: Date;
  type: string;
  detail: Record<string, unknown>;
  durationMs: number | null;
}>;

export type ReceiptDetail = Receipt &
  Readonly<{
    timeline: readonly TimelineEntry[];
    refunds: readonly Refund[];
    disputes: readonly Dispute[];
    postings: readonly Readonly<{ key: string; reason: string; at: Date; account: string; amount: Money }>[];
  }>;

/** A dispute that was won, or is only a question, leaves a receipt as it was. */
export const disputedStates = ["open", "lost"];

function statusOf({ captured, refunded, disputeState }: Charge): ReceiptStatus {
  if (disputeState && disputedStates.includes(disputeState)) return "disputed";
  if (refunded.units === 0n) return "paid";
  return refunded.units < captured.units ? "partially_refunded" : "refunded";
}

export function receiptOf(charge: Charge): Receipt {
  const { receiptId, captured, capturedAt, requested: _, owner: __, ...facts } = charge;
  assert(receiptId && capturedAt, "A charge with a receipt was captured.");
  return {
    ...facts,
    id: receiptId,
    chargeId: charge.id,
    createdAt: capturedAt,
    status: statusOf(charge),
    amount: captured,
    net: Money.subtract(Money.subtract(captured, charge.refunded), charge.fee),
  };
}
