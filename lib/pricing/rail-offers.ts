import { Money, type Price } from "@/lib/money";
import { convert, type UsedRate } from "./convert";
import type { Mode, RailFacts } from "./rail-facts";
import { type MerchantRates, noRates } from "./rates";

type Why =
  | "mode"
  | "disabled"
  | "session"
  | "currency"
  | "rate"
  | "below-unit"
  | "below-minimum"
  | "above-maximum";

/** What one rail makes of a price: the amount it asks for, or why it stays out and what the editor says about it. */
export type RailOffer =
  | Readonly<{
      rail: string;
      state: "offered";
      money: Money;
      exact: boolean;
      /** The rate it was converted by; absent when the price is in the rail's own currency. */
      rate?: UsedRate;
    }>
  | Readonly<{ rail: string; state: "not-offered"; reason: Why; why: string }>;

type Sold = Readonly<{ mode: Mode; intent?: "charge" | "session"; rates?: MerchantRates }>;

const show = (money: Money): string => `${Money.format(money)} ${money.currency.code}`;

function offerOf(price: Price, { mode, intent, rates = noRates }: Sold, rail: RailFacts): RailOffer {
  const refuse = (reason: Why, why: string): RailOffer => ({
    rail: rail.slug,
    state: "not-offered",
    reason,
    why,
  });
  const name = `Rail "${rail.slug}"`;
  if (rail.mode !== mode) return refuse("mode", `${name} is a ${rail.mode} rail; the service is in ${mode}.`);
  if (!rail.enabled) return refuse("disabled", `${name} is switched off.`);
  if (intent === "session" && !rail.sessions) return refuse("session", `${name} has no sessions.`);

  const converted = convert(price, rail, rates);
  if (converted === "currency")
    return refuse("currency", `${name} cannot settle a price in ${price.currency}.`);
  if ("unknown" in converted) return refuse("rate", converted.unknown);
  const { money, exact, rate, step, isBelowStep } = converted;
  const limits = rail.limitsOf ? rail.limitsOf(money.currency) : (rail.limits ?? {});
  if (!limits) return refuse("currency", `${name} does not take ${money.currency.code} with its settings.`);
  if (isBelowStep) {
    return refuse(
      "below-unit",
      `${price.amount} ${price.currency} is less than the smallest amount of rail "${rail.slug}", ${show(Money.of(step, money.currency))}.`,
    );
  }
  const { min, max } = limits;
  if (min !== undefined && money.units < min) {
    return refuse("below-minimum", `${name} takes ${show(Money.of(min, money.currency))} at least.`);
  }
  if (max !== undefined && money.units > max) {
    return refuse("above-maximum", `${name} takes ${show(Money.of(max, money.currency))} at most.`);
  }
  return { rail: rail.slug, state: "offered", money, exact, ...(rate ? { rate } : {}) };
}

/**
 * What each rail asks for a list price, in the order of the rails. The gateway, the editor and the check of a saved
 * configuration all call this, so that they cannot disagree.
 *
 * Rounding: the amount is the price converted to the rail's currency and rounded **up** to the rail's smallest step, so
 * that nobody pays less than the list says and nobody pays a whole step more. A price below one step is not offered at
 * all: rounding it up would multiply it.
 */
export const railOffers = (price: Price, sold: Sold, rails: readonly RailFacts[]): RailOffer[] =>
  rails.map((rail) => offerOf(price, sold, rail));
