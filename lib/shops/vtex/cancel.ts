import { Money } from "@/lib/money";
import type { Payment, Refund } from "@/lib/processor";
import { written } from "./answer";
import type { Call, VtexDeps } from "./deps";
import { byHand, done, once, outcomeOf, type Result, refused, unfinished, type Working } from "./operation";
import type { OperationBody } from "./read-body";
import { actorOf, refundOutcome } from "./refund";
import type { Reply } from "./reply";
import * as store from "./store";

/** What nobody has settled of a payment that was taken at once, and that nobody has sent back. */
export function unsettled({ captured, refunded, pendingRefund }: Payment, settled: bigint): Money {
  const rest = captured.units - settled;
  const left = captured.units - refunded.units - pendingRefund.units;
  const units = rest < left ? rest : left;
  return Money.of(units > 0n ? units : 0n, captured.currency);
}

/** What is not settled goes back once, whoever decides it: a cancellation, or the worker when the time is up. */
export const restKey = ({ paymentId }: store.VtexPayment): string => `rest:${paymentId}`;

type Cancelling = Readonly<{ payment: Payment; working: Working }>;

/** What became of the rest that somebody has sent back already. */
function backAs({ id, status }: Refund): Result {
  if (status === "settled") return done(id);
  return status === "failed" ? refused("declined") : unfinished("in-progress");
}

/** Sends back what is not settled; from the moment it is decided nothing more of it can be. */
async function sendBack(deps: VtexDeps, call: Call, { payment, working }: Cancelling): Promise<Result> {
  const { chargeId, opened } = working;
  const { merchantId } = opened;
  const rail = await deps.rail(merchantId, opened.rail);
  if (rail && (!rail.abilities.refund || rail.abilities.destination)) return byHand("cancel-manually");
  const closed = await store.closeSettling(deps.database.client, opened.id, deps.clock.now());
  const { payments } = deps.processor;
  const key = restKey(opened);
  const known = await payments.findRefund({ merchantId, id: chargeId, key });
  if (known) return backAs(known);
  const amount = unsettled(payment, closed.settled);
  if (amount.units === 0n) {
    if (closed.settled >= payment.captured.units) return refused("already_captured");
    return payment.pendingRefund.units > 0n ? unfinished("in-progress") : done(`void_${chargeId}`);
  }
  const answer = await payments.refund({
    ...{ merchantId, id: chargeId, amount, key, waitMs: call.leftMs() },
    ...{ actor: actorOf(call), reason: "cancelled" },
  });
  return refundOutcome(answer, "cancel-manually");
}

/** Lets go what is held, or sends back what was taken and is not settled. */
async function cancel(deps: VtexDeps, call: Call, working: Working): Promise<Result> {
  const { opened, chargeId } = working;
  const { merchantId } = opened;
  if (opened.cancellationId !== null) return done(opened.cancellationId);
  const payment = await written(deps, opened, chargeId);
  const rail = await deps.rail(merchantId, opened.rail);
  if (payment.status === "captured" && rail && !rail.abilities.holds)
    return await sendBack(deps, call, { payment, working });
  const answer = await deps.processor.payments.void({ merchantId, id: chargeId, waitMs: call.leftMs() });
  if (answer.outcome === "done") return done(answer.operation?.id ?? `void_${chargeId}`);
  // It may have been paid while it was being cancelled.
  const now = await written(deps, opened, chargeId);
  if (now.status === "captured" && rail && !rail.abilities.holds)
    return await sendBack(deps, call, { payment: now, working });
  return outcomeOf(answer);
}

/** POST cancellations: nothing will be taken, or nothing stays taken. What was cancelled is success, under its first id. */
export async function cancelPayment(deps: VtexDeps, call: Call, body: OperationBody): Promise<Reply> {
  return await once(deps, call, {
    kind: "cancel",
    body: { ...body, recipients: [] },
    async work(working) {
      const result = await cancel(deps, call, working);
      if (result.id === null) return result;
      return done(await store.noteCancelled(deps.database.client, working.opened.id, result.id));
    },
  });
}
