import { newId, sha256 } from "@/lib/kit";
import { Money } from "@/lib/money";
import { findById } from "../charges/query-store";
import type { ConnectedRail, Inside } from "../deps";
import { newRefund, refundAbility } from "../refunds/request-refund";
import { insertRefund } from "../refunds/store";
import type { Payment } from "./payment";
import { eventOf } from "./record";
import { closePayment, insertStray } from "./stray-store";

const hasEnded = ({ status }: Payment): boolean =>
  status === "captured" || status === "voided" || status === "denied" || status === "expired";

/**
 * Books what has come in beyond what a payment took: after it was voided or denied, twice, too much, or too little when
 * its time was up. It goes back by itself where its rail can; elsewhere it is put before the merchant.
 */
export async function bookStray(
  deps: Inside,
  payment: Payment,
  { rail, total }: { rail: ConnectedRail; total: Money },
): Promise<void> {
  const known = payment.captured.units > payment.arrived.units ? payment.captured : payment.arrived;
  if (!hasEnded(payment) || total.units <= known.units) return;
  const at = deps.clock.now();
  const amount = Money.subtract(total, known);
  const [id, receiptId] = [newId("ch", at.getTime()), newId("rc", at.getTime())];
  const isPart = amount.units !== total.units;
  const { can, partial } = await refundAbility(deps, payment);
  const stray = { ...payment, id, receiptId, amount, captured: amount, status: "captured" as const };
  const isBooked = await insertStray(deps.database.client, {
    ...{ id, receiptId, parent: payment, amount, total, at },
    canReturn: can && (partial || !isPart),
    event: eventOf(stray, "receipt.created", at),
    job: { kind: "payment.return", key: `payment.return:${id}`, payload: { chargeId: id }, runAt: at },
  });
  if (isBooked) deps.log("warn", "payment.stray", { charge: id, rail: rail.slug });
}

/** Sends stray money back, once. */
export async function returnStray(deps: Inside, chargeId: string): Promise<"done"> {
  const { client } = deps.database;
  const found = await findById(client, chargeId);
  if (found?.charge.remedy !== "refund") return "done";
  const { charge } = found;
  const key = `stray:${charge.id}`;
  const at = deps.clock.now();
  const refund = newRefund(charge, { amount: charge.captured, reason: "stray", actor: "system" }, at);
  await insertRefund(client, { refund, request: { key, hash: sha256(key) }, at, onlyOverdue: false });
  return "done";
}

/** Tells a payment's end outward: once it was said that it expired, money that comes later is not taken any more. */
export async function tell(deps: Inside, payment: Payment): Promise<Payment> {
  if (payment.status === "expired" && payment.closedAt === null) {
    await closePayment(deps.database.client, payment, deps.clock.now());
  }
  return payment;
}
