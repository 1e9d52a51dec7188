/** An exact rational number; `d` is greater than zero. Prices pass through here and never through a `number`. */
export type Fraction = Readonly<{ n: bigint; d: bigint }>;

const decimal = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;
/** Beyond this a number says nothing about a price, and reckoning with it would cost time. */
const digitsMax = 60;

export const zero: Fraction = { n: 0n, d: 1n };
export const whole = (n: bigint): Fraction => ({ n, d: 1n });

/** The exact value of a JSON number or plain decimal; `null` for other text and for more than sixty digits. */
export function readFraction(text: string): Fraction | null {
  const match = text.length <= 3 * digitsMax ? decimal.exec(text) : null;
  if (!match) return null;
  const [, sign, integer = "0", fraction = "", exponent = "0"] = match;
  const places = fraction.length - Number(exponent);
  if (integer.length + fraction.length > digitsMax || Math.abs(places) > digitsMax) return null;
  const digits = BigInt(integer + fraction);
  const n = sign ? -digits : digits;
  return places > 0 ? { n, d: 10n ** BigInt(places) } : { n: n * 10n ** BigInt(-places), d: 1n };
}

export const compare = (a: Fraction, b: Fraction): -1 | 0 | 1 => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

export const multiply = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });

/** `a / b`; `b` is greater than zero. */
export const divide = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d, d: a.d * b.n });

/** `a - b`, and zero where that would be less. */
export function lessen(a: Fraction, b: Fraction): Fraction {
  const n = a.n * b.d - b.n * a.d;
  return n > 0n ? { n, d: a.d * b.d } : zero;
}

/** The smallest integer that is not less; the value is not negative. */
export const ceil = ({ n, d }: Fraction): bigint => (n + d - 1n) / d;

/** A plain decimal with at most `places` decimals, rounded **up**, without idle zeros. The value is not negative. */
export function ceilText(value: Fraction, places: number): string {
  const units = ceil(multiply(value, whole(10n ** BigInt(places))));
  const digits = units.toString().padStart(places + 1, "0");
  const integer = digits.slice(0, digits.length - places);
  const fraction = places === 0 ? "" : digits.slice(-places).replace(/0+$/, "");
  return fraction === "" ? integer : `${integer}.${fraction}`;
}
