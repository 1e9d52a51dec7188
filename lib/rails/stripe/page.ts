import type { Call, Effect, PagePayment, Pending, Refused, Settled, Voided } from "../contract";
import type { Client } from "./client";
import { feeOf, type Intent, receivedOf, retrieve } from "./intents";
import { referenceOf, type StripeOffer } from "./offers";
import { faultOutcome } from "./outcomes";

/**
 * What a person's browser holds of a PaymentIntent. It moves nothing here: Stripe has taken the money, or has not, and
 * is asked.
 */
export type PageProof = { clientSecret: string };

export const clientSecretForm = /^pi_[A-Za-z0-9]{1,200}_secret_[A-Za-z0-9]{1,200}$/;
/** What Stripe works on when the price expires cannot be cancelled; a bank may take days to say yes. */
export const pageGraceMs = 14 * 24 * 3_600_000;

const intentIn = ({ clientSecret }: PageProof): string => clientSecret.split("_secret_")[0] ?? "";
const pollMs = 30_000;
const askAgainMs = 5_000;

/** Made for this challenge, by a checkout, and named by its own secret. A key that may not read the secret sees null. */
const isFor = (intent: Intent, { clientSecret }: PageProof, challengeId: string | undefined): boolean =>
  challengeId !== undefined &&
  intent.metadata.mpp_challenge_id === challengeId &&
  intent.metadata.mpp_intent === "checkout" &&
  (intent.client_secret === null || intent.client_secret === clientSecret);

/** Finds that a person has paid on the page: the same question however often, and the one answer is Stripe's. */
export async function takePaid(
  client: Client,
  proof: PageProof,
  effect: Effect,
): Promise<Settled | Pending | Refused> {
  const reference = intentIn(proof);
  const said = await retrieve(client, reference, effect);
  if ("failure" in said) {
    const { status, code } = said.failure;
    if (status === 404 && code === "resource_missing") {
      return { outcome: "invalid", reason: "There is no such PaymentIntent." };
    }
    return { outcome: "unknown", reason: faultOutcome(said.failure).reason, reference };
  }
  const intent = said.value;
  if (!isFor(intent, proof, effect.challengeId)) {
    return { outcome: "conflict", reason: "The PaymentIntent was made for something else." };
  }
  switch (intent.status) {
    case "succeeded":
      return { outcome: "settled", reference, amount: receivedOf(intent), ...feeOf(intent) };
    case "processing":
      return { outcome: "pending", reference, retryAfterMs: askAgainMs };
    default:
      return { outcome: "declined", reason: intent.status };
  }
}

/** How a person pays: their browser confirms a PaymentIntent with Stripe, and we ask Stripe what came of it. */
export const createPage = (client: Client): PagePayment<StripeOffer> => ({
  by: "watch",
  title: "Card",
  opens: true,
  everyMs: pollMs,
  async prove(offer, call) {
    const reference = referenceOf(offer);
    if (reference === null || !("clientSecret" in offer)) {
      return { outcome: "invalid", reason: "This offer is not paid on a page." };
    }
    const said = await retrieve(client, reference, call);
    if ("failure" in said) return { outcome: "unavailable", reason: faultOutcome(said.failure).reason };
    switch (said.value.status) {
      case "succeeded":
        return { outcome: "proved", payload: { clientSecret: offer.clientSecret } };
      case "processing":
        return { outcome: "underway" };
      case "canceled":
        return { outcome: "declined", reason: "canceled" };
      default:
        return { outcome: "waiting" };
    }
  },
});

/** Ends a PaymentIntent that nobody has paid. */
export async function withdraw(
  client: Client,
  reference: string,
  call: Pick<Call, "signal">,
): Promise<Voided | Refused> {
  const said = await client(call, (stripe, options) => stripe.paymentIntents.cancel(reference, {}, options));
  if (!("failure" in said)) return { outcome: "voided", reference };
  const { status, code } = said.failure;
  if (status === 404 && code === "resource_missing") return { outcome: "voided", reference };
  if (code !== "payment_intent_unexpected_state") return faultOutcome(said.failure);
  const now = await retrieve(client, reference, call);
  if ("failure" in now) return { outcome: "unavailable", reason: faultOutcome(now.failure).reason };
  return now.value.status === "canceled"
    ? { outcome: "voided", reference }
    : { outcome: "conflict", reason: now.value.status };
}
