import type { Money } from "@/lib/money";
import { linkService } from "../links/view";
import { type Word, waitOf } from "../receipt/view";
import { namedMoney } from "../shell/figures";
import { showMinute, showTime } from "../shell/times";
import type { PublicReceiptView, PublicRefund } from "./view";

type Refunded = Readonly<{
  id: string;
  amount: Money;
  status: string;
  destination: string | null;
  createdAt: Date;
}>;

/** What the page needs to know of a receipt. */
export type PublicFacts = Readonly<{
  id: string;
  createdAt: Date;
  amount: Money;
  status: string;
  mode: "test" | "live";
  service?: string;
  endpoint: string;
  reference: string | null;
  refunds: readonly Refunded[];
}>;

export type Around = Readonly<{
  token: string;
  host: string;
  merchant: string;
  brand: PublicReceiptView["brand"];
  service: string;
  zone: string;
  now: Date;
  asks: string | null;
}>;

const paid: Word = { tone: "good", shape: "check", label: "Paid" };
const words: Readonly<Record<string, Word>> = {
  partially_refunded: { tone: "neutral", shape: "back", label: "Paid, partly refunded" },
  refunded: { tone: "neutral", shape: "back", label: "Refunded" },
  disputed: { tone: "attention", shape: "alert", label: "Disputed" },
};

const onItsWay: Word = { tone: "waiting", shape: "clock", label: "On its way" };
const refundWords: Readonly<Record<string, Word>> = {
  settled: { tone: "good", shape: "check", label: "Sent back" },
  failed: { tone: "failed", shape: "cross", label: "Could not be sent; the merchant knows" },
};
const waits: Word = { tone: "attention", shape: "alert", label: "Waits for you" };

function drawRefund(refund: Refunded, { zone, now, asks }: Around): PublicRefund {
  const wait = waitOf(refund, asks ?? undefined);
  return {
    id: refund.id,
    at: showTime(refund.createdAt, zone, now),
    amount: namedMoney(refund.amount),
    word: wait === null ? (refundWords[refund.status] ?? onItsWay) : waits,
    asks: wait,
  };
}

/** The receipt as its payer reads it: nothing of the merchant's own work is in it. */
export function drawPublicReceipt(receipt: PublicFacts, around: Around): PublicReceiptView {
  const { token, host, merchant, brand, service, zone } = around;
  const refunds = receipt.refunds.map((refund) => drawRefund(refund, around));
  return {
    token,
    host,
    merchant,
    brand,
    isTest: receipt.mode === "test",
    amount: namedMoney(receipt.amount),
    word: words[receipt.status] ?? paid,
    facts: [
      { label: "Paid to", value: merchant },
      { label: "For", value: service },
      ...(receipt.service === linkService ? [] : [{ label: "Request", value: receipt.endpoint }]),
      { label: "Time", value: showMinute(receipt.createdAt, zone) },
      { label: "Receipt", value: receipt.id, isId: true },
      ...(receipt.reference === null
        ? []
        : [{ label: "Reference", value: receipt.reference, isId: true as const }]),
    ],
    refunds,
    isMoving: refunds.some(({ word }) => word === onItsWay),
  };
}
