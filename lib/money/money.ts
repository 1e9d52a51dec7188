import type { Currency } from "./currency";

/** An exact amount: whole base units of one currency. Cents for USD, satoshis for SAT. */
export type Money = Readonly<{ units: bigint; currency: Currency }>;

const plainDecimal = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;

function same(a: Money, b: Money): void {
  const isSame = a.currency.code === b.currency.code && a.currency.exponent === b.currency.exponent;
  if (!isSame)
    throw new RangeError(`Amounts of ${a.currency.code} and ${b.currency.code} cannot be combined.`);
}

export const Money = {
  of: (units: bigint, currency: Currency): Money => ({ units, currency }),
  zero: (currency: Currency): Money => ({ units: 0n, currency }),

  /** Reads a plain decimal such as `"2.50"`; `null` if the text is anything else or the currency cannot hold it exactly. */
  parse(text: string, currency: Currency): Money | null {
    const match = plainDecimal.exec(text);
    if (!match || text.length > 80) return null;
    const [, sign, whole = "0", fraction = ""] = match;
    const digits = fraction.replace(/0+$/, "");
    if (digits.length > currency.exponent) return null;
    const units = BigInt(whole + digits.padEnd(currency.exponent, "0"));
    if (sign && units === 0n) return null;
    return { units: sign ? -units : units, currency };
  },

  /** The machine form: all of the currency's decimals, a hyphen for minus, never an exponent. `parse(format(x)) = x`. */
  format({ units, currency: { exponent } }: Money): string {
    const digits = (units < 0n ? -units : units).toString().padStart(exponent + 1, "0");
    const whole = digits.slice(0, digits.length - exponent);
    const text = exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`;
    return units < 0n ? `-${text}` : text;
  },

  add(a: Money, b: Money): Money {
    same(a, b);
    return { units: a.units + b.units, currency: a.currency };
  },
  subtract(a: Money, b: Money): Money {
    same(a, b);
    return { units: a.units - b.units, currency: a.currency };
  },
  negate: (a: Money): Money => ({ units: -a.units, currency: a.currency }),
  compare(a: Money, b: Money): -1 | 0 | 1 {
    same(a, b);
    return a.units < b.units ? -1 : a.units > b.units ? 1 : 0;
  },
  equal: (a: Money, b: Money): boolean =>
    a.units === b.units && a.currency.code === b.currency.code && a.currency.exponent === b.currency.exponent,

  /** Shares that sum to the total exactly; leftover units go to the first shares. */
  split(total: Money, shares: number): Money[] {
    if (!Number.isInteger(shares) || shares <= 0) throw new RangeError("A split needs at least one share.");
    const each = total.units / BigInt(shares);
    const rest = total.units - each * BigInt(shares);
    const step = rest < 0n ? -1n : 1n;
    const extras = rest < 0n ? -rest : rest;
    return Array.from({ length: shares }, (_, place) =>
      Money.of(each + (BigInt(place) < extras ? step : 0n), total.currency),
    );
  },
};
