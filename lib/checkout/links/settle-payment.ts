import type { Payment, PaymentAnswer } from "@/lib/processor";
import type { Attempt, Checkout } from "../checkout";
import type { CheckoutDeps } from "../deps";
import { failAttempt, listAttempts, move, reopen } from "../store";

const waitMs = 5_000;
const askAgainMs = 2_000;

type Asking = Readonly<{ checkout: Checkout; attempt: Attempt; proof?: unknown }>;

/** Asks for the money of an attempt that no endpoint stands behind, or looks whether it has come. */
const ask = (deps: CheckoutDeps, { checkout, attempt, proof }: Asking): Promise<PaymentAnswer> =>
  deps.payments.authorize({
    merchantId: checkout.merchantId,
    id: attempt.paymentId ?? "",
    ...(proof === undefined ? {} : { proof }),
    waitMs,
  });

/** Why a payment came to nothing; `null` while it may still come, and when it has. */
function failureOf({ status }: Payment): string | null {
  if (status === "denied") return "declined";
  return status === "expired" || status === "voided" ? "payment-expired" : null;
}

/** Has the money of an attempt come that is paid elsewhere? One that never will is marked as failed. */
export async function hasCome(deps: CheckoutDeps, asking: Asking): Promise<boolean> {
  const { payment } = await ask(deps, asking);
  if (!payment) return false;
  if (payment.status === "captured") return true;
  const failure = failureOf(payment);
  if (failure !== null) await failAttempt(deps.database.client, asking.attempt, failure);
  return false;
}

/** What the purchase has shown besides cannot be paid any more; money that comes all the same is booked and goes back. */
async function endOthers(deps: CheckoutDeps, { checkout, attempt }: Asking): Promise<void> {
  const all = await listAttempts(deps.database.client, checkout.id);
  for (const { id, paymentId, failure } of all) {
    if (id === attempt.id || paymentId === null || failure !== null) continue;
    const said = await deps.payments.void({ merchantId: checkout.merchantId, id: paymentId, waitMs });
    if (said.outcome === "refused" && said.code === "already_captured") {
      deps.log("error", "checkout.paid-twice", { merchant: checkout.merchantId, charge: paymentId });
    }
  }
}

/**
 * Brings a payment as far as it goes and writes down what came of it. There is nothing to deliver, so that money which
 * has come is the end; asked again after a crash, the payment answers with what is.
 */
export async function settlePayment(deps: CheckoutDeps, asking: Asking): Promise<void> {
  const { checkout, attempt } = asking;
  const { client } = deps.database;
  const answer = await ask(deps, asking);
  const { payment } = answer;
  if (payment?.status === "captured") {
    const { id: chargeId, receiptId } = payment;
    await endOthers(deps, asking);
    return await move(client, checkout, { state: "delivered", chargeId, receiptId, lookAt: null });
  }
  const failure = payment && failureOf(payment);
  if (failure) return await reopen(client, checkout, failure);
  if (answer.outcome === "refused" && attempt.kind === "press") {
    return await reopen(client, checkout, answer.code === "expired" ? "payment-expired" : "refused");
  }
  const lookAt = new Date(deps.clock.now().getTime() + askAgainMs);
  await move(client, checkout, { state: "paying", chargeId: attempt.paymentId, lookAt });
}
