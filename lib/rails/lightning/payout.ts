import type { Effect } from "../contract";
import { BackendFault, type Sent } from "./backends/backend";
import { readBolt11 } from "./bolt11";
import type { Node } from "./node";
import type { LightningSettings } from "./settings";

/**
 * What became of money sent out. `unsent`: certainly nothing was asked of the node. `unknown`: it was asked and has
 * not said.
 */
export type Payout = Sent | { state: "unsent"; reason: string } | { state: "unknown" };

type Bill = Readonly<{
  bolt11: string;
  paymentHash: string;
  msat: bigint;
  isOpen: boolean;
  feeLimitMsat: bigint;
}>;

const leastFeeLimitMsat = 10_000n;
const timeoutSeconds = 15;

/** What sending this much may cost: the merchant's share of it, and at least 10 satoshis. */
export function feeLimitOf({ maxRefundFeePercent }: LightningSettings, msat: bigint): bigint {
  const millionths = BigInt(Math.round(maxRefundFeePercent * 10_000));
  const limit = (msat * millionths) / 1_000_000n;
  return limit > leastFeeLimitMsat ? limit : leastFeeLimitMsat;
}

async function found(node: Node, paymentHash: string, signal: AbortSignal): Promise<Sent | null | "silent"> {
  try {
    return await node.sent(paymentHash, signal);
  } catch (error) {
    if (error instanceof BackendFault) return "silent";
    throw error;
  }
}

/**
 * Pays one invoice at most once. Its payment hash is the key: what was sent before is found again under it, and the
 * node itself refuses a second payment of the same hash.
 */
export async function payOnce(node: Node, bill: Bill, effect: Effect): Promise<Payout> {
  const before = await found(node, bill.paymentHash, effect.signal);
  if (before === "silent") return { state: "unsent", reason: "The node did not answer." };
  if (before) return before.state === "pending" ? await settledSoon(node, bill, effect) : before;
  const { bolt11, msat, isOpen, feeLimitMsat } = bill;
  const expiresAt = readBolt11(bolt11)?.expiresAt ?? 0;
  if (expiresAt <= effect.now().getTime()) return { state: "failed", reason: "The invoice has expired." };
  if (!node.pay) return { state: "failed", reason: "These settings cannot pay." };
  try {
    const payment = { bolt11, feeLimitMsat, timeoutSeconds, ...(isOpen ? { msat } : {}) };
    const sent = await node.pay(payment, effect.signal);
    return sent.state === "pending" ? await settledSoon(node, bill, effect) : sent;
  } catch (error) {
    if (!(error instanceof BackendFault)) throw error;
    if (error.kind === "not-reached" || error.kind === "refused")
      return { state: "unsent", reason: error.message };
    const after = await settledSoon(node, bill, effect);
    // An error that was answered, and no payment of this hash: the node never took it on.
    if (after.state !== "unknown" || error.kind === "lost") return after;
    return (await found(node, bill.paymentHash, effect.signal)) === null
      ? { state: "failed", reason: "The node could not pay." }
      : after;
  }
}

const waitsMs = [100, 200, 400, 800, 1_600, 3_200];

/** What became of a payment that was just asked for; waits a little while the node is still at it. */
async function settledSoon(node: Node, { paymentHash }: Bill, { signal }: Effect): Promise<Payout> {
  for (const waitMs of waitsMs) {
    const now = signal.aborted ? null : await found(node, paymentHash, signal);
    if (now === null || now === "silent") return { state: "unknown" };
    if (now.state !== "pending") return now;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  return { state: "pending" };
}
