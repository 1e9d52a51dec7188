import { isOpen } from "../charges/lifecycle";
import { moneyClaimsOf } from "../charges/take-payment";
import type { ConnectedRail, Inside } from "../deps";
import { capturePayment } from "./capture";
import { lookAt } from "./look";
import { answerOf, refuse } from "./open";
import { isRunning, type Payment, type PaymentAnswer } from "./payment";
import { advancePayment, changeOf, endEffect } from "./record";
import { awaitEffect, getPayment, newOperation, start, unfinished, waitFor } from "./run";
import * as store from "./store";
import { tell } from "./stray";

export type AuthorizePayment = Readonly<{
  merchantId: string;
  id: string;
  /** What the payer's side gave; parsed by the rail's own schema here. */
  proof?: unknown;
  waitMs?: number;
}>;

/**
 * Makes a payment authorized, or paid on a rail that knows no holds, as far as it can be now: with a proof by asking
 * the rail for the money, without one by looking whether it has come. Asked again, it answers with what is.
 */
export async function authorizePayment(deps: Inside, input: AuthorizePayment): Promise<PaymentAnswer> {
  const { merchantId, id, waitMs } = input;
  const { payment: found } = await getPayment(deps, { id, merchantId });
  const payment = isRunning(found) ? await awaitEffect(deps, id, waitMs) : found;
  if (isRunning(payment)) return unfinished(payment);
  if (!isOpen(payment.status)) return ended(await tell(deps, payment));
  const rail = await deps.rail(merchantId, payment.rail);
  if (!rail) return notConnected(payment);
  // What the network is working on is looked at: a second proof for it would be another attempt.
  if (input.proof !== undefined && payment.status !== "pending")
    return await withProof(deps, { payment, rail, input });
  if (payment.reference !== null) {
    await waitFor(deps, lookAt(deps, payment, rail), waitMs);
    return await settleNow(deps, id, waitMs);
  }
  return await askForProof(deps, payment);
}

export const notConnected = (payment: Payment): PaymentAnswer => ({
  outcome: "unavailable",
  retryAfterMs: 5_000,
  reason: "The rail is not connected.",
  payment,
});

/** The end was reached before: success when money is held or here, else why not. */
const ended = (payment: Payment): PaymentAnswer =>
  payment.status === "denied"
    ? refuse("declined", payment.effect.reason ?? "The rail refused.", payment)
    : { outcome: "done", payment, operation: null };

type WithProof = Readonly<{ payment: Payment; rail: ConnectedRail; input: AuthorizePayment }>;

async function withProof(deps: Inside, { payment, rail, input }: WithProof): Promise<PaymentAnswer> {
  const { definition, abilities } = rail;
  if (!definition.proof || !(abilities.holds ?? abilities.capture))
    return refuse("unsupported", "This rail takes no proof.", payment);
  if (payment.expiresAt <= deps.clock.now()) return refuse("expired", "The time to pay has passed.", payment);
  const proof = definition.proof.safeParse(input.proof);
  if (!proof.success) return refuse("invalid", "The proof is not one of this rail.", payment);
  const operation = newOperation(
    payment,
    { kind: "authorize", verb: abilities.holds ? "authorize" : "capture", amount: payment.amount },
    deps.clock.now(),
  );
  const claims = moneyClaimsOf(rail.kind, definition.claims?.(proof.data, payment.offer) ?? []);
  let begun: "done" | "moved-on" | "taken" = "done";
  await waitFor(
    deps,
    start(deps, { payment, rail, operation, proof: proof.data, claims }).then((result) => {
      begun = result;
    }),
    input.waitMs,
  );
  return await answerAfter(deps, { payment, begun, input, effectKey: operation.effectKey });
}

type After = Readonly<{
  payment: Payment;
  begun: "done" | "moved-on" | "taken";
  input: AuthorizePayment;
  effectKey: string;
}>;

async function answerAfter(
  deps: Inside,
  { payment, begun, input, effectKey }: After,
): Promise<PaymentAnswer> {
  if (begun === "taken") return refuse("conflict", "This money is spent on another payment.", payment);
  if (begun === "moved-on") return await authorizePayment(deps, input);
  const { payment: now } = await getPayment(deps, { id: payment.id });
  const operation = await store.findOperation(deps.database.client, now, effectKey);
  if (operation?.state !== "settled") return answerOf(now, operation);
  return await settleNow(deps, payment.id, input.waitMs);
}

/** The state as it is; a hold that is to be taken at once is taken. */
async function settleNow(deps: Inside, id: string, waitMs: number | undefined): Promise<PaymentAnswer> {
  const { payment } = await getPayment(deps, { id });
  if (isRunning(payment)) return unfinished(payment);
  if (payment.status === "denied") return ended(payment);
  if (payment.status !== "authorized" || !payment.automatic)
    return { outcome: "done", payment, operation: null };
  await takeAutomatically(deps, payment, waitMs);
  return { outcome: "done", payment: (await getPayment(deps, { id })).payment, operation: null };
}

/** Takes a whole hold, once, under a key of its own. */
export const takeAutomatically = (
  deps: Inside,
  { merchantId, id }: Payment,
  waitMs?: number,
): Promise<PaymentAnswer> =>
  capturePayment(deps, {
    ...{ merchantId, id, final: true, key: `automatic:${id}` },
    ...(waitMs === undefined ? {} : { waitMs }),
  });

/** Nothing to look at and nothing given: the payer has to act with what was offered. */
async function askForProof(deps: Inside, payment: Payment): Promise<PaymentAnswer> {
  if (payment.status === "requires_action") return { outcome: "done", payment, operation: null };
  const at = deps.clock.now();
  const waiting = advancePayment(payment, { type: "action" }, at);
  const action = { kind: "wallet" as const, request: payment.offer };
  const after = endEffect(waiting, "settled", null);
  await store.changePayment(
    deps.database.client,
    changeOf(payment, { after, action, step: { type: "action" } }, { key: payment.effect.key, at }),
  );
  return { outcome: "done", payment: (await getPayment(deps, { id: payment.id })).payment, operation: null };
}
