import { majorText } from "../../client/amount";
import { FareboxError } from "../../client/http";
import { isJson, type Json, type Payment, type Status } from "../../client/payment";

type SessionStatus =
  | "authorized"
  | "captured"
  | "pending"
  | "requires_more"
  | "error"
  | "canceled"
  | "pending_authorization";

const sessionStatuses: Readonly<Record<Status, SessionStatus>> = {
  created: "pending",
  requires_action: "requires_more",
  pending: "pending_authorization",
  authorized: "authorized",
  captured: "captured",
  voided: "canceled",
  expired: "canceled",
  denied: "error",
};

/** Medusa's word for where a payment stands. */
export const sessionStatusOf = ({ status }: Payment): SessionStatus => sessionStatuses[status];

/** What Medusa keeps of a payment: every member is always there, so that nothing a customer sent remains beside them. */
export const dataOf = (payment: Payment): Record<string, unknown> => ({
  id: payment.id,
  status: payment.status,
  amount: payment.amount,
  currency: payment.currency,
  session_id: payment.externalRef,
  next_action: payment.nextAction,
  captured: payment.captured,
  refunded: payment.refunded,
  captures: payment.captures,
});

const invalid = (detail: string): FareboxError => new FareboxError({ status: 400, code: "invalid", detail });

/** The id of the payment that Medusa's data names; `null` when a session never got as far as having one. */
export const findId = (data: Json | undefined): string | null =>
  typeof data?.id === "string" && data.id !== "" ? data.id : null;

/** The same where a payment must be there. */
export function idOf(data: Json | undefined): string {
  const id = findId(data);
  if (id === null) throw invalid("The data of this payment name no payment of Farebox.");
  return id;
}

/** The decimal text inside any of the forms in which Medusa hands over an amount, never by way of a float. */
function textIn(amount: unknown): string | null {
  if (typeof amount === "string" || typeof amount === "number") return String(amount);
  if (typeof amount !== "object" || amount === null) return null;
  if ("raw" in amount && isJson(amount.raw)) return textIn(amount.raw);
  if ("value" in amount) return textIn(amount.value);
  return "toFixed" in amount && typeof amount.toFixed === "function" ? textIn(amount.toFixed()) : null;
}

/** An amount of Medusa's as Farebox reads it. */
export function amountOf(amount: unknown, currency: string): string {
  const text = textIn(amount);
  const major = text === null ? null : majorText(text, currency);
  if (major === null) throw invalid("Medusa handed over an amount that is no decimal number.");
  return major;
}
