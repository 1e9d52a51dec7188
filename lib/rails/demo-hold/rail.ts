import { z } from "zod";
import { Money } from "@/lib/money";
import { defineRail, type Refused, type Standing } from "../contract";
import { createHoldClient, type HoldRefusal, type HoldStanding } from "./client";

const usd = { code: "USD", exponent: 2 } as const;

const HoldOffer = z.object({
  amount: z.string().regex(/^[1-9]\d{0,77}$/),
  currency: z.literal("usd"),
  recipient: z.string().min(1),
  methodDetails: z.object({ wallet: z.string().min(1) }),
});
const HoldProof = z.strictObject({ token: z.string().regex(/^demo_[A-Za-z0-9_-]{10,120}$/) });

type HoldOffer = z.infer<typeof HoldOffer>;
type HoldProof = z.infer<typeof HoldProof>;

const cents = (text: string): Money => Money.of(BigInt(text), usd);
const payerOf = (name: string): { payer?: string } => (name ? { payer: `demo:${name}` } : {});

/** What the pretend network can be told to do with a payment that a person makes on our page. */
const pageChoices = [
  { name: "approve", title: "Approve the payment" },
  { name: "decline", title: "Decline the payment" },
  { name: "unknown", title: "Lose its answer for a while" },
];
const pagePayer = "browser";

/** The cards of VTEX's test suite, and what the pretend network makes of each; it declines every other. */
const suiteCards: Readonly<Record<string, string>> = {
  "4444333322221111": "approve",
  "4444333322221112": "decline",
  "4222222222222224": "later",
  "4222222222222225": "later-no",
};
const Paying = z.object({ tid: z.string(), card: z.object({ number: z.string() }) });

/** Nothing of the card is kept: the token names the payment and what becomes of it. */
function suiteProof(create: Record<string, unknown>): HoldProof | null {
  const { success, data } = Paying.safeParse(create);
  if (!success) return null;
  return { token: `demo_suite_${suiteCards[data.card.number] ?? "decline"}_${data.tid}` };
}

/** What a refusal of the network means for a call that moves or reserves money. */
function refusalOf({ error }: HoldRefusal): Refused {
  switch (error) {
    case "down":
      return { outcome: "unavailable", reason: "The network refused the connection.", retryAfterMs: 1_000 };
    case "declined":
    case "absent":
    case "mismatch":
    case "over-capture":
      return { outcome: "declined", reason: error };
    case "spent":
    case "over-refund":
      return { outcome: "conflict", reason: error };
    case "lost":
    case "unreadable":
      return { outcome: "unknown", reason: "The network's answer was lost." };
  }
}

function standingOf(answer: HoldStanding | HoldRefusal): Standing {
  if ("error" in answer) {
    if (answer.error === "absent") return { outcome: "absent" };
    return { outcome: "unavailable", reason: answer.error, retryAfterMs: 1_000 };
  }
  return {
    outcome: "found",
    reference: answer.reference,
    held: cents(answer.held),
    captured: cents(answer.captured),
    refunded: cents(answer.refunded),
    state: answer.state,
    ...payerOf(answer.payer),
  };
}

/** The pretend payment network, for shops that reserve first and take later. Test money only. */
export const demoHold = defineRail<Record<string, never>, HoldOffer, HoldProof>({
  id: "demo-hold",
  title: "Demo network, reserve first",
  currencies: [usd],
  modes: ["test"],
  ttl: { min: 30, default: 3_600, max: 86_400 },
  offersAlike: true,
  names: {
    medusa: "demo-hold",
    vtex: ["Visa", "Mastercard", "American Express", "Elo"].map((name) => ({
      name,
      allowsSplit: "disabled" as const,
    })),
  },
  can: { partialCapture: true, multiCapture: true, partialRefund: true },
  config: z.strictObject({}),
  offer: HoldOffer,
  proof: HoldProof,
  claims: ({ token }) => [token],
  faces: { vtex: { proof: suiteProof } },

  connect(_config, kit) {
    const address = `${kit.origin}/demo/wallet`;
    const network = createHoldClient({ address, fetch: kit.fetch });
    return {
      async offer(price, { recipients }) {
        const seller = recipients?.find(({ role }) => role === "seller");
        const isUsd = price.currency.code === usd.code && price.currency.exponent === usd.exponent;
        if (!seller || price.units <= 0n || !isUsd) {
          return { outcome: "invalid", reason: "The demo network takes whole US cents for one seller." };
        }
        return {
          amount: price.units.toString(),
          currency: "usd",
          recipient: seller.id,
          methodDetails: { wallet: address },
        };
      },
      lookup: async (reference, { signal }) => standingOf(await network.find(reference, signal)),
      find: async (key, { signal }) => standingOf(await network.findByKey(key, signal)),
      async refund(reference, amount, { key, signal }) {
        const request = { key, reference, amount: amount.units.toString() };
        const answer = await network.giveBack(request, signal);
        if ("error" in answer) return refusalOf(answer);
        return { outcome: "settled", reference: answer.reference, amount: cents(answer.amount) };
      },
      page: {
        by: "press",
        choices: pageChoices,
        async prove({ amount, currency, recipient }, { challengeId, choice, signal }) {
          const behaviour = pageChoices.find(({ name }) => name === choice)?.name ?? "approve";
          const terms = { challengeId, amount, currency, recipient, behaviour, payer: pagePayer };
          const answer = await network.pay(terms, signal);
          if ("error" in answer) return refusalOf(answer);
          return { outcome: "proved", payload: { token: answer.token }, source: `demo:${pagePayer}` };
        },
      },
      holds: {
        async authorize({ token }, { amount, currency, recipient }, { key, challengeId = "", signal }) {
          const answer = await network.hold({ key, token, challengeId, amount, currency, recipient }, signal);
          if ("error" in answer) return refusalOf(answer);
          const { reference, expiresAt, state } = answer;
          if (state === "waiting") return { outcome: "pending", reference };
          if (state === "declined") return { outcome: "declined", reason: "declined" };
          return {
            outcome: "held",
            reference,
            amount: cents(answer.amount),
            expiresAt,
            ...payerOf(answer.payer),
          };
        },
        async capture(reference, amount, { key, final = false, signal }) {
          const request = { key, reference, amount: amount.units.toString(), final };
          const answer = await network.take(request, signal);
          if ("error" in answer) return refusalOf(answer);
          return { outcome: "settled", reference: answer.reference, amount, ...payerOf(answer.payer) };
        },
        async void(reference, { key, signal }) {
          const answer = await network.release({ key, reference }, signal);
          if ("error" in answer) return refusalOf(answer);
          return { outcome: "voided", reference: answer.reference };
        },
      },
    };
  },
});
