import type Stripe from "stripe";
import { sha256 } from "@/lib/kit";
import type { Effect, Kit, Pending, Refused, Settled } from "../contract";
import { type Client, createOnce, type Failure, type Said } from "./client";
import { expand, feeOf, type Intent, receivedOf, retrieve, search } from "./intents";
import { connectOf, type StripeOffer } from "./offers";
import { faultOutcome, isOurFault } from "./outcomes";
import { type PageProof, takePaid } from "./page";
import { modeOf, type StripeSettings } from "./settings";

type TokenProof = { spt: string; externalId?: string | undefined };
export type StripeProof = TokenProof | PageProof;
type Outcome = Settled | Pending | Refused;
type Means = Readonly<{ client: Client; settings: StripeSettings; kit: Kit }>;

/** Stripe remembers a key for a day; an hour before that it is not relied upon any more. */
const keyLifeMs = 23 * 3_600_000;
/** A search knows of everything that is older than this. */
const searchableMs = 3_600_000;
const askAgainMs = 5_000;

/** The version decides where a token stands: at the top level, or in the payment method. */
function tokenIn({ apiVersion }: StripeSettings, spt: string): Partial<Stripe.PaymentIntentCreateParams> {
  const token = { shared_payment_granted_token: spt };
  const params = apiVersion.endsWith(".preview") ? token : { payment_method_data: token };
  return params as Partial<Stripe.PaymentIntentCreateParams>; // safe: newer than the client's types
}

const keyOf = (challenge: string, spt: string): string =>
  `mpp_${challenge}_${sha256(spt).toString("hex").slice(0, 16)}`;

type Taking = Readonly<{ proof: TokenProof; offer: StripeOffer; effect: Effect }>;

const create = ({ client, settings }: Means, { proof, offer, effect }: Taking) => {
  const challenge = effect.challengeId ?? effect.key;
  const amount = BigInt(offer.amount);
  return client(effect, (stripe, options) =>
    stripe.paymentIntents.create(
      {
        amount: Number(amount), // safe: at most eight digits
        currency: offer.currency,
        confirm: true,
        ...tokenIn(settings, proof.spt),
        automatic_payment_methods: { enabled: true, allow_redirects: "never" },
        metadata: {
          machine_payment: "true",
          mpp_challenge_id: challenge,
          mpp_intent: "charge",
          farebox_charge: effect.key,
        },
        ...connectOf(settings, amount),
        expand,
      },
      { ...options, idempotencyKey: keyOf(challenge, proof.spt) },
    ),
  );
};

/** A bound invoice or order is named by its payer; what nobody asked for says nothing. */
export const isBound = (proof: StripeProof, offer: StripeOffer): boolean =>
  !("externalId" in offer) ||
  offer.externalId === undefined ||
  ("spt" in proof && offer.externalId === proof.externalId);

type Asking = Means & Readonly<{ effect: Effect }>;

/** Nobody approves anything here: an intent that waits for a person is given up, so that it never pays. */
async function giveUp(intent: Intent, asking: Asking): Promise<Outcome> {
  const { client, effect } = asking;
  const said = await client(effect, (stripe, options) =>
    stripe.paymentIntents.cancel(intent.id, {}, options),
  );
  if (!("failure" in said)) {
    return { outcome: "declined", reason: "requires_action", problem: "payment-action-required" };
  }
  const { code, status } = said.failure;
  const now = code === "payment_intent_unexpected_state" ? await retrieve(client, intent.id, effect) : null;
  const hasMoved = now && !("failure" in now) && now.value.status !== "requires_action";
  if (hasMoved) return await judge(now.value, asking);
  return { outcome: "unknown", reason: `stripe ${status} ${code}`, reference: intent.id };
}

async function judge(intent: Intent, asking: Asking): Promise<Outcome> {
  const { id: reference, status } = intent;
  if (intent.metadata.farebox_charge !== asking.effect.key) {
    return { outcome: "conflict", reason: "The PaymentIntent is somebody else's." };
  }
  switch (status) {
    case "succeeded":
      return { outcome: "settled", reference, amount: receivedOf(intent), ...feeOf(intent) };
    case "processing":
      return { outcome: "pending", reference, retryAfterMs: askAgainMs };
    case "requires_action":
      return await giveUp(intent, asking);
    default:
      return { outcome: "declined", reason: status };
  }
}

/** What a repeat answers is what was so at first: anything that was not final is looked at again. */
async function judgeSaid(said: Said<Intent>, asking: Asking): Promise<Outcome> {
  if ("failure" in said) return await judgeFailure(said.failure, asking);
  const { value, isReplay } = said;
  if (!isReplay || value.status === "succeeded") return await judge(value, asking);
  const now = await retrieve(asking.client, value.id, asking.effect);
  if (!("failure" in now)) return await judge(now.value, asking);
  return { outcome: "unknown", reason: faultOutcome(now.failure).reason, reference: value.id };
}

async function judgeFailure(failure: Failure, asking: Asking): Promise<Outcome> {
  if (isOurFault(failure)) {
    const reason = `${failure.status} ${failure.code || failure.type}`;
    asking.kit.log("stripe.misconfigured", { alert: true, reason });
  }
  // Stripe keeps the answer to a key, a fault of its own too: only a search tells what came of it.
  return failure.status >= 500 && failure.isReplay ? await seek(asking) : faultOutcome(failure);
}

/** By the challenge instead of the key. */
async function seek(asking: Asking): Promise<Outcome> {
  const { client, effect } = asking;
  const value = effect.challengeId ?? effect.key;
  const found = await search(client, { name: "mpp_challenge_id", value }, effect);
  if ("failure" in found) return { outcome: "unknown", reason: faultOutcome(found.failure).reason };
  const ours = found.value.filter(({ metadata }) => metadata.farebox_charge === effect.key);
  const intent = ours.find(({ status }) => status === "succeeded") ?? ours[0];
  if (intent) return await judge(intent, asking);
  return ageOf(effect) > searchableMs
    ? { outcome: "declined", reason: "nothing-found" }
    : { outcome: "unknown", reason: "nothing-found-yet" };
}

/**
 * Takes the money of a shared payment token: one PaymentIntent per challenge, whatever is lost on the way. What a person
 * has paid on the page is found, not taken.
 */
export function createCapture(means: Means) {
  const once = createOnce();
  return async (proof: StripeProof, offer: StripeOffer, effect: Effect): Promise<Outcome> => {
    const asking = { ...means, effect };
    if ("paymentIntent" in offer) return { outcome: "invalid", reason: "This offer is paid on a page." };
    if (!isBound(proof, offer)) {
      return { outcome: "conflict", reason: "The proof names another invoice or order." };
    }
    if (effect.mode !== modeOf(means.settings.secretKey)) {
      return { outcome: "unavailable", reason: "The key is of the other mode." };
    }
    if (!("spt" in proof)) return await takePaid(means.client, proof, effect);
    if (ageOf(effect) > keyLifeMs) return await seek(asking);
    return await once(`${effect.key} ${proof.spt}`, async () =>
      judgeSaid(await create(means, { proof, offer, effect }), asking),
    );
  };
}

const ageOf = ({ since, now }: Effect): number => (since ? now().getTime() - since.getTime() : 0);
