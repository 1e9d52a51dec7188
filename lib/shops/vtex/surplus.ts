import { written } from "./answer";
import { restKey, unsettled } from "./cancel";
import type { VtexDeps } from "./deps";
import * as store from "./store";

const atOnce = 20;
const againMs = 60_000;

/** A card that was only to be proved is not held; `false` until that is known. */
async function letGo(deps: VtexDeps, opened: store.VtexPayment, chargeId: string): Promise<boolean> {
  const { status } = await written(deps, opened, chargeId);
  if (status === "authorized") {
    const answer = await deps.processor.payments.void({ merchantId: opened.merchantId, id: chargeId });
    return answer.outcome === "done";
  }
  return status === "voided" || status === "denied" || status === "expired";
}

/** Sends back what VTEX has not settled in time, once; `false` when its rail has not said yet what became of it. */
async function sendBack(deps: VtexDeps, { id }: store.VtexPayment): Promise<boolean> {
  const { client } = deps.database;
  const opened = await store.closeSettling(client, id, deps.clock.now());
  const { merchantId, chargeId, connector } = opened;
  if (chargeId === null) return !opened.verificationOnly;
  if (opened.verificationOnly) return await letGo(deps, opened, chargeId);
  const key = restKey(opened);
  const { payments } = deps.processor;
  if (await payments.findRefund({ merchantId, id: chargeId, key })) return true;
  const amount = unsettled(await written(deps, opened, chargeId), opened.settled);
  if (amount.units === 0n) return true;
  const answer = await payments.refund({
    ...{ merchantId, id: chargeId, amount, key, actor: `connector:${connector}`, reason: "surplus" },
  });
  if (answer.outcome === "done") return true; // the refund's own job sees it through
  if (answer.outcome !== "refused" || answer.code === "refund_in_doubt") return false;
  deps.log("error", "vtex.surplus-refused", { charge: chargeId, reason: answer.code });
  return true;
}

/** Gives back what stayed unsettled for too long; answers how many payments that was. */
export async function returnSurplus(deps: VtexDeps): Promise<number> {
  const { client } = deps.database;
  const now = deps.clock.now();
  const due = await store.listSurplus(client, now, atOnce);
  for (const payment of due) {
    const isOver = await sendBack(deps, payment);
    await store.setSurplus(client, payment.id, isOver ? null : new Date(now.getTime() + againMs));
  }
  return due.length;
}
