import { Money } from "@/lib/money";
import type { Standing } from "@/lib/rails";
import { isOpen } from "../charges/lifecycle";
import type { ConnectedRail, Inside } from "../deps";
import { look } from "./ask";
import { isRunning, type Payment } from "./payment";
import { advancePayment, changeOf, endEffect } from "./record";
import { getPayment, resume } from "./run";
import * as store from "./store";
import { bookStray, tell } from "./stray";
import { opensAtNetwork } from "./take-back";

type Found = Extract<Standing, { outcome: "found" }>;
type Step = Parameters<typeof changeOf>[1];

const freshMs = 5_000;

/** What the network's totals make of a payment; `null` when they say nothing new. */
function stepOf(payment: Payment, { state, captured, held, reference, payer }: Found, at: Date): Step | null {
  const named = (moved: Payment): Payment => ({ ...moved, reference, payer: payer ?? moved.payer });
  const detail = { reference, by: "look-up" };
  if (payment.status === "authorized") {
    if (state !== "voided" && state !== "expired") return null;
    const after = advancePayment(payment, { type: state }, at);
    return { after: endEffect(after, "failed", state), step: { type: state, detail } };
  }
  const mayComeLate =
    payment.status === "expired" && payment.authorized.units === 0n && payment.closedAt === null;
  if (!isOpen(payment.status) && !mayComeLate) return null;
  if (captured.units >= payment.amount.units) {
    const paid = advancePayment(payment, { type: "sale", amount: payment.amount.units }, at);
    return { after: endEffect(named(paid), "settled", null), step: { type: "settled", detail } };
  }
  if (captured.units > 0n || !isOpen(payment.status)) return null;
  if (state === "held" && Money.equal(held, payment.amount)) {
    const reserved = advancePayment(payment, { type: "authorized", amount: held.units }, at);
    return { after: endEffect(named(reserved), "settled", null), step: { type: "authorized", detail } };
  }
  if (state === "declined" || state === "voided") {
    const type = state === "declined" ? "denied" : "voided";
    const after = advancePayment(payment, { type }, at);
    return { after: endEffect(after, "failed", state), step: { type: state, detail } };
  }
  return null;
}

/** Asks the rail what has become of a payment that waits, and writes it. `false` when the rail did not answer. */
export async function lookAt(deps: Inside, payment: Payment, rail: ConnectedRail): Promise<boolean> {
  const { client } = deps.database;
  if (payment.reference === null) return true;
  const standing = await look(deps, { payment, rail }, { reference: payment.reference });
  if (standing.outcome === "unavailable") return false;
  const at = deps.clock.now();
  const step = standing.outcome === "found" ? stepOf(payment, standing, at) : null;
  if (!step) await store.noteLook(client, payment, at);
  else {
    const key = `${payment.id}:capture:${payment.sequence}`;
    await store.changePayment(client, changeOf(payment, step, { key, at }));
  }
  if (standing.outcome === "found" && (rail.definition.watch || opensAtNetwork(payment, rail))) {
    const { payment: now } = await getPayment(deps, { id: payment.id });
    await bookStray(deps, now, { rail, total: standing.captured });
  }
  return true;
}

/** The payment as it is: asked about at its rail when it is not final and nobody has asked for five seconds. */
export async function retrievePayment(
  deps: Inside,
  where: { merchantId: string; id: string },
): Promise<Payment> {
  const { payment } = await getPayment(deps, where);
  const isOpenStill = isOpen(payment.status) || payment.status === "authorized";
  if (payment.status === "expired") return await tell(deps, payment);
  const age = deps.clock.now().getTime() - (payment.lookedAt ?? payment.createdAt).getTime();
  if (!isOpenStill || age < freshMs) return payment;
  if (isRunning(payment)) await resume(deps, payment.id);
  else {
    const rail = await deps.rail(payment.merchantId, payment.rail);
    if (rail) await lookAt(deps, payment, rail);
  }
  return await tell(deps, (await getPayment(deps, where)).payment);
}

/** The same by its id alone: whoever has the id was sent to pay it. */
export async function showPayment(deps: Inside, id: string): Promise<Payment | null> {
  const found = await store.findPayment(deps.database.client, { id });
  return found && (await retrievePayment(deps, { merchantId: found.payment.merchantId, id }));
}
