import { type Store, units } from "@/lib/db";
import { Money } from "@/lib/money";
import type { Mode } from "../deps";
import type { Reason } from "./difference";

/** What a rail says of one charge and our books do not. */
export type Mismatch = Readonly<{
  id: string;
  chargeId: string;
  /** `null` only when the charge itself is gone. */
  receiptId: string | null;
  merchantId: string;
  mode: Mode;
  rail: string;
  reason: Reason;
  /** The rail's word less ours. */
  captured: Money;
  refunded: Money;
  /** What the rail has more than the books say; less, when it is negative. */
  difference: Money;
  state: "open" | "agreed" | "explained";
  explanation: string | null;
  closedBy: string | null;
  version: number;
  foundAt: Date;
  closedAt: Date | null;
}>;

export type MismatchRow = NonNullable<Awaited<ReturnType<Store["mismatch"]["findUnique"]>>>;

export function mismatchOf(row: MismatchRow, receiptId: string | null = null): Mismatch {
  const { railSlug, capturedOff, refundedOff, currency: code, exponent, ...plain } = row;
  const captured = Money.of(units(capturedOff), { code, exponent });
  const refunded = Money.of(units(refundedOff), { code, exponent });
  return {
    ...plain,
    receiptId,
    rail: railSlug,
    mode: row.mode === "live" ? "live" : "test",
    reason: row.reason === "absent" || row.reason === "refunded" ? row.reason : "captured",
    state: row.state === "open" || row.state === "explained" ? row.state : "agreed",
    captured,
    refunded,
    difference: Money.subtract(captured, refunded),
  };
}
