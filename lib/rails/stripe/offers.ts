import { z } from "zod";
import type { Money } from "@/lib/money";
import type { Action, Ask, Refused } from "../contract";
import { type Client, createOnce } from "./client";
import { limitsOf, minorUnits, moneyOf } from "./currencies";
import { faultOutcome } from "./outcomes";
import { modeOf, type StripeSettings } from "./settings";

const priced = {
  amount: z.string().regex(/^[1-9]\d{0,7}$/),
  currency: z.string().regex(/^[a-z]{3}$/),
  description: z.string().optional(),
};

/** For agents: who a token must be granted to. */
const TokenOffer = z.object({
  ...priced,
  externalId: z.string().min(1).max(200).optional(),
  methodDetails: z.object({ networkId: z.string().min(1), paymentMethodTypes: z.array(z.string()).min(1) }),
});
/** For people: a PaymentIntent that their browser confirms. */
const PageOffer = z.object({
  ...priced,
  paymentIntent: z.string().regex(/^pi_[A-Za-z0-9_]{1,200}$/),
  clientSecret: z.string().min(1),
  publishableKey: z.string().min(1),
  account: z.string().optional(),
});

export const StripeOffer = z.union([PageOffer, TokenOffer]);
export type StripeOffer = z.infer<typeof StripeOffer>;

export const amountOf = ({ amount, currency }: StripeOffer): Money => moneyOf(BigInt(amount), currency);
export const referenceOf = (offer: StripeOffer): string | null =>
  "paymentIntent" in offer ? offer.paymentIntent : null;

export function showOffer(offer: StripeOffer): Action {
  if (!("paymentIntent" in offer)) {
    return { kind: "wallet", request: { wallet: "stripe", ...offer.methodDetails } };
  }
  const { clientSecret, publishableKey, account } = offer;
  const where = account === undefined ? {} : { account };
  return { kind: "wallet", request: { wallet: "stripe", clientSecret, publishableKey, ...where } };
}

const invalid = (reason: string): Refused => ({ outcome: "invalid", reason });

/** The amount and currency as Stripe writes them; a text says why it takes no such price. */
function priceOf(price: Money, settings: StripeSettings): { amount: string; currency: string } | string {
  const limits = limitsOf(price.currency, settings.minimums);
  const minor = minorUnits(price);
  if (!limits || minor === null) return "Stripe takes no such price.";
  const isWithin = price.units >= (limits.min ?? 1n) && price.units <= (limits.max ?? price.units);
  if (!isWithin) return "The price is outside what Stripe takes.";
  return { amount: minor.toString(), currency: price.currency.code.toLowerCase() };
}

/** What a platform takes of a charge, and where the rest goes. From the settings alone. */
export function connectOf({ connect }: StripeSettings, amount: bigint) {
  const { onBehalfOf, destination, applicationFeePercent } = connect ?? {};
  const fee = (amount * BigInt(Math.round((applicationFeePercent ?? 0) * 100))) / 10_000n;
  return {
    ...(onBehalfOf ? { on_behalf_of: onBehalfOf } : {}),
    ...(destination ? { transfer_data: { destination } } : {}),
    ...(fee > 0n ? { application_fee_amount: Number(fee) } : {}),
  };
}

export function createOffers(client: Client, settings: StripeSettings) {
  const once = createOnce();

  async function open(
    written: { amount: string; currency: string },
    ask: Ask,
  ): Promise<StripeOffer | Refused> {
    const { publishableKey, connect } = settings;
    if (!publishableKey) return { outcome: "unavailable", reason: "The settings have no publishable key." };
    const amount = BigInt(written.amount);
    const said = await client(ask, (stripe, options) =>
      stripe.paymentIntents.create(
        {
          amount: Number(amount), // safe: at most eight digits
          currency: written.currency,
          automatic_payment_methods: { enabled: true },
          ...(ask.description ? { description: ask.description } : {}),
          metadata: {
            farebox_charge: ask.key,
            farebox_reference: ask.reference,
            mpp_intent: "checkout",
            ...(ask.challengeId ? { mpp_challenge_id: ask.challengeId } : {}),
          },
          ...connectOf(settings, amount),
        },
        { ...options, idempotencyKey: `checkout_${ask.key}` },
      ),
    );
    if ("failure" in said) return faultOutcome(said.failure);
    const { id, client_secret } = said.value;
    if (!client_secret) return { outcome: "unavailable", reason: "Stripe gave no client secret." };
    const account = connect?.account ? { account: connect.account } : {};
    return { ...written, paymentIntent: id, clientSecret: client_secret, publishableKey, ...account };
  }

  return async (price: Money, ask: Ask): Promise<StripeOffer | Refused> => {
    if (ask.mode !== modeOf(settings.secretKey)) {
      return { outcome: "unavailable", reason: "The key is of the other mode." };
    }
    const written = priceOf(price, settings);
    if (typeof written === "string") return invalid(written);
    if (ask.returnUrl !== undefined) return await once(ask.key, () => open(written, ask));
    const { networkId, paymentMethodTypes } = settings;
    return {
      ...written,
      ...(ask.description ? { description: ask.description } : {}),
      ...(ask.externalId ? { externalId: ask.externalId } : {}),
      methodDetails: { networkId, paymentMethodTypes },
    };
  };
}
