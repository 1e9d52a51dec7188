import { Money } from "@/lib/money";

type Currency = Money["currency"];

/**
 * An amount as VTEX writes it, a JSON number in whole units: the nearest base unit of its shortest decimal text, which
 * is at most a millionth of a whole unit away (contracts/vtex.md §1). `null` for anything else.
 */
export function readAmount(value: unknown, currency: Currency): Money | null {
  if (typeof value !== "number") return null;
  const [, whole, fraction = ""] = /^(\d{1,30})(?:\.(\d+))?$/.exec(String(value)) ?? [];
  if (whole === undefined) return null;
  const scale = 10n ** BigInt(fraction.length);
  const unit = 10n ** BigInt(currency.exponent);
  const exact = BigInt(whole + fraction) * unit; // base units, times the scale
  const units = (2n * exact + scale) / (2n * scale);
  const off = exact > units * scale ? exact - units * scale : units * scale - exact;
  const isNear = off * 1_000_000n <= scale * unit && off * 1_000n <= scale;
  return isNear ? Money.of(units, currency) : null;
}

/** The other way: what an answer says, as a JSON number in whole units. */
export const writeAmount = (money: Money): number => Number(Money.format(money));
