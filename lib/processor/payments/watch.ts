import type { Done } from "@/lib/jobs";
import { isOpen, LifecycleRefusal } from "../charges/lifecycle";
import type { ConnectedRail, Inside } from "../deps";
import { lookAt } from "./look";
import { isRunning, type Payment } from "./payment";
import { advancePayment, changeOf, endEffect } from "./record";
import { getPayment } from "./run";
import * as store from "./store";
import { takeBack } from "./take-back";

const againMs = 60_000;
const takenBackMs = 10_000;
const lateMs = 15 * 60_000;
const watchedMs = 7 * 24 * 60 * 60_000;

/**
 * Looks after a payment that waits: asks its rail whether money has come, ends it when its time has passed. Runs as a
 * job, after 1, 2, 5, 10, 30 s and so on (contracts/rail.md §2).
 */
export async function watch(deps: Inside, seen: Payment): Promise<Done> {
  const later = (ms: number) => new Date(deps.clock.now().getTime() + ms);
  if (isRunning(seen)) return { again: "An effect is running.", at: later(againMs) };
  const rail = await deps.rail(seen.merchantId, seen.rail);
  if (!rail) return { again: "The rail is not connected.", at: later(againMs) };
  if (!(await lookAt(deps, seen, rail))) return { again: "The rail did not answer." };
  const { payment } = await getPayment(deps, { id: seen.id });
  const isWaiting = isOpen(payment.status) || payment.status === "authorized";
  if (!isWaiting) return afterEnd(deps, payment, rail);
  if (payment.expiresAt > deps.clock.now()) {
    return isOpen(payment.status) && payment.reference !== null
      ? { again: "Nothing has come." }
      : { again: "It has time.", at: payment.expiresAt };
  }
  if (payment.status === "authorized") return { again: "The rail still holds it.", at: later(againMs) };
  if ((await takeBack(deps, payment, rail)) !== "over") {
    return { again: "It may be paid at this moment.", at: later(takenBackMs) };
  }
  if (!(await expire(deps, payment))) return { again: "It moved.", at: deps.clock.now() };
  return afterEnd(deps, payment, rail);
}

/** What anybody can pay at any time is looked at for a week more: what comes late or twice is not to be lost. */
function afterEnd({ clock }: Inside, payment: Payment, { definition }: ConnectedRail): Done {
  const now = clock.now().getTime();
  const isWatched = definition.watch !== undefined && payment.reference !== null;
  if (!isWatched || now >= payment.createdAt.getTime() + watchedMs) return "done";
  return { again: "Money may come late.", at: new Date(now + lateMs) };
}

/** Nothing came in time, as the rail has just said. */
async function expire(deps: Inside, payment: Payment): Promise<boolean> {
  const at = deps.clock.now();
  try {
    const after = endEffect(advancePayment(payment, { type: "expired" }, at), "failed", "expired");
    const key = `${payment.id}:expire:${payment.sequence}`;
    const change = changeOf(payment, { after, step: { type: "expired" } }, { key, at });
    return await store.changePayment(deps.database.client, change);
  } catch (error) {
    if (error instanceof LifecycleRefusal) return false;
    throw error;
  }
}
