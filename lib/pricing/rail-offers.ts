import { type Currency, findCurrency, Money, type Price, settle } from "@/lib/money";

type Mode = "test" | "live";

/** What pricing needs to know of a configured rail. Limits are base units of the currency the price is settled in. */
export type RailFacts = Readonly<{
  slug: string;
  mode: Mode;
  enabled: boolean;
  currencies: readonly Currency[] | "any";
  limits?: Readonly<{ min?: bigint; max?: bigint }> | undefined;
  sessions?: boolean;
}>;

type Why = "mode" | "disabled" | "session" | "currency" | "below-unit" | "below-minimum" | "above-maximum";

/** What one rail makes of a price: the amount it asks for, or why it stays out and what the editor says about it. */
export type RailOffer =
  | Readonly<{ rail: string; state: "offered"; money: Money; exact: boolean }>
  | Readonly<{ rail: string; state: "not-offered"; reason: Why; why: string }>;

type Sold = Readonly<{ mode: Mode; intent?: "charge" | "session" }>;

/** The currency a rail settles this price in; `null` when it has none for it. */
function currencyFor(price: Price, { currencies }: RailFacts): Currency | null {
  if (currencies === "any") return findCurrency(price.currency);
  return currencies.find(({ code }) => code.toUpperCase() === price.currency.toUpperCase()) ?? null;
}

const show = (money: Money): string => `${Money.format(money)} ${money.currency.code}`;

function offerOf(price: Price, { mode, intent }: Sold, rail: RailFacts): RailOffer {
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

  const currency = currencyFor(price, rail);
  if (!currency) return refuse("currency", `${name} cannot settle a price in ${price.currency}.`);

  const { money, exact } = settle(price, currency);
  if (money.units === 0n || (money.units === 1n && !exact)) {
    return refuse(
      "below-unit",
      `${price.amount} ${price.currency} is less than the smallest amount of rail "${rail.slug}", ${show(Money.of(1n, currency))}.`,
    );
  }
  const { min, max } = rail.limits ?? {};
  if (min !== undefined && money.units < min) {
    return refuse("below-minimum", `${name} takes ${show(Money.of(min, currency))} at least.`);
  }
  if (max !== undefined && money.units > max) {
    return refuse("above-maximum", `${name} takes ${show(Money.of(max, currency))} at most.`);
  }
  return { rail: rail.slug, state: "offered", money, exact };
}

/**
 * What each rail asks for a list price, in the order of the rails. The gateway, the editor and the check of a saved
 * configuration all call this, so that they cannot disagree.
 *
 * Rounding: the amount is the price in whole base units of the rail's currency, rounded **up**, so that nobody pays
 * less than the list says and nobody pays a whole unit more. A price below one unit is not offered at all: rounding
 * it up would multiply it.
 */
export const railOffers = (price: Price, sold: Sold, rails: readonly RailFacts[]): RailOffer[] =>
  rails.map((rail) => offerOf(price, sold, rail));
