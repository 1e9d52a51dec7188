import type { Done } from "@/lib/jobs";
import { errorText, FailpointReached, failpoint, within } from "@/lib/kit";
import { Money } from "@/lib/money";
import { effectLimitMs, readLimitMs } from "../charges/ask-rail";
import type { ConnectedRail, Inside } from "../deps";
import * as queries from "./query-store";
import type { Refund } from "./refund";
import * as store from "./store";

type Answer = Readonly<
  | { outcome: "settled"; reference: string }
  | { outcome: "failed"; reason: string }
  | { outcome: "unavailable"; reason: string }
  | { outcome: "unknown"; reason: string; reference: string | null }
>;

/**
 * Sends one refund: the intention, the rail, the fact. Run again after a crash at any point, it asks with the same
 * key, so that the rail moves the money once.
 */
export async function submitRefund(deps: Inside, refundId: string): Promise<Done> {
  const { client } = deps.database;
  const refund = await queries.findRefund(client, { id: refundId });
  if (!refund || refund.status === "settled" || refund.status === "failed") return "done";
  const rail = await deps.rail(refund.merchantId, refund.rail);
  if (!rail?.abilities.refund) return { again: "The rail is not connected, or cannot send money back." };
  // Nothing is submitted, and nothing written, until somebody has said where to; whoever does wakes this job.
  if (rail.definition.asksForRefund !== undefined && refund.destination === null) {
    return { again: "Nobody has said where the money goes." };
  }

  const submitted = await store.submitRefund(client, refund, {
    owner: deps.presence.number,
    at: deps.clock.now(),
  });
  if (!submitted) return "done";
  if (submitted.isRepeat) await failpoint("refund-in-recovery");
  await failpoint("refund-intent-recorded");
  const answer = await askRail(deps, { refund, rail, isRepeat: submitted.isRepeat });
  const done = await record(deps, refund, { answer, isRepeat: submitted.isRepeat });
  await failpoint("refund-fact-recorded");
  return done;
}

type Asking = Readonly<{ refund: Refund; rail: ConnectedRail; isRepeat: boolean }>;

async function askRail(deps: Inside, asking: Asking): Promise<Answer> {
  const { refund, rail, isRepeat } = asking;
  const reference = await queries.referenceOf(deps.database.client, refund);
  const call = (signal: AbortSignal) => ({
    key: refund.effectKey,
    mode: refund.mode,
    signal,
    now: () => deps.clock.now(),
    recipients: [{ id: rail.merchant.slug, role: "seller" as const, amount: refund.amount }],
    ...(refund.reason ? { reason: refund.reason } : {}),
    ...(refund.destination ? { destination: refund.destination } : {}),
    isRepeat,
  });
  try {
    // A network without keys carries ours in its own object: it is looked for before the money is sent again.
    const known = isRepeat
      ? await within(
          readLimitMs,
          async (signal) => await rail.abilities.find?.(refund.effectKey, call(signal)),
        )
      : undefined;
    if (known?.outcome === "found" && known.refunded.units >= refund.amount.units) {
      return { outcome: "settled", reference: known.reference };
    }
    if (known?.outcome === "unavailable")
      return { outcome: "unknown", reason: known.reason, reference: null };
    await failpoint("refund-before-rail");
    const said = await within(effectLimitMs, async (signal) =>
      rail.abilities.refund?.(reference, refund.amount, call(signal)),
    );
    await failpoint("refund-after-rail");
    return believe(refund, said);
  } catch (error) {
    if (error instanceof FailpointReached) throw error;
    deps.log("warn", "rail.refund-failed", { refund: refund.id, rail: refund.rail, error: errorText(error) });
    return { outcome: "unknown", reason: "The rail did not answer.", reference: null };
  }
}

type Said = Awaited<ReturnType<NonNullable<ConnectedRail["abilities"]["refund"]>>> | undefined;

/** Only a settled answer with our amount and a reference is one; what is not understood leaves it open. */
function believe({ amount }: Refund, said: Said): Answer {
  switch (said?.outcome) {
    case "settled":
      if (typeof said.reference === "string" && said.reference && Money.equal(said.amount, amount)) {
        return { outcome: "settled", reference: said.reference };
      }
      return { outcome: "unknown", reason: "The rail's answer does not fit.", reference: null };
    case "declined":
    case "invalid":
    case "conflict":
      return { outcome: "failed", reason: said.reason || said.outcome };
    case "unavailable":
      return { outcome: "unavailable", reason: said.reason };
    case "pending":
      return { outcome: "unknown", reason: "The network is working on it.", reference: said.reference };
    case "unknown":
      return { outcome: "unknown", reason: said.reason, reference: said.reference ?? null };
    default:
      return { outcome: "unknown", reason: "The rail's answer was not understood.", reference: null };
  }
}

type Recording = Readonly<{ answer: Answer; isRepeat: boolean }>;

async function record(deps: Inside, refund: Refund, { answer, isRepeat }: Recording): Promise<Done> {
  const { client } = deps.database;
  const at = deps.clock.now();
  switch (answer.outcome) {
    case "settled":
      await store.settleRefund(client, { ...refund, reference: answer.reference, failure: null }, at);
      return "done";
    case "failed":
      deps.log("error", "refund.failed", { refund: refund.id, rail: refund.rail, reason: answer.reason });
      await store.failRefund(client, { ...refund, failure: answer.reason }, at);
      return "done";
    case "unavailable":
      // An earlier call may have been heard: only then does the rail's absence prove nothing.
      if (isRepeat) await store.noteRefund(client, refund, { failure: answer.reason, reference: null });
      else await store.releaseRefund(client, refund, answer.reason);
      return { again: answer.reason };
    case "unknown":
      await store.noteRefund(client, refund, { failure: answer.reason, reference: answer.reference });
      return { again: answer.reason };
  }
}
