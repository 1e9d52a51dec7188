import type { Store } from "@/lib/db";
import { units } from "@/lib/db";
import { Money } from "@/lib/money";
import type { Mode } from "../deps";

/**
 *  requested ──► submitted ──► settled
 *      ▲  ▲──────────┤
 *      └── failed ◄──┘          a failed one may be tried again, under the same key at the rail
 */
export type RefundStatus = "requested" | "submitted" | "settled" | "failed";
export const refundStatuses: readonly RefundStatus[] = ["requested", "submitted", "settled", "failed"];

export type Refund = Readonly<{
  id: string;
  chargeId: string;
  receiptId: string;
  merchantId: string;
  mode: Mode;
  rail: string;
  amount: Money;
  /** `unknown` reads as submitted. */
  status: RefundStatus;
  effectKey: string;
  reason: string | null;
  note: string | null;
  destination: string | null;
  requestedBy: string;
  /** The rail's own name for the movement. */
  reference: string | null;
  /** The rail's words, when it failed. */
  failure: string | null;
  attempts: number;
  createdAt: Date;
  settledAt: Date | null;
}>;

export type RefundRow = NonNullable<Awaited<ReturnType<Store["refund"]["findUnique"]>>>;
export type RefundedCharge = Readonly<{ id: string; receiptId: string | null; railSlug: string }>;

export function refundOf(row: RefundRow, charge: RefundedCharge): Refund {
  return {
    id: row.id,
    chargeId: row.chargeId,
    receiptId: charge.receiptId ?? "",
    merchantId: row.merchantId,
    mode: row.mode === "live" ? "live" : "test",
    rail: charge.railSlug,
    amount: Money.of(units(row.amount), { code: row.currency, exponent: row.exponent }),
    status: refundStatuses.find((status) => status === row.state) ?? "failed",
    effectKey: row.effectKey,
    reason: row.reason,
    note: row.note,
    destination: row.destination,
    requestedBy: row.requestedBy,
    reference: row.reference,
    failure: row.failure,
    attempts: row.attempts,
    createdAt: row.createdAt,
    settledAt: row.settledAt,
  };
}
