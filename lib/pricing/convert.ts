import { type Currency, findCurrency, Money, type Price } from "@/lib/money";
import { ceil, compare, divide, type Fraction, multiply, readFraction, whole, zero } from "./fraction";
import type { RailFacts } from "./rail-facts";
import type { KnownRate, MerchantRates } from "./rates";

/** The rate an amount came about by. `at` is null for one that is set by hand. */
export type UsedRate = Readonly<{ rate: string; source: string; at: Date | null }>;

type Converted = Readonly<{
  kind: "converted";
  money: Money;
  exact: boolean;
  rate: UsedRate | null;
  step: bigint;
  isBelowStep: boolean;
}>;

/** Satoshis in one unit of the two ways to write Bitcoin. */
const satoshis = new Map([
  ["BTC", 100_000_000n],
  ["SAT", 1n],
]);
const satoshisOf = (code: string): bigint | undefined => satoshis.get(code.toUpperCase());
const isCode = (code: string, other: string): boolean => code.toUpperCase() === other.toUpperCase();

/** The currency a rail settles this price in, and what its rates price. */
function currenciesOf(
  price: Price,
  { currencies, unit }: RailFacts,
): { settles: Currency; unit: Currency } | null {
  if (currencies === "any") {
    const own = findCurrency(price.currency);
    return own && { settles: own, unit: own };
  }
  const settles = currencies.find(({ code }) => isCode(code, price.currency)) ?? currencies[0];
  return settles ? { settles, unit: unit ?? settles } : null;
}

type Basis = Readonly<{ settles: Currency; units: Fraction; rate: UsedRate | null }>;

/** The price in base units of the rail's currency, not yet rounded; a text says why that is not known. */
function basisOf(
  price: Price,
  facts: RailFacts,
  merchantRates: MerchantRates,
): Basis | "currency" | { unknown: string } {
  const found = currenciesOf(price, facts);
  if (!found) return "currency";
  const { settles, unit } = found;
  const amount = readFraction(price.amount) ?? zero;
  const inUnits = (value: Fraction, exponent: number) => multiply(value, whole(10n ** BigInt(exponent)));
  if (isCode(settles.code, price.currency))
    return { settles, units: inUnits(amount, settles.exponent), rate: null };

  const [listed, settled] = [satoshisOf(price.currency), satoshisOf(unit.code)];
  if (listed !== undefined && settled !== undefined) {
    const value = divide(multiply(amount, whole(listed)), whole(settled));
    return { settles, units: inUnits(value, unit.exponent), rate: null };
  }
  const own = facts.rates?.[price.currency];
  const known: KnownRate | undefined =
    own === undefined ? merchantRates(unit.code, price.currency) : { rate: own, source: "rail", at: null };
  if (!known) return "currency";
  if ("unknown" in known) return known;
  const rate = readFraction(known.rate);
  if (!rate || rate.n <= 0n) return "currency";
  return { settles, units: inUnits(divide(amount, rate), unit.exponent), rate: known };
}

/**
 * A list price in what a rail settles, rounded **up** to the rail's smallest step: nobody pays less than the list says,
 * and nobody pays a whole step more.
 */
export function convert(
  price: Price,
  facts: RailFacts,
  rates: MerchantRates,
): Converted | "currency" | { unknown: string } {
  const basis = basisOf(price, facts, rates);
  if (basis === "currency" || "unknown" in basis) return basis;
  const step = facts.limitsOf?.(basis.settles)?.step ?? facts.step ?? 1n;
  const steps = ceil(divide(basis.units, whole(step)));
  const units = steps * step;
  return {
    kind: "converted",
    money: Money.of(units, basis.settles),
    exact: compare(basis.units, whole(units)) === 0,
    rate: basis.rate,
    step,
    isBelowStep: compare(basis.units, whole(step)) < 0,
  };
}
