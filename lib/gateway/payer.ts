import { errorText } from "@/lib/kit";
import { namesPayer, payerOf } from "@/lib/pricing";
import { Problem } from "@/lib/problems";
import type { Charge } from "@/lib/processor";
import type { Presented } from "./check";
import type { GatewayDeps, Visit } from "./deps";
import { pricedRequestOf } from "./price";

/** Was the price made for a named payer, and has the rail taken the money of somebody else? */
export function isAnotherPayer(visit: Visit, { inputs }: Presented, { payer }: Charge): boolean {
  return inputs !== null && namesPayer(inputs) && payer !== null && payer !== payerOf(pricedRequestOf(visit));
}

/**
 * Serves nothing for the price of another, and sends the money back where the rail can; where it cannot, the payment
 * waits for the merchant. There is no challenge: money has moved.
 */
export async function sendBack(deps: GatewayDeps, visit: Visit, charge: Charge): Promise<never> {
  const totalMs = deps.clock.now().getTime() - visit.receivedAt.getTime();
  const facts = { reason: "another-payer", status: null, bytes: 0, upstreamMs: 0, totalMs };
  await deps.processor.undelivered(charge, facts);
  try {
    const { merchantId, id, receiptId } = charge;
    const refund = {
      merchantId,
      receiptId: receiptId ?? "",
      reason: "undelivered",
      actor: "system",
    } as const;
    await deps.processor.requestRefund({ ...refund, key: `another-payer:${id}` });
  } catch (error) {
    deps.log("warn", "refund.left-to-merchant", { charge: charge.id, error: errorText(error) });
  }
  deps.count(visit.offering, "failed");
  throw new Problem(
    "forbidden",
    "This price was for the payer named in Farebox-Payer, and somebody else has paid. The payment goes back.",
    { members: { challengeId: charge.challengeId, charge: charge.id } },
  );
}
