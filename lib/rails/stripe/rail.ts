import { z } from "zod";
import { defineRail, type Kit, type Probe } from "../contract";
import { createCapture, isBound, type StripeProof } from "./charge";
import { type Client, openClient } from "./client";
import { limitsOf, minorUnits } from "./currencies";
import { disputesOf, disputesSince } from "./disputes";
import { lookup } from "./intents";
import { readNotice } from "./notice";
import { amountOf, createOffers, referenceOf, StripeOffer, showOffer } from "./offers";
import { clientSecretForm, createPage, pageGraceMs, withdraw } from "./page";
import { createRefund } from "./refunds";
import { faultsOf, modeOf, StripeSettings } from "./settings";

const Proof = z.union([
  z.object({
    spt: z.string().regex(/^spt_[A-Za-z0-9_]{1,200}$/),
    externalId: z.string().max(200).optional(),
  }),
  z.object({ clientSecret: z.string().regex(clientSecretForm) }),
]);

/** Reads what the key may read: the payments, without which nothing works, and the account, if it may. */
async function probe(client: Client, settings: StripeSettings, signal: AbortSignal): Promise<Probe> {
  const call = { signal };
  const payments = await client(call, (stripe, options) => stripe.paymentIntents.list({ limit: 1 }, options));
  if ("failure" in payments) {
    const { kind, status } = payments.failure;
    if (kind !== "refused") return { outcome: "faulty", reason: "Stripe did not answer." };
    if (status === 401) return { outcome: "faulty", reason: "Stripe does not know this key." };
    if (status === 403) return { outcome: "faulty", reason: "The key may not read PaymentIntents." };
    return { outcome: "faulty", reason: `Stripe refused with ${status}.` };
  }
  const account = await client(call, (stripe, options) => stripe.accounts.retrieveCurrent({}, options));
  const name = "failure" in account ? null : account.value.id;
  const mode = modeOf(settings.secretKey);
  return {
    outcome: "works",
    says: [
      name ? `Stripe answers for ${name} in ${mode} mode.` : `Stripe answers in ${mode} mode.`,
      settings.webhookSecret
        ? "Its events are taken."
        : "No webhook secret: what happens later is found by asking.",
      settings.publishableKey ? "People can pay on the checkout page." : "No publishable key: agents only.",
    ],
  };
}

/** Cards over Stripe: an agent's shared payment token, or a person at the checkout page. */
export const stripe = defineRail<StripeSettings, StripeOffer, StripeProof>({
  id: "stripe",
  title: "Stripe",
  currencies: "any",
  limitsOf: (currency, { minimums }) => limitsOf(currency, minimums),
  ttl: { min: 120, default: 600, max: 3_600 },
  quotesAlike: true,
  names: { mpp: "stripe" },
  can: { partialRefund: true },
  config: StripeSettings,
  faults: faultsOf,
  offer: StripeOffer,
  proof: Proof,
  // A PaymentIntent of a page is made for one challenge, whose claim is the money's.
  claims: (proof) => ("spt" in proof ? [proof.spt] : []),
  graceMs: (proof) => ("spt" in proof ? 0 : pageGraceMs),
  unfit: (proof, offer) => (isBound(proof, offer) ? null : "invalid-challenge"),
  amountOf,
  reference: referenceOf,
  show: showOffer,

  connect(settings, kit: Kit) {
    const client = openClient(settings, kit);
    return {
      listed: (price) => ({
        amount: (minorUnits(price) ?? price.units).toString(),
        currency: price.currency.code.toLowerCase(),
      }),
      offer: createOffers(client, settings),
      capture: createCapture({ client, settings, kit }),
      lookup: (reference, call) => lookup(client, reference, call),
      withdraw: (reference, effect) => withdraw(client, reference, effect),
      ...(settings.publishableKey ? { page: createPage(client) } : {}),
      refund: createRefund(client),
      disputes: (reference, call) => disputesOf(client, reference, call),
      disputesSince: (since, call) => disputesSince(client, since, call),
      probe: ({ signal }) => probe(client, settings, signal),
      ...(settings.webhookSecret ? { notice: readNotice(settings, kit) } : {}),
    };
  },
});
