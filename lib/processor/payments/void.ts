import { isOpen } from "../charges/lifecycle";
import type { ConnectedRail, Inside } from "../deps";
import { notConnected } from "./authorize";
import { lookAt } from "./look";
import { answerOf, refuse } from "./open";
import { isRunning, type Payment, type PaymentAnswer } from "./payment";
import { advancePayment, changeOf, endEffect } from "./record";
import { awaitEffect, getPayment, newOperation, start, unfinished, waitFor } from "./run";
import * as store from "./store";
import { takeBack } from "./take-back";

export type VoidPayment = Readonly<{ merchantId: string; id: string; waitMs?: number }>;

const triesMax = 5;
const againMs = 5_000;
const givenUp = { state: "failed", code: "voided", reason: "voided" } as const;

/** Lets a hold go, or ends a payment before its payer has paid. What was voided before is success without a rail call. */
export async function voidPayment(deps: Inside, input: VoidPayment): Promise<PaymentAnswer> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const answer = await tryVoid(deps, input);
    if (answer) return answer;
  }
  return unfinished((await getPayment(deps, input)).payment);
}

async function tryVoid(deps: Inside, { merchantId, id, waitMs }: VoidPayment): Promise<PaymentAnswer | null> {
  const { client } = deps.database;
  const { payment: found } = await getPayment(deps, { id, merchantId });
  const payment = isRunning(found) ? await awaitEffect(deps, id, waitMs) : found;
  if (isRunning(payment) && !isUnasked(payment)) return unfinished(payment);
  if (payment.status === "voided" || payment.status === "expired" || payment.released.units > 0n) {
    return { outcome: "done", payment, operation: await store.findLast(client, payment, "void") };
  }
  if (payment.status === "captured")
    return refuse("already_captured", "This payment has been captured.", payment);
  if (payment.status === "denied") return refuse("not_voidable", "This payment was refused.", payment);
  const rail = await deps.rail(merchantId, payment.rail);
  const isHeld = payment.status === "authorized" || (payment.status === "pending" && rail?.abilities.holds);
  if (!isHeld || payment.reference === null) return await voidUnpaid(deps, payment, rail);
  if (!rail?.abilities.holds) return notConnected(payment);
  const operation = newOperation(payment, { kind: "void", amount: payment.amount }, deps.clock.now());
  let begun: "done" | "moved-on" | "taken" = "done";
  await waitFor(
    deps,
    start(deps, { payment, rail, operation }).then((result) => {
      begun = result;
    }),
    waitMs,
  );
  if (begun !== "done") return null;
  const { payment: now } = await getPayment(deps, { id });
  return answerOf(now, await store.findOperation(client, now, operation.effectKey));
}

/** The rail could not be reached, so that certainly nothing has moved and nobody is at it: the attempt can be given up. */
const isUnasked = ({ status, effect }: Payment): boolean => isOpen(status) && effect.state === "requested";

/** Nothing is held: it ends here. Money that comes all the same is stray. */
async function voidUnpaid(
  deps: Inside,
  payment: Payment,
  rail: ConnectedRail | null,
): Promise<PaymentAnswer | null> {
  if (!isOpen(payment.status)) return refuse("not_voidable", "Nothing of this payment is held.", payment);
  const back = rail ? await takeBack(deps, payment, rail) : "over";
  if (back === "unavailable") {
    const reason = "The network did not say whether this has been paid.";
    return { outcome: "unavailable", retryAfterMs: againMs, reason, payment };
  }
  if (rail && back === "paid") {
    await lookAt(deps, payment, rail);
    return null;
  }
  const at = deps.clock.now();
  const after = endEffect(advancePayment(payment, { type: "voided" }, at), "failed", "voided");
  const ended = isRunning(payment) ? { ended: givenUp } : {};
  const draft = { after, ...ended, step: { type: "voided" } };
  const change = changeOf(payment, draft, { key: payment.effect.key, at });
  if (!(await store.changePayment(deps.database.client, change))) return null;
  return { outcome: "done", payment: (await getPayment(deps, { id: payment.id })).payment, operation: null };
}

/** Has no use for a payment any more: whatever is open or held ends, and what has ended is success. */
export async function deletePayment(deps: Inside, input: VoidPayment): Promise<PaymentAnswer> {
  const { payment } = await getPayment(deps, input);
  if (payment.status === "denied") return { outcome: "done", payment, operation: null };
  return await voidPayment(deps, input);
}
