import type Stripe from "stripe";
import type { Call, Dispute, Refused } from "../contract";
import type { Client } from "./client";
import { moneyOf } from "./currencies";
import { isIntentId } from "./intents";
import { faultOutcome } from "./outcomes";

const stateOf = (status: Stripe.Dispute["status"]): Dispute["state"] => {
  if (status === "won") return "won";
  if (status === "lost") return "lost";
  return status.startsWith("warning") ? "warning" : "open";
};

/** What moved, where Stripe says so in the currency that was charged; else what its state stands for. */
function movedBy(dispute: Stripe.Dispute): { withheld: number; fee: number } {
  const { amount, currency, balance_transactions: moves } = dispute;
  if (moves.every((move) => move.currency === currency)) {
    const away = moves.reduce((sum, move) => sum - move.amount, 0);
    return {
      withheld: Math.max(0, away),
      fee: Math.max(
        0,
        moves.reduce((sum, { fee }) => sum + fee, 0),
      ),
    };
  }
  const state = stateOf(dispute.status);
  return { withheld: state === "open" || state === "lost" ? amount : 0, fee: 0 };
}

function disputeOf(dispute: Stripe.Dispute): Dispute {
  const { id, status, amount, currency, reason, evidence_details } = dispute;
  const { withheld, fee } = movedBy(dispute);
  return {
    reference: id,
    state: stateOf(status),
    amount: moneyOf(amount, currency),
    withheld: moneyOf(withheld, currency),
    fee: moneyOf(fee, currency),
    reason,
    needsResponse: status === "needs_response" || status === "warning_needs_response",
    respondBy: evidence_details.due_by === null ? null : new Date(evidence_details.due_by * 1000),
  };
}

/** Every dispute about one payment, newest first. */
export async function disputesOf(
  client: Client,
  reference: string,
  call: Call,
): Promise<readonly Dispute[] | Refused> {
  if (!isIntentId(reference)) return [];
  const said = await client(call, (stripe, options) =>
    stripe.disputes.list({ payment_intent: reference, limit: 100 }, options),
  );
  if (!("failure" in said)) return said.value.data.map(disputeOf);
  return { outcome: "unavailable", reason: faultOutcome(said.failure).reason };
}

const pageSize = 100;
const pagesMost = 20;

type Begun = { reference: string; payment: string };

/** What began since then, newest first, a page at a time: one call for many payments. */
export async function disputesSince(client: Client, since: Date, call: Call): Promise<Begun[] | Refused> {
  const begun: Begun[] = [];
  let last: string | undefined;
  for (let page = 0; page < pagesMost; page += 1) {
    const said = await client(call, (stripe, options) =>
      stripe.disputes.list(
        {
          created: { gte: Math.floor(since.getTime() / 1000) },
          limit: pageSize,
          ...(last === undefined ? {} : { starting_after: last }),
        },
        options,
      ),
    );
    if ("failure" in said) return { outcome: "unavailable", reason: faultOutcome(said.failure).reason };
    const { data, has_more } = said.value;
    for (const { id, payment_intent } of data) {
      const payment = typeof payment_intent === "string" ? payment_intent : payment_intent?.id;
      if (payment !== undefined) begun.push({ reference: id, payment });
    }
    last = data.at(-1)?.id;
    if (!has_more || last === undefined) break;
  }
  return begun;
}
