import type { Done, JobHandlers } from "@/lib/jobs";
import type { Inside } from "../deps";
import { takeAutomatically } from "./authorize";
import { isRunning } from "./payment";
import { resolveJob, watchJob } from "./record";
import { resume } from "./run";
import * as store from "./store";
import { returnStray } from "./stray";
import * as sweeps from "./sweep-store";
import { watch } from "./watch";

/** Takes up what is unfinished of a payment, as a job; `null` when the charge is no payment. */
export async function resolvePayment(deps: Inside, chargeId: string): Promise<Done | null> {
  const found = await store.findPayment(deps.database.client, { id: chargeId });
  if (!found) return null;
  if (!isRunning(found.payment)) {
    await watch(deps, found.payment);
    return "done";
  }
  await resume(deps, chargeId);
  const after = await store.findPayment(deps.database.client, { id: chargeId });
  return after && isRunning(after.payment) ? { again: "The rail has not said." } : "done";
}

export function paymentHandlers(deps: Inside): JobHandlers {
  return {
    "payment.watch": async ({ chargeId }) => {
      const found = await store.findPayment(deps.database.client, { id: String(chargeId) });
      return found ? await watch(deps, found.payment) : "done";
    },
    "payment.return": ({ chargeId }) => returnStray(deps, String(chargeId)),
  };
}

/** Finds what nobody works on any more and has it taken up. */
async function recover(deps: Inside): Promise<number> {
  const { client } = deps.database;
  const at = deps.clock.now();
  const own = { owner: deps.presence.number, working: deps.hands.all() };
  const unfinished = [...(await sweeps.listOrphans(client, own)), ...(await sweeps.listUnasked(client))];
  for (const payment of unfinished) await deps.jobs.enqueue(client, resolveJob(payment, at));
  const untaken = await sweeps.listUntaken(client);
  for (const { id } of untaken) {
    const found = await store.findPayment(client, { id });
    if (found) await takeAutomatically(deps, found.payment);
  }
  return unfinished.length + untaken.length;
}

/** Gives payments that lost their job another one. */
async function rewatch(deps: Inside): Promise<number> {
  const { client } = deps.database;
  const lost = await sweeps.listUnwatched(client);
  for (const payment of lost) await deps.jobs.enqueue(client, watchJob(payment, deps.clock.now()));
  return lost.length;
}

export const paymentSteps = (deps: Inside) => [
  { kind: "payments.recover", everyMs: 2_000, everywhere: true, run: () => recover(deps) },
  { kind: "payments.watch", everyMs: 60_000, everywhere: false, run: () => rewatch(deps) },
];
