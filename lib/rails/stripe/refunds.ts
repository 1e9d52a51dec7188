import type Stripe from "stripe";
import type { Money } from "@/lib/money";
import type { Effect, Pending, Refused, Settled } from "../contract";
import { type Client, createOnce, type Failure } from "./client";
import { minorUnits, moneyOf } from "./currencies";
import { isIntentId } from "./intents";
import { faultOutcome } from "./outcomes";

type Outcome = Settled | Pending | Refused;

const reasons = ["duplicate", "fraudulent", "requested_by_customer"] as const;
const askAgainMs = 60_000;

function outcomeOf({ id, status, amount, currency, failure_reason }: Stripe.Refund): Outcome {
  switch (status) {
    case "succeeded":
      return { outcome: "settled", reference: id, amount: moneyOf(amount, currency) };
    case "failed":
    case "canceled":
      return { outcome: "declined", reason: failure_reason ?? status };
    default:
      return { outcome: "pending", reference: id, retryAfterMs: askAgainMs };
  }
}

const hasEnded = ({ status }: Stripe.Refund): boolean => status === "failed" || status === "canceled";

/** Stripe's no to a refund: nothing has moved and nothing will. */
function refusalOf(failure: Failure): Refused {
  const outcome = faultOutcome(failure);
  const isFinal = failure.kind === "refused" && [400, 402, 404].includes(failure.status);
  return isFinal && outcome.outcome === "unavailable"
    ? { outcome: "invalid", reason: outcome.reason }
    : outcome;
}

/**
 * Money back. Stripe forgets a key after a day, so what has become of a refund is read from the payment's own list
 * before it is asked for again. One that failed and is wanted anew gets a key of its own.
 */
export function createRefund(client: Client) {
  const once = createOnce();

  async function send(reference: string, amount: bigint, effect: Effect): Promise<Outcome> {
    const listed = await client(effect, (stripe, options) =>
      stripe.refunds.list({ payment_intent: reference, limit: 100 }, options),
    );
    if ("failure" in listed) {
      const refusal = refusalOf(listed.failure);
      return refusal.outcome === "unknown" ? { outcome: "unavailable", reason: refusal.reason } : refusal;
    }
    const ours = listed.value.data.filter(({ metadata }) => metadata?.farebox_refund === effect.key);
    const live = ours.find((refund) => !hasEnded(refund));
    if (live) return outcomeOf(live);
    const [latest] = ours;
    if (latest && effect.isRepeat !== false) return outcomeOf(latest);
    const suffix = ours.length === 0 ? "" : `_${ours.length + 1}`;
    const reason = reasons.find((known) => known === effect.reason);
    const made = await client(effect, (stripe, options) =>
      stripe.refunds.create(
        {
          payment_intent: reference,
          amount: Number(amount), // safe: at most eight digits
          ...(reason ? { reason } : {}),
          metadata: { farebox_refund: effect.key },
        },
        { ...options, idempotencyKey: `refund_${effect.key}${suffix}` },
      ),
    );
    return "failure" in made ? refusalOf(made.failure) : outcomeOf(made.value);
  }

  return async (reference: string, amount: Money, effect: Effect): Promise<Outcome> => {
    const minor = minorUnits(amount);
    if (!isIntentId(reference) || minor === null || minor <= 0n) {
      return { outcome: "invalid", reason: "There is no such payment, or no such amount." };
    }
    return await once(`${effect.key} ${reference} ${minor}`, () => send(reference, minor, effect));
  };
}
