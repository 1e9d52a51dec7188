import { Money } from "@/lib/money";
import type { RefundAnswer } from "@/lib/processor";
import { written } from "./answer";
import type { Call, VtexDeps } from "./deps";
import { byHand, done, once, outcomeOf, type Result, refused, unfinished, type Working } from "./operation";
import { hasSettlement } from "./operation-store";
import type { OperationBody } from "./read-body";
import { type Reply, VtexRefusal } from "./reply";
import { railPart, wantedValue } from "./settle";

/** Nothing of ours ends these: another refund is on its way, and this one may be asked for again. */
const waiting = ["refund_in_doubt", "in-progress"];

/** Who refunds, for the books. */
export const actorOf = ({ connector }: Pick<Call, "connector">): string => `connector:${connector.slug}`;

/** To VTEX a refund is done when the money is back, not when it was asked for. */
export function refundOutcome(answer: RefundAnswer, manually: "cancel-manually" | "refund-manually"): Result {
  if (answer.outcome === "refused" && answer.code === "unsupported") return byHand(manually);
  if (answer.outcome === "refused" && waiting.includes(answer.code)) return unfinished(answer.code);
  if (answer.outcome !== "done") return outcomeOf(answer);
  const { refund } = answer;
  return refund?.status === "settled" ? done(refund.id) : unfinished("in-progress");
}

async function refund(deps: VtexDeps, call: Call, working: Working): Promise<Result> {
  const { opened, chargeId, key, asked } = working;
  const payment = await written(deps, opened, chargeId);
  const rail = await deps.rail(opened.merchantId, opened.rail);
  if (!rail || !asked.wanted) return unfinished("unavailable");
  // A rail that must be told where to send it cannot be told so by VTEX.
  if (!rail.abilities.refund || rail.abilities.destination) return byHand("refund-manually");
  const before = Money.add(payment.refunded, payment.pendingRefund);
  const amount = await railPart(deps, { ...working, payment, wanted: asked.wanted }, before);
  if (!amount) return refused("invalid");
  const answer = await deps.processor.payments.refund({
    ...{ merchantId: opened.merchantId, id: chargeId, amount, key },
    ...{ actor: actorOf(call), waitMs: call.leftMs() },
  });
  return refundOutcome(answer, "refund-manually");
}

/** POST refunds. A settlement that is named has to be one of this payment's; the bound is the payment's. */
export async function refundPayment(deps: VtexDeps, call: Call, body: OperationBody): Promise<Reply> {
  return await once(deps, call, {
    kind: "refund",
    body,
    readWanted: (currency) => wantedValue(body, currency),
    async work(working) {
      const { settleId } = body;
      if (settleId && !(await hasSettlement(deps.database.client, working.opened.id, settleId)))
        throw new VtexRefusal(400, "unknown_settlement", "settleId names no settlement of this payment.");
      return await refund(deps, call, working);
    },
  });
}
