import type { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Inside } from "../deps";
import { findByRequest, findRefund } from "../refunds/query-store";
import type { Refund } from "../refunds/refund";
import { refundAbility, requestRefund } from "../refunds/request-refund";
import { submitRefund } from "../refunds/submit-refund";
import { keyReused, refuse, requestKeyOf } from "./open";
import { isRunning, type NamedAmount, type Payment, type PaymentAnswer } from "./payment";
import { awaitEffect, getPayment, unfinished, waitFor } from "./run";

export type RefundPayment = Readonly<{
  merchantId: string;
  id: string;
  /** All that is left when absent. */
  amount?: Money;
  /** The same in the caller's own words, which its key stands for; instead of `amount`. */
  named?: NamedAmount;
  reason?: string;
  key: string;
  actor: string;
  waitMs?: number;
}>;

export type RefundAnswer = PaymentAnswer & Readonly<{ refund?: Refund }>;

/** Sends back what was captured, or a part of it, through the one refund flow; waits for the rail as long as told. */
export async function refundPayment(deps: Inside, asked: RefundPayment): Promise<RefundAnswer> {
  const { merchantId, id, waitMs } = asked;
  const { payment: found } = await getPayment(deps, { id, merchantId });
  const key = requestKeyOf(found, "refund", asked.key);
  const known = await findByRequest(deps.database.client, merchantId, key);
  const payment = !known && isRunning(found) ? await awaitEffect(deps, id, waitMs) : found;
  const amount = asked.named ? asked.named.of(payment) : asked.amount;
  if (amount === null && !known)
    return refuse("amount_not_exact", "This rail's money is too coarse for this part.", payment);
  const { amount: _amount, ...rest } = asked;
  const input: RefundPayment = amount ? { ...rest, amount } : rest;
  if (!known) {
    const refusal = await refusalOf(deps, payment, input);
    const isLate = refusal !== null && (await findByRequest(deps.database.client, merchantId, key)) !== null;
    if (refusal && !isLate) return refusal;
  }
  try {
    const refund = await requestRefund(deps, {
      merchantId,
      receiptId: payment.receiptId ?? "",
      key,
      actor: input.actor,
      ...(input.amount ? { amount: input.amount } : {}),
      ...(input.named ? { named: input.named.text } : {}),
      ...(input.reason === undefined ? {} : { reason: input.reason }),
    });
    return await sent(deps, refund, input);
  } catch (error) {
    if (!Problem.is(error)) throw error;
    if (error.slug === "idempotency-mismatch") return keyReused;
    const first = await findByRequest(deps.database.client, merchantId, key);
    if (first) return await sent(deps, first.refund, input);
    const { payment: now } = await getPayment(deps, { id });
    if (error.slug === "conflict") return (await refusalOf(deps, now, input)) ?? inDoubt(now);
    if (error.slug === "unprocessable") return refuse("invalid", error.message, now);
    throw error;
  }
}

/** The refund's job would send it in a moment; who waits for it has it sent now, under the same key. */
async function sent(deps: Inside, { id, status }: Refund, input: RefundPayment): Promise<RefundAnswer> {
  if (status === "requested") await waitFor(deps, submitRefund(deps, id), input.waitMs);
  return await refundedAs(deps, id, input.id);
}

const inDoubt = (payment: Payment): PaymentAnswer =>
  refuse("refund_in_doubt", "Another refund of this payment has no end yet.", payment);

async function refusalOf(
  deps: Inside,
  payment: Payment,
  { amount }: RefundPayment,
): Promise<PaymentAnswer | null> {
  if (amount && amount.units <= 0n) return refuse("amount_not_positive", "Refund more than zero.", payment);
  if (payment.captured.units === 0n)
    return refuse("nothing_captured", "Nothing of this payment has been captured.", payment);
  if (payment.pendingRefund.units > 0n) return inDoubt(payment);
  if (isRunning(payment)) return { ...unfinished(payment), outcome: "in-progress" } as PaymentAnswer;
  const left = payment.captured.units - payment.refunded.units;
  if (left === 0n || (amount && amount.units > left))
    return refuse("over_refund", "More is asked for than is left of what was captured.", payment);
  const ability = await refundAbility(deps, payment);
  const isPart = (amount?.units ?? left) !== payment.captured.units;
  if (!ability.can || (isPart && !ability.partial))
    return refuse("unsupported", ability.why ?? "This rail refunds in full only.", payment);
  return null;
}

async function refundedAs(deps: Inside, refundId: string, id: string): Promise<RefundAnswer> {
  const refund = await findRefund(deps.database.client, { id: refundId });
  const { payment } = await getPayment(deps, { id });
  if (!refund) throw new Problem("not-found", "There is no such refund.");
  if (refund.status === "failed")
    return { ...refuse("declined", refund.failure ?? "The rail refused.", payment), refund };
  if (refund.status === "requested")
    return { outcome: "unavailable", retryAfterMs: 2_000, reason: refund.failure ?? "", payment, refund };
  return { outcome: "done", payment, operation: null, refund };
}

/** The refund that was made under a caller's key, or `null`. */
export async function findPaymentRefund(
  deps: Inside,
  { merchantId, id, key }: { merchantId: string; id: string; key: string },
): Promise<Refund | null> {
  const { payment } = await getPayment(deps, { id, merchantId });
  const found = await findByRequest(deps.database.client, merchantId, requestKeyOf(payment, "refund", key));
  return found && found.refund.chargeId === id ? found.refund : null;
}
