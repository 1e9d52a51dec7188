import { type Book, disputeFee, newId } from "./book";
import { type Form, textAt, textsAt } from "./form";
import { findIntent } from "./intents";
import { type Dispute, invalidRequest, missing, type Refund, type Taken } from "./objects";

export function chargeOf(book: Book, intentId: string): Taken {
  const { latest_charge } = findIntent(book, intentId);
  const charge = latest_charge === null ? undefined : book.charges.get(latest_charge);
  if (!charge)
    throw invalidRequest("This PaymentIntent does not have a successful charge.", "charge_missing");
  return charge;
}

const statusOf = {
  succeed: "succeeded",
  pending: "pending",
  fail: "failed",
  action: "requires_action",
} as const;

export function createRefund(book: Book, form: Form): Refund {
  const intentId = textAt(form, "payment_intent") ?? "";
  const charge = chargeOf(book, intentId);
  const left = charge.amount - charge.amount_refunded;
  const amount = Number(textAt(form, "amount") ?? left);
  if (charge.disputed) throw invalidRequest("The charge is disputed.", "charge_disputed");
  if (left === 0) throw invalidRequest("Charge has already been refunded.", "charge_already_refunded");
  if (!Number.isSafeInteger(amount) || amount <= 0 || amount > left) {
    throw invalidRequest(
      `Refund amount (${amount}) is greater than unrefunded amount (${left}).`,
      "amount_too_large",
    );
  }
  const status = statusOf[book.knobs.refund];
  const refund: Refund = {
    ...{ id: newId("re"), object: "refund", amount, currency: charge.currency, payment_intent: intentId },
    ...{ charge: charge.id, status, metadata: textsAt(form, "metadata") },
  };
  book.refunds.set(refund.id, refund);
  if (status === "failed") refund.failure_reason = "lost_or_stolen_card";
  else move(book, charge, refund);
  book.tell("refund.created", refund);
  return refund;
}

function move(book: Book, charge: Taken, refund: Refund): void {
  charge.amount_refunded += refund.amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  book.book("refund", -refund.amount, refund.currency);
  const about = findIntent(book, refund.payment_intent).metadata.mpp_challenge_id ?? refund.payment_intent;
  book.write({ type: "refund", about, units: refund.amount, text: refund.id });
  book.tell("charge.refunded", charge);
}

/** Ends a refund that was pending: a failed one gives the money back to the merchant. */
export function endRefund(book: Book, id: string, status: "succeeded" | "failed" | "canceled"): void {
  const refund = findRefund(book, id);
  if (refund.status !== "pending" && refund.status !== "requires_action")
    throw new Error("This refund has ended.");
  refund.status = status;
  if (status !== "succeeded") {
    const charge = chargeOf(book, refund.payment_intent);
    charge.amount_refunded -= refund.amount;
    charge.refunded = false;
    refund.failure_reason = "expired_or_canceled_card";
    book.write({ type: "refund", about: refund.payment_intent, units: -refund.amount, text: refund.id });
  }
  book.tell(status === "failed" ? "refund.failed" : "refund.updated", refund);
}

export function findRefund(book: Book, id: string): Refund {
  const refund = book.refunds.get(id);
  if (!refund) throw missing("refund", id);
  return refund;
}

/** The payer's bank takes the money back, and Stripe its fee. */
export function openDispute(book: Book, intentId: string, { days = 7, isWarning = false } = {}): Dispute {
  const charge = chargeOf(book, intentId);
  const amount = charge.amount - charge.amount_refunded;
  charge.disputed = true;
  const withdrawn = isWarning ? [] : [book.book("adjustment", -amount, charge.currency, disputeFee)];
  const dispute: Dispute = {
    ...{ id: newId("du"), object: "dispute", amount, currency: charge.currency, payment_intent: intentId },
    ...{ charge: charge.id, reason: "fraudulent", created: book.seconds() },
    status: isWarning ? "warning_needs_response" : "needs_response",
    evidence_details: { due_by: book.seconds() + days * 86_400 },
    balance_transactions: withdrawn,
  };
  book.disputes.set(dispute.id, dispute);
  book.write({ type: "dispute", about: intentId, units: -amount, text: dispute.id });
  book.tell("charge.dispute.created", dispute);
  if (!isWarning) book.tell("charge.dispute.funds_withdrawn", dispute);
  return dispute;
}

export function closeDispute(book: Book, id: string, status: "won" | "lost" | "warning_closed"): void {
  const dispute = book.disputes.get(id);
  if (!dispute) throw missing("dispute", id);
  dispute.status = status;
  if (status === "won") {
    dispute.balance_transactions.push(book.book("adjustment", dispute.amount, dispute.currency));
    book.write({ type: "dispute", about: dispute.payment_intent, units: dispute.amount, text: id });
    book.tell("charge.dispute.funds_reinstated", dispute);
  }
  book.tell("charge.dispute.closed", dispute);
}
