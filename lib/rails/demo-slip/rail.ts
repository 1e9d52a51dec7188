import { z } from "zod";
import { Money } from "@/lib/money";
import { type Action, defineRail, type Refused, type Standing } from "../contract";
import { createSlipClient, type SlipRefusal, type SlipStanding } from "./client";

const usd = { code: "USD", exponent: 2 } as const;

const SlipConfig = z.strictObject({
  shows: z
    .enum(["code", "slip", "redirect"])
    .default("code")
    .meta({ title: "What the payer is shown", description: "A code to copy, a printed slip, or a page." }),
  paid: z.enum(["by-hand", "by-itself"]).optional().meta({
    title: "Who pays",
    description: "Somebody at the demo wallet, or nobody: a slip is paid by itself after three seconds.",
  }),
});
const SlipOffer = z.object({
  amount: z.string().regex(/^[1-9]\d{0,77}$/),
  currency: z.literal("usd"),
  recipient: z.string().min(1),
  slip: z.string().regex(/^slip_[A-Za-z0-9_-]{10,60}$/),
  shows: z.enum(["code", "slip", "redirect"]),
  url: z.string().min(1),
  expiresAt: z.iso.datetime(),
});

type SlipConfig = z.infer<typeof SlipConfig>;
type SlipOffer = z.infer<typeof SlipOffer>;

const cents = (text: string): Money => Money.of(BigInt(text), usd);
const down: Refused = { outcome: "unavailable", reason: "The network refused the connection." };

/** 47 digits that look like a printed slip's: they name the slip to people and to nothing else. */
function digitsOf({ slip, amount }: SlipOffer): string {
  const digits = [...slip].map((letter) => letter.charCodeAt(0) % 10).join("");
  return `${digits}${amount}`.padEnd(47, "0").slice(0, 47);
}

function actionOf(offer: SlipOffer): Action {
  const { shows, slip, amount, url } = offer;
  if (shows === "code") return { kind: "code", scheme: "pix", text: `DEMO.${slip}.${amount}` };
  if (shows === "redirect") return { kind: "redirect", url };
  const digits = digitsOf(offer);
  const formatted = digits.replace(/(\d{5})(?=\d)/g, "$1 ");
  return { kind: "slip", url, digits, formatted, barcodeType: "i25", barcode: digits.slice(0, 44) };
}

function standingOf(answer: SlipStanding | SlipRefusal): Standing {
  if ("error" in answer) {
    if (answer.error === "absent") return { outcome: "absent" };
    return { outcome: "unavailable", reason: answer.error, retryAfterMs: 1_000 };
  }
  const captured = cents(answer.arrived);
  return {
    outcome: "found",
    reference: answer.reference,
    held: Money.zero(usd),
    captured,
    refunded: cents(answer.refunded),
    state: captured.units > 0n ? "settled" : "waiting",
    ...(answer.payer ? { payer: `demo:${answer.payer}` } : {}),
  };
}

function refusalOf({ error }: SlipRefusal): Refused {
  if (error === "down") return down;
  if (error === "unreadable") return { outcome: "unknown", reason: "The network's answer was lost." };
  return { outcome: "conflict", reason: error };
}

/** Slips of the pretend network: money arrives by itself, whenever somebody pays. Test money only. */
export const demoSlip = defineRail<SlipConfig, SlipOffer>({
  id: "demo-slip",
  title: "Demo network, slips",
  currencies: [usd],
  modes: ["test"],
  ttl: { min: 30, default: 3_600, max: 86_400 },
  names: {
    medusa: "demo-slip",
    vtex: ["Pix", "BankInvoice", "Cash"].map((name) => ({ name, allowsSplit: "disabled" as const })),
  },
  can: { partialRefund: true },
  config: SlipConfig,
  offer: SlipOffer,
  watch: ({ slip }) => slip,
  expires: ({ expiresAt }) => new Date(expiresAt),
  show: actionOf,

  connect({ shows, paid }, kit) {
    const address = `${kit.origin}/demo/wallet`;
    const network = createSlipClient({ address, fetch: kit.fetch });
    return {
      async offer(price, { key, recipients, ttlSeconds, signal }) {
        const recipient = recipients?.find(({ role }) => role === "seller")?.id;
        const isUsd = price.currency.code === usd.code && price.currency.exponent === usd.exponent;
        if (recipient === undefined || price.units <= 0n || !isUsd) {
          return { outcome: "invalid", reason: "The demo network takes whole US cents for one seller." };
        }
        const terms = { amount: price.units.toString(), currency: "usd" as const, recipient };
        const drawn = await network.draw({ key, ...terms, ttlSeconds, paid: paid === "by-itself" }, signal);
        if ("error" in drawn) {
          return drawn.error === "spent" ? { outcome: "conflict", reason: "spent" } : down;
        }
        const { slip, expiresAt } = drawn;
        return { ...terms, slip, shows, url: `${address}/slips/${slip}`, expiresAt };
      },
      lookup: async (reference, { signal }) => standingOf(await network.find(reference, signal)),
      async refund(reference, amount, { key, signal }) {
        const request = { key, reference, amount: amount.units.toString() };
        const answer = await network.giveBack(request, signal);
        if ("error" in answer) return refusalOf(answer);
        return { outcome: "settled", reference: answer.reference, amount: cents(answer.amount) };
      },
    };
  },
});
