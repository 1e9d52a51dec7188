import type { JobHandlers } from "@/lib/jobs";
import { sha256 } from "@/lib/kit";
import { Money } from "@/lib/money";
import { sweepAnswers } from "./answers/store";
import { resumeClose } from "./channels/close";
import { closeIdle, recoverChannels } from "./channels/recover";
import { inquire } from "./charges/ask-rail";
import type { Charge } from "./charges/charge";
import { type Found, findById } from "./charges/query-store";
import { resolve } from "./charges/resolve";
import * as charges from "./charges/store";
import * as sweeps from "./charges/sweep-store";
import type { Inside } from "./deps";
import { lookAtDisputes } from "./disputes/disputes";
import { findDisputes, findEveryMs } from "./disputes/find-disputes";
import { lookAtIssued } from "./issued/look";
import { workNotice } from "./notices/notices";
import { paymentHandlers, paymentSteps, resolvePayment } from "./payments/worker";
import { cycleMs, reconcileStep } from "./reconcile/reconcile";
import { listUnqueued } from "./refunds/query-store";
import { newRefund, refundAbility } from "./refunds/request-refund";
import * as refunds from "./refunds/store";
import { submitRefund } from "./refunds/submit-refund";

/** A step that is run at start and then again and again. */
export type WorkerStep = Readonly<{
  kind: string;
  everyMs: number;
  /** Every process does this for itself, also one that does no other background work. */
  everywhere: boolean;
  /** Answers how many rows it moved. */
  run(): Promise<number>;
}>;

const stillOpen = ["submitted", "unknown"];

/** Jobs of the durable queue, by kind. */
export function jobHandlers(deps: Inside): JobHandlers {
  return {
    ...paymentHandlers(deps),
    "charge.resolve": async ({ chargeId }) => {
      const payment = await resolvePayment(deps, String(chargeId));
      if (payment) return payment;
      const found = await findById(deps.database.client, String(chargeId));
      if (!found || !stillOpen.includes(found.charge.effect.state)) return "done";
      if (isBeingAsked(deps, found)) return { again: "Its process is still asking." };
      const recorded = await resolve(deps, found, { owner: null });
      return recorded.outcome === "unknown" ? { again: "The rail has not said." } : "done";
    },
    "refund.submit": ({ refundId }) => submitRefund(deps, String(refundId)),
    "notice.work": ({ noticeId }, attempt) => workNotice(deps, String(noticeId), attempt),
    "channel.close": ({ channelId }) => resumeClose(deps, String(channelId)),
  };
}

const forgottenMs = 60_000;

/** A living owner has 20 s for its call. After that, asking again under the same key is safe and somebody must. */
function isBeingAsked(deps: Inside, { charge, isOwnerAlive }: Found): boolean {
  if (charge.effect.state !== "submitted" || charge.owner === null) return false;
  if (charge.owner === deps.presence.number) return deps.hands.has(charge.id);
  return isOwnerAlive && deps.clock.now().getTime() - charge.createdAt.getTime() < forgottenMs;
}

/** Finds what nobody works on any more and has it asked about at once. */
async function recover(deps: Inside): Promise<number> {
  const { client } = deps.database;
  const at = deps.clock.now();
  const own = { owner: deps.presence.number, working: deps.hands.all() };
  const orphans = await sweeps.listOrphans(client, { now: at, ...own });
  const unasked = await sweeps.listUnasked(client);
  for (const charge of [...orphans, ...unasked]) {
    await deps.jobs.enqueue(client, charges.resolveJob(charge, at));
  }
  return orphans.length + unasked.length + (await sweeps.freeInterrupted(client, at));
}

/** Ends what was released and not presented again, once the rail confirms that it has nothing under our key. */
async function expireReleased(deps: Inside): Promise<number> {
  const { client } = deps.database;
  const at = deps.clock.now();
  let moved = 0;
  for (const charge of await sweeps.listReleased(client, at)) {
    const rail = await deps.rail(charge.merchantId, charge.rail);
    const known = rail && (await inquire(deps, { charge, rail, proof: null }));
    if (known === null || known === "absent") moved += Number(await sweeps.expireCharge(client, charge, at));
    else if (known.outcome !== "unavailable") moved += Number(await sweeps.doubtReleased(client, charge, at));
  }
  return moved;
}

/** Acts on deadlines that have passed: the money goes back where the rail can, else the merchant decides. */
async function meetDeadlines(deps: Inside): Promise<number> {
  const at = deps.clock.now();
  const overdue = await sweeps.listOverdue(deps.database.client, at);
  for (const charge of overdue) await giveBack(deps, charge, at);
  return overdue.length;
}

async function giveBack(deps: Inside, charge: Charge, at: Date): Promise<void> {
  const { client } = deps.database;
  const { captured, refunded, pendingRefund } = charge;
  const amount = Money.subtract(Money.subtract(captured, refunded), pendingRefund);
  const ability = await refundAbility(deps, charge);
  const isPartial = amount.units !== captured.units;
  if (amount.units === 0n) {
    await sweeps.leaveToMerchant(client, charge, { reason: "refund-running", at });
  } else if (!ability.can || (isPartial && !ability.partial)) {
    await sweeps.leaveToMerchant(client, charge, { reason: "rail-cannot-refund", at });
  } else {
    const refund = newRefund(charge, { amount, reason: "undelivered", actor: "system" }, at);
    const key = `undelivered:${charge.id}:${charge.version}`;
    await refunds.insertRefund(client, {
      refund,
      request: { key, hash: sha256(key) },
      at,
      onlyOverdue: true,
    });
  }
}

/** Everything that makes unfinished work finish by itself. */
export function workerSteps(deps: Inside): readonly WorkerStep[] {
  const { client } = deps.database;
  const now = () => deps.clock.now();
  return [
    { kind: "charges.recover", everyMs: 2_000, everywhere: false, run: () => recover(deps) },
    {
      kind: "charges.own",
      everyMs: 5_000,
      everywhere: true,
      run: () =>
        sweeps.freeStranded(client, { owner: deps.presence.number, isWorking: deps.hands.has, at: now() }),
    },
    {
      kind: "charges.expire",
      everyMs: 60_000,
      everywhere: false,
      run: () => expireReleased(deps),
    },
    { kind: "charges.deadlines", everyMs: 30_000, everywhere: false, run: () => meetDeadlines(deps) },
    {
      kind: "refunds.requeue",
      everyMs: 60_000,
      everywhere: false,
      async run() {
        const lost = await listUnqueued(client);
        for (const refund of lost) await deps.jobs.enqueue(client, refunds.submitJob(refund, now()));
        return lost.length;
      },
    },
    ...paymentSteps(deps),
    { kind: "issued.look", everyMs: 5_000, everywhere: false, run: () => lookAtIssued(deps) },
    { kind: "channels.recover", everyMs: 5_000, everywhere: true, run: () => recoverChannels(deps) },
    { kind: "channels.idle", everyMs: 5_000, everywhere: false, run: () => closeIdle(deps) },
    { kind: "ledger.reconcile", everyMs: cycleMs, everywhere: false, run: reconcileStep(deps) },
    { kind: "disputes.look", everyMs: 60_000, everywhere: false, run: () => lookAtDisputes(deps) },
    { kind: "disputes.find", everyMs: findEveryMs, everywhere: false, run: findDisputes(deps) },
    { kind: "answers.sweep", everyMs: 60_000, everywhere: false, run: () => sweepAnswers(client, now()) },
  ];
}
