import { z } from "zod";
import type { Mode } from "@/lib/access";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts, Visit } from "../context";
import { moneyItem } from "./items";
import { scopeOf } from "./query";

type Reconciliation = Runtime["processor"]["reconciliation"];
type Standing = Awaited<ReturnType<Reconciliation["list"]>>[number];
type Mismatch = Standing["rows"][number];

type About = Readonly<{ merchant: MerchantFacts; mode: Mode | null }>;
type With<T> = T & About & Readonly<{ runtime: { processor: Pick<Runtime["processor"], "reconciliation"> } }>;

/** What `POST /api/v1/reconciliation/{id}/explain` takes. */
export const ExplainMismatch = z.strictObject({ reason: z.string().trim().min(3).max(2_000) });

const about = ({ merchant, mode }: About) => ({ merchantId: merchant.id, ...scopeOf({ merchant, mode }) });

const mismatchItem = (mismatch: Mismatch) => ({
  id: mismatch.id,
  receiptId: mismatch.receiptId,
  chargeId: mismatch.chargeId,
  reason: mismatch.reason,
  difference: moneyItem(mismatch.difference),
  foundAt: mismatch.foundAt.toISOString(),
  state: mismatch.state,
  explanation: mismatch.explanation,
});

const standingItem = ({ rail, mode, ledger, said, difference, open, rows, lastRun }: Standing) => ({
  rail,
  mode,
  ledger: moneyItem(ledger),
  railSays: moneyItem(said),
  difference: moneyItem(difference),
  open,
  lastRun: lastRun && { ...lastRun, at: lastRun.at.toISOString() },
  rows: rows.map(mismatchItem),
});

/** Each rail in each currency: the books, the rail's word, and what is open. */
export async function listReconciliation(asked: With<object>) {
  return (await asked.runtime.processor.reconciliation.list(about(asked))).map(standingItem);
}

export const runReconciliation = (asked: With<object>) =>
  asked.runtime.processor.reconciliation.run(about(asked));

type Explaining = With<
  Visit<{ processor: Pick<Runtime["processor"], "reconciliation"> }> & {
    params: { id: string };
    body: z.infer<typeof ExplainMismatch>;
  }
>;

export async function explainMismatch(asked: Explaining) {
  const { params, body, actor } = asked;
  const mismatch = await asked.runtime.processor.reconciliation.explain({
    ...about(asked),
    id: params.id,
    reason: body.reason,
    actor: actor.actor,
  });
  await asked.audit("mismatch.explained", `mismatch:${mismatch.id}`, { after: mismatchItem(mismatch) });
  return mismatchItem(mismatch);
}
