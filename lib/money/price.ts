import { findCurrency, listDecimals } from "./currency";
import { Money } from "./money";

/** A list price as the merchant wrote it. It may be finer than any rail can settle: `{ amount: "0.0001", currency: "USD" }`. */
export type Price = Readonly<{ amount: string; currency: string }>;

/** Why this is not a price, in words for the person who wrote it; `null` when it is one. */
export function priceFault({
  amount,
  currency,
}: Price): { at: "amount" | "currency"; message: string } | null {
  if (!findCurrency(currency))
    return { at: "currency", message: `"${currency}" is not a currency code we know.` };
  const decimals = listDecimals(currency);
  const exact = Money.parse(amount, { code: currency, exponent: decimals });
  if (!exact || exact.units < 0n) {
    return {
      at: "amount",
      message: `Write a plain decimal with at most ${decimals} decimals, such as "0.01".`,
    };
  }
  return null;
}
