import { type Price, priceFault } from "@/lib/money";
import type { UsedRate } from "./convert";
import type { RailOffer } from "./rail-offers";

/** How a quoted price came about, for the record of the charge. */
export type QuoteNote = Readonly<{
  /** The price after rules, in the list currency. */
  price: Price;
  /** The rule that decided it. */
  rule: string | null;
  rate: UsedRate | null;
}>;

type Priced = Readonly<{ price: Price; rule: string | null; isListPrice: boolean }>;

/** What a challenge remembers of its price, as short text; `null` when it is the list price at no rate. */
export function noteOf({ price, rule, isListPrice }: Priced, offer: RailOffer): string | null {
  const rate = offer.state === "offered" ? offer.rate : undefined;
  if (isListPrice && !rate) return null;
  const told = rate ? [rate.rate, rate.source, rate.at?.toISOString() ?? null] : [];
  return JSON.stringify([price.amount, price.currency, rule, ...told]);
}

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Reads what `noteOf` wrote; `null` for anything else. It is ours only when the challenge was verified. */
export function readNote(text: string): QuoteNote | null {
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(parts)) return null;
  const [amount, currency, rule, rate, source, at] = parts.map(textOrNull);
  if (!amount || !currency || priceFault({ amount, currency })) return null;
  const used = rate && source ? { rate, source, at: at ? new Date(at) : null } : null;
  return { price: { amount, currency }, rule: rule ?? null, rate: used };
}
