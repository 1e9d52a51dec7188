import { z } from "zod";
import { Money } from "@/lib/money";
import { defineRail, type Refused, type Standing } from "../contract";
import { createWalletClient, type WalletRefusal } from "./client";

const usd = { code: "USD", exponent: 2 } as const;

const DemoConfig = z.strictObject({});
const DemoOffer = z.object({
  amount: z.string().regex(/^[1-9]\d{0,77}$/),
  currency: z.literal("usd"),
  recipient: z.string().min(1),
  methodDetails: z.object({ wallet: z.string().min(1) }),
});
const DemoProof = z.strictObject({ token: z.string().regex(/^demo_[A-Za-z0-9_-]{10,120}$/) });

type DemoOffer = z.infer<typeof DemoOffer>;
type DemoProof = z.infer<typeof DemoProof>;

const cents = (text: string): Money => Money.of(BigInt(text), usd);

/** What the pretend network can be told to do with a payment that a person makes on our page. */
const pageChoices = [
  { name: "approve", title: "Approve the payment" },
  { name: "decline", title: "Decline the payment" },
  { name: "unknown", title: "Lose its answer for a while" },
];
const pagePayer = "browser";

/** What a refusal of the network means for a call that moves money. */
function refusalOf({ error }: WalletRefusal): Refused {
  switch (error) {
    case "down":
      return { outcome: "unavailable", reason: "The network refused the connection.", retryAfterMs: 1_000 };
    case "declined":
    case "absent":
    case "mismatch":
      return { outcome: "declined", reason: error };
    case "spent":
    case "over-refund":
      return { outcome: "conflict", reason: error };
    case "lost":
    case "unreadable":
      return { outcome: "unknown", reason: "The network's answer was lost." };
  }
}

type Found = { reference: string; captured: string; refunded: string; payer: string };

function standingOf(answer: Found | WalletRefusal): Standing {
  if ("error" in answer) {
    if (answer.error === "absent") return { outcome: "absent" };
    return { outcome: "unavailable", reason: answer.error, retryAfterMs: 1_000 };
  }
  const captured = cents(answer.captured);
  return {
    outcome: "found",
    reference: answer.reference,
    held: Money.zero(usd),
    captured,
    refunded: cents(answer.refunded),
    state: captured.units > 0n ? "settled" : "waiting",
    ...payerOf(answer.payer),
  };
}

const payerOf = (name: string): { payer?: string } => (name ? { payer: `demo:${name}` } : {});

/** The pretend payment network that lives in the server. Test money only; interface.md §4 describes it. */
export const demo = defineRail<Record<string, never>, DemoOffer, DemoProof>({
  id: "demo",
  title: "Demo network",
  currencies: [usd],
  modes: ["test"],
  ttl: { min: 30, default: 300, max: 3600 },
  offersAlike: true,
  names: { mpp: "demo" },
  can: { partialRefund: true },
  config: DemoConfig,
  offer: DemoOffer,
  proof: DemoProof,
  claims: ({ token }) => [token],

  connect(_config, kit) {
    const address = `${kit.origin}/demo/wallet`;
    const wallet = createWalletClient({ address, fetch: kit.fetch });
    return {
      async offer(price, { recipients }) {
        const seller = recipients?.find(({ role }) => role === "seller");
        if (
          !seller ||
          price.units <= 0n ||
          price.currency.code !== usd.code ||
          price.currency.exponent !== usd.exponent
        ) {
          return { outcome: "invalid", reason: "The demo network takes whole US cents for one seller." };
        }
        return {
          amount: price.units.toString(),
          currency: "usd",
          recipient: seller.id,
          methodDetails: { wallet: address },
        };
      },
      async capture({ token }, { amount, currency, recipient }, { key, challengeId = "", signal }) {
        const answer = await wallet.capture({ key, token, challengeId, amount, currency, recipient }, signal);
        if ("error" in answer) return refusalOf(answer);
        return {
          outcome: "settled",
          reference: answer.reference,
          amount: cents(answer.amount),
          ...payerOf(answer.payer),
        };
      },
      page: {
        by: "press",
        choices: pageChoices,
        async prove({ amount, currency, recipient }, { challengeId, choice, signal }) {
          const behaviour = pageChoices.find(({ name }) => name === choice)?.name ?? "approve";
          const terms = { challengeId, amount, currency, recipient };
          const answer = await wallet.pay({ ...terms, behaviour, payer: pagePayer }, signal);
          if ("error" in answer) return refusalOf(answer);
          return { outcome: "proved", payload: { token: answer.token }, source: `demo:${pagePayer}` };
        },
      },
      lookup: async (reference, { signal }) => standingOf(await wallet.find(reference, signal)),
      find: async (key, { signal }) => standingOf(await wallet.findEffect(key, signal)),
      async refund(reference, amount, { key, signal }) {
        const answer = await wallet.refund({ key, reference, amount: amount.units.toString() }, signal);
        if ("error" in answer) return refusalOf(answer);
        return { outcome: "settled", reference: answer.reference, amount: cents(answer.amount) };
      },
    };
  },
});
