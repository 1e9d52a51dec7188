import { assert } from "@/lib/kit";
import { type Currency, findCurrency, listDecimals } from "./currency";
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

/** The price in the settlement currency's whole units, rounded **up** so that nobody pays less than the list says. */
export function settle(price: Price, currency: Currency): { money: Money; exact: boolean } {
  const list = { code: price.currency, exponent: listDecimals(price.currency) };
  const exact = Money.parse(price.amount, list);
  assert(exact, "A stored price parses.");
  assert(list.code.toUpperCase() === currency.code.toUpperCase(), "A price is settled in its own currency.");
  if (list.exponent <= currency.exponent) {
    return {
      money: Money.of(exact.units * 10n ** BigInt(currency.exponent - list.exponent), currency),
      exact: true,
    };
  }
  const scale = 10n ** BigInt(list.exponent - currency.exponent);
  const units = (exact.units + scale - 1n) / scale;
  return { money: Money.of(units, currency), exact: units * scale === exact.units };
}
