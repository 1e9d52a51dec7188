import { decimalsOf } from "./currency";

type Decimal = Readonly<{ digits: bigint; decimals: number }>;

const shape = /^(\d{1,78})(?:\.(\d{0,78}))?(?:e([+-]?\d{1,3}))?$/i;

/** The exact value a decimal text stands for, also in the exponent form that JavaScript prints; `null` for any other text. */
function readDecimal(text: string): Decimal | null {
  const found = shape.exec(text);
  if (!found) return null;
  const [, whole = "", fraction = "", exponent = "0"] = found;
  const decimals = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return decimals < 0 ? { digits: digits * 10n ** BigInt(-decimals), decimals: 0 } : { digits, decimals };
}

/** Halves go up, as in Medusa's own comparison of amounts. */
function roundTo({ digits, decimals }: Decimal, wanted: number): bigint {
  if (decimals <= wanted) return digits * 10n ** BigInt(wanted - decimals);
  const unit = 10n ** BigInt(decimals - wanted);
  return (digits + unit / 2n) / unit;
}

const write = (units: bigint, decimals: number): string => {
  if (decimals === 0) return units.toString();
  const text = units.toString().padStart(decimals + 1, "0");
  return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
};

const trim = ({ digits, decimals }: Decimal): string => {
  const text = write(digits, decimals);
  return decimals === 0 ? text : text.replace(/\.?0+$/, "");
};

/**
 * An amount in major units as Farebox reads it: a plain decimal text with the decimals of its currency, rounded half up
 * where a shop's arithmetic left more of them. A currency that is not known is passed on exactly; `null`: no amount.
 */
export function majorText(text: string, currency: string): string | null {
  const value = readDecimal(text.trim());
  if (!value) return null;
  const decimals = decimalsOf(currency);
  return decimals === null ? trim(value) : write(roundTo(value, decimals), decimals);
}

/** A whole number of a currency's smallest unit as decimal text in major units; `null` when it is none. */
export function minorText(units: number, currency: string): string | null {
  const decimals = decimalsOf(currency);
  if (decimals === null || !Number.isSafeInteger(units) || units < 0) return null;
  return write(BigInt(units), decimals);
}

/** The sum of two amounts of a currency, in the same form; `null` when one of them is none. */
export function sumText(one: string, other: string, currency: string): string | null {
  const [a, b] = [readDecimal(one), readDecimal(other)];
  if (!a || !b) return null;
  const decimals = Math.max(a.decimals, b.decimals, 0);
  const digits = roundTo(a, decimals) + roundTo(b, decimals);
  return majorText(write(digits, decimals), currency);
}
