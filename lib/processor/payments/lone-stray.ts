import { newId } from "@/lib/kit";
import { Money } from "@/lib/money";
import { findByClaim } from "../charges/query-store";
import { challengeClaim } from "../charges/take-payment";
import type { Inside } from "../deps";
import { refundAbility } from "../refunds/request-refund";
import { insertLoneStray, type StrayMoney } from "./stray-store";

/**
 * Books money that a page was paid and nobody can be served for: too late, or twice. It goes back by itself where its
 * rail can; elsewhere it is put before the merchant. Asked again, it answers the same; `null` when this money is on record
 * as something else.
 */
export async function sendBackStray(
  deps: Inside,
  stray: StrayMoney,
): Promise<{ chargeId: string; receiptId: string | null; goesBack: boolean } | null> {
  const { merchantId, mode, rail, connector, externalRef, reference, amount } = stray;
  const at = deps.clock.now();
  const [id, receiptId] = [newId("ch", at.getTime()), newId("rc", at.getTime())];
  const { can } = await refundAbility(deps, { merchantId, rail: rail.slug, disputeState: null });
  const claim = challengeClaim(stray.challengeId);
  const money = { amount: Money.format(amount), currency: amount.currency.code };
  const isBooked = await insertLoneStray(deps.database.client, {
    ...stray,
    ...{ id, receiptId, at, canReturn: can },
    method: rail.definition.names?.mpp ?? rail.kind,
    claims: [claim],
    event: {
      ...{ merchantId, mode, type: "receipt.created", object: receiptId, at },
      data: {
        ...{ charge: id, receipt: receiptId, connector, externalRef, rail: rail.slug },
        ...{ status: "captured", amount: money, captured: money, reference, payer: null },
      },
    },
    job: { kind: "payment.return", key: `payment.return:${id}`, payload: { chargeId: id }, runAt: at },
  });
  if (!isBooked) {
    const first = (await findByClaim(deps.database.client, [claim]))?.charge;
    if (first?.service !== connector || first.endpoint !== externalRef) return null;
    return { chargeId: first.id, receiptId: first.receiptId, goesBack: first.remedy === "refund" };
  }
  deps.log("warn", "payment.stray", { charge: id, rail: rail.slug });
  return { chargeId: id, receiptId, goesBack: can };
}
