import { type Currency, findCurrency, Money } from "@/lib/money";
import {
  type Abilities,
  type Call,
  defineRail,
  type Effect,
  type Kit,
  type Probe,
  type Refused,
  type Settled,
  type Standing,
} from "../contract";
import { type ChargeAnswer, createEnabler, type Enabler } from "./enabler";
import { createOpener } from "./open-token";
import { CardSettings } from "./settings";
import { CardOffer, CardProof, faultOf } from "./wire";

type Approved = Extract<ChargeAnswer, { kind: "approved" }>;

const merchantNameMax = 64;
const asked = ({ signal, now }: Call) => ({ signal, at: now() });
const bitcoin = ["BTC", "SAT"];

/** Cards are charged in the currencies of countries. */
const isOfCountry = ({ code, exponent }: Currency): boolean =>
  !bitcoin.includes(code) && findCurrency(code)?.exponent === exponent;

function moneyOf({ amount, currency }: CardOffer): Money {
  const known = findCurrency(currency.toUpperCase());
  if (!known) throw new Error("An offer of ours names a currency.");
  return Money.of(BigInt(amount), known);
}

const refusalOf = (answer: Exclude<ChargeAnswer, { kind: "approved" }>): Refused => {
  switch (answer.kind) {
    case "declined": {
      const { reason } = answer;
      // An empty account is the card's affair: the credential itself offered enough.
      return {
        outcome: reason === "malformed" ? "invalid" : "declined",
        reason,
        problem: "verification-failed",
      };
    }
    case "unreached":
      return { outcome: "unavailable", reason: answer.reason, retryAfterMs: 2_000 };
    case "absent":
    case "unknown":
      return {
        outcome: "unknown",
        reason: answer.kind === "unknown" ? answer.reason : "The enabler knows of no payment.",
      };
  }
};

type Taking = Readonly<{ enabler: Enabler; proof: CardProof; offer: CardOffer; effect: Effect }>;

/** An authorisation of something else than was asked for is sent back whole, under a key of its own. */
async function sendBack(
  { enabler, offer, effect }: Taking,
  { reference, amount = offer.amount }: Approved,
): Promise<Refused> {
  const body = { amount, currency: offer.currency };
  const idempotencyKey = `${effect.challengeId}:void`;
  const answer = await enabler.refund(reference, { ...asked(effect), idempotencyKey, body });
  return answer.kind === "settled"
    ? { outcome: "declined", reason: "card" }
    : { outcome: "unknown", reason: "The enabler authorised something else." };
}

async function settledOf(taking: Taking, approved: Approved): Promise<Settled | Refused> {
  const { offer, proof } = taking;
  const { amount = offer.amount, currency = offer.currency, network = proof.network, reference } = approved;
  const isAsked =
    amount === offer.amount && currency.toLowerCase() === offer.currency && network === proof.network;
  return isAsked
    ? { outcome: "settled", reference, amount: moneyOf(offer) }
    : await sendBack(taking, approved);
}

/** What the enabler says of one payment. It need not name the currency: whoever asks knows it. */
function standingOf(name: string, answer: ChargeAnswer, call: Call): Standing {
  switch (answer.kind) {
    case "absent":
      return { outcome: "absent" };
    case "unreached":
    case "unknown":
      return { outcome: "unavailable", reason: answer.reason, retryAfterMs: 2_000 };
    case "declined":
    case "approved": {
      const told = answer.kind === "approved" && answer.currency;
      const currency = told
        ? findCurrency(told.toUpperCase())
        : (call.currency ?? call.recipients?.[0]?.amount.currency);
      if (!currency) return { outcome: "unavailable", reason: "The enabler does not say in which currency." };
      const zero = Money.zero(currency);
      if (answer.kind === "declined")
        return {
          outcome: "found",
          reference: name,
          held: zero,
          captured: zero,
          refunded: zero,
          state: "declined",
        };
      const { reference, amount, refunded = "0" } = answer;
      if (amount === undefined)
        return { outcome: "unavailable", reason: "The enabler does not say how much." };
      const of = (units: string) => Money.of(BigInt(units), currency);
      return {
        outcome: "found",
        reference,
        held: zero,
        captured: of(amount),
        refunded: of(refunded),
        state: "settled",
      };
    }
  }
}

/** Asks after a payment that cannot exist: a good key is told that there is none. */
async function probe(enabler: Enabler, call: Call): Promise<Probe> {
  const status = await enabler.knock(`probe-${crypto.randomUUID()}`, asked(call));
  if (status === 404)
    return { outcome: "works", says: ["The enabler answers and knows the key.", "No card was charged."] };
  if (status === 401 || status === 403) return { outcome: "faulty", reason: "The enabler refuses the key." };
  return {
    outcome: "faulty",
    reason: status === null ? "The enabler does not answer." : `The enabler answered ${status} to a look-up.`,
  };
}

function connect(settings: CardSettings, kit: Kit): Abilities<CardOffer, CardProof> {
  const enabler = createEnabler(settings.enabler, kit);
  const open = settings.decrypt && createOpener(settings.decrypt);
  return {
    async offer(price, { recipients }) {
      const seller = recipients?.find(({ role }) => role === "seller");
      const merchantName = settings.merchantName ?? seller?.name ?? seller?.id;
      if (!merchantName || price.units <= 0n || !isOfCountry(price.currency))
        return { outcome: "invalid", reason: "Cards pay whole minor units of a country's currency." };
      const { acceptedNetworks, encryptionJwk, billingRequired } = settings;
      return {
        amount: price.units.toString(),
        currency: price.currency.code.toLowerCase(),
        methodDetails: {
          acceptedNetworks,
          merchantName: merchantName.slice(0, merchantNameMax),
          encryptionJwk,
          billingRequired,
        },
      };
    },

    async capture(proof, offer, effect) {
      const { challengeId } = effect;
      if (!challengeId) return { outcome: "invalid", reason: "A card is charged for a challenge." };
      const { encryptedPayload, network, panLastFour, panExpirationMonth, panExpirationYear } = proof;
      const { billingAddress, cardholderFullName } = proof;
      const { amount, currency, methodDetails } = offer;
      const opened = await open?.(encryptedPayload, methodDetails.encryptionJwk.n);
      if (opened === null) return { outcome: "invalid", reason: "malformed" };
      const body = {
        ...{ challengeId, amount, currency, merchantName: methodDetails.merchantName, network },
        ...(opened ?? { encryptedPayload }),
        ...{ panLastFour, panExpirationMonth, panExpirationYear },
        ...(billingAddress ? { billingAddress } : {}),
        ...(cardholderFullName === undefined ? {} : { cardholderFullName }),
      };
      const answer = await enabler.charge({ ...asked(effect), idempotencyKey: challengeId, body });
      return answer.kind === "approved"
        ? await settledOf({ enabler, proof, offer, effect }, answer)
        : refusalOf(answer);
    },

    lookup: async (reference, call) =>
      standingOf(reference, await enabler.find(reference, asked(call)), call),

    /** The enabler knows a payment by its challenge. A refund has none, and is repeated with its key instead. */
    async find(_key, call) {
      const { challengeId } = call;
      if (!challengeId) return { outcome: "absent" };
      const standing = standingOf(challengeId, await enabler.find(challengeId, asked(call)), call);
      // What we sent back ourselves, because it was not what was asked for, pays for nothing.
      const isBack = standing.outcome === "found" && standing.refunded.units > 0n;
      return isBack ? { ...standing, captured: standing.held, state: "voided" } : standing;
    },

    async refund(reference, amount, effect) {
      const body = { amount: amount.units.toString(), currency: amount.currency.code.toLowerCase() };
      const answer = await enabler.refund(reference, { ...asked(effect), idempotencyKey: effect.key, body });
      switch (answer.kind) {
        case "settled":
          return { outcome: "settled", reference: answer.reference, amount };
        case "refused":
          return { outcome: "declined", reason: "The acquirer refuses this refund." };
        case "unreached":
          return { outcome: "unavailable", reason: answer.reason, retryAfterMs: 2_000 };
        case "unknown":
          return { outcome: "unknown", reason: answer.reason };
      }
    },

    probe: (call) => probe(enabler, call),
  };
}

/** Encrypted network tokens. The acquirer's side, an *enabler*, opens them and charges the card. */
export const card = defineRail<CardSettings, CardOffer, CardProof>({
  id: "card",
  title: "Card tokens",
  currencies: "any",
  limitsOf: (currency) => (isOfCountry(currency) ? {} : null),
  ttl: { min: 30, default: 300, max: 3_600 },
  offersAlike: true,
  names: { mpp: "card" },
  can: { partialRefund: true, replayReceipt: true },
  config: CardSettings,
  offer: CardOffer,
  proof: CardProof,
  claims: ({ encryptedPayload }) => [encryptedPayload],
  unfit: faultOf,
  connect,
});
