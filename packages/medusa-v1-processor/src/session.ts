import { createHash } from "node:crypto";
import { majorText, minorText, sumText } from "../../client/amount";
import { FareboxError } from "../../client/http";
import type { Json, Payment, Status } from "../../client/payment";
import type { Refunded } from "../../client/shop";

/** What Medusa 1 takes as a failure in every one of its calls: three members, none of them empty. */
export type ProcessorError = Readonly<{ error: string; code: string; detail: string }>;

export type SessionWord = "authorized" | "pending" | "requires_more" | "error" | "canceled";

const words: Readonly<Record<Status, SessionWord>> = {
  created: "pending",
  requires_action: "requires_more",
  pending: "pending",
  authorized: "authorized",
  captured: "authorized",
  voided: "canceled",
  expired: "canceled",
  denied: "error",
};

/** Medusa's word for where a payment stands. */
export const wordOf = ({ status }: Payment): SessionWord => words[status];

/** What Medusa keeps of a payment. No member is called `error`, which Medusa would read as a failure ever after. */
export const dataOf = (payment: Payment): Record<string, unknown> => ({
  id: payment.id,
  status: payment.status,
  amount: payment.amount,
  currency: payment.currency,
  external_ref: payment.externalRef,
  next_action: payment.nextAction,
  captured: payment.captured,
  refunded: payment.refunded,
  captures: payment.captures,
});

const invalid = (detail: string): FareboxError => new FareboxError({ status: 400, code: "invalid", detail });

/** The id of the payment that a session's data name; `null` when there is none. */
export const findId = (data: Json): string | null =>
  typeof data.id === "string" && data.id !== "" ? data.id : null;

/** The same where a payment must be there. */
export function idOf(data: Json): string {
  const id = findId(data);
  if (id === null) throw invalid("The data of this session name no payment of Farebox.");
  return id;
}

/** Medusa 1 counts in the smallest unit of a currency; Farebox reads major units. */
export function amountOf(units: number, currency: unknown): string {
  const text = typeof currency === "string" ? minorText(units, currency) : null;
  if (text === null) throw invalid("This is no whole amount of a currency that Farebox knows.");
  return text;
}

/**
 * The key of a refund, for which Medusa 1 has none: a request that is repeated, because Medusa rolled back, carries what
 * was refunded before it and so the same key; an equal refund after it was stored carries another.
 */
export function refundKey(data: Json, amount: string): string {
  const before = majorText(String(data.refunded ?? "0"), String(data.currency ?? "")) ?? "0";
  return createHash("sha256")
    .update(`${idOf(data)}|${amount}|${before}`)
    .digest("hex");
}

/** What Medusa keeps after a refund: one that is still on its way counts, or the next equal one would have its key. */
export function refundedData({ payment, isPending }: Refunded, amount: string): Record<string, unknown> {
  const { refunded, currency } = payment;
  return isPending
    ? { ...dataOf(payment), refunded: sumText(refunded, amount, currency) ?? refunded }
    : dataOf(payment);
}

/** A failure as Medusa 1 understands one, whatever was thrown. */
export function errorOf(error: unknown): ProcessorError {
  if (!(error instanceof FareboxError))
    return {
      error: "The payment could not be carried out.",
      code: "unexpected",
      detail: "The processor failed.",
    };
  return {
    error: "Farebox did not carry out the payment's operation.",
    code: error.code || "refused",
    detail: error.message || "No reason was given.",
  };
}
