import { type Currency, findCurrency, Money } from "@/lib/money";
import type { Limits } from "../contract";

/**
 * The smallest charges, in minor units as Stripe counts them: docs.stripe.com/currencies, as of 2026-07-29. A currency
 * that is not here is taken once the merchant's settings give it a minimum.
 */
const minimums: Readonly<Record<string, bigint>> = {
  ...{ AED: 200n, ARS: 50n, AUD: 50n, BGN: 100n, BRL: 50n, CAD: 50n, CHF: 50n, COP: 50n },
  ...{ CZK: 1_500n, DKK: 250n, EUR: 50n, GBP: 30n, HKD: 400n, HUF: 17_500n, IDR: 50n, ILS: 50n },
  ...{ INR: 50n, JPY: 50n, KRW: 50n, MXN: 1_000n, MYR: 200n, NOK: 300n, NZD: 50n, PHP: 50n },
  ...{ PLN: 200n, RON: 200n, RUB: 50n, SEK: 300n, SGD: 50n, THB: 1_000n, USD: 50n, ZAR: 50n },
};
/** Stripe takes at most eight digits. */
const maximum = 99_999_999n;

/** A smallest charge as the settings write it. */
export const minimumForm = /^[1-9]\d{0,7}$/;

const whole = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
/** Charged in thousandths, of which the last digit is always zero. */
const thousandths = new Set("BHD JOD KWD OMR TND".split(" "));

/** How many decimals Stripe counts: not always those of ISO 4217. */
const decimalsOf = (code: string): number => (whole.has(code) ? 0 : thousandths.has(code) ? 3 : 2);

/** An amount in the units that Stripe counts; `null` when it has no such amount. */
export function minorUnits({ units, currency }: Money): bigint | null {
  const shift = decimalsOf(currency.code) - currency.exponent;
  const factor = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && units % factor !== 0n) return null;
  const minor = shift < 0 ? units / factor : units * factor;
  return thousandths.has(currency.code) && minor % 10n !== 0n ? null : minor;
}

const baseUnits = (minor: bigint, { code, exponent }: Currency): bigint => {
  const shift = exponent - decimalsOf(code);
  const factor = 10n ** BigInt(Math.abs(shift));
  return shift >= 0 ? minor * factor : (minor + factor - 1n) / factor;
};

/** What Stripe says, in its words, as money. A currency that we do not know is a fault of the answer. */
export function moneyOf(minor: number | bigint, name: string): Money {
  const currency = findCurrency(name.toUpperCase());
  if (!currency) throw new TypeError("Stripe named a currency that is unknown here.");
  return Money.of(baseUnits(BigInt(minor), currency), currency);
}

/** What one currency is taken in, in its base units; `null` without a minimum. `own` is the merchant's, as written. */
export function limitsOf(currency: Currency, own: unknown): Limits | null {
  const { code, exponent } = currency;
  if (findCurrency(code)?.exponent !== exponent || code === "BTC" || code === "SAT") return null;
  const set = (own as Readonly<Record<string, unknown>> | null | undefined)?.[code]; // safe: judged by the next line
  const least = typeof set === "string" && minimumForm.test(set) ? BigInt(set) : minimums[code];
  if (least === undefined) return null;
  const step = thousandths.has(code) ? 10n : baseUnits(1n, currency);
  return {
    min: baseUnits(least, currency),
    max: baseUnits(maximum, currency),
    ...(step > 1n ? { step } : {}),
  };
}
