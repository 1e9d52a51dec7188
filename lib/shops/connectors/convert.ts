import type { Connector } from "@/lib/catalog";
import { type Currency, findCurrency, Money, type Price } from "@/lib/money";
import { factsOf, railOffers } from "@/lib/pricing";
import type { ConnectedRail, Payment, PaymentRate } from "@/lib/processor";
import type { ShopDeps } from "../deps";

const wholeDigitsMax = 18;

/** The currency of a code in any case; `null` when we know none. */
export const currencyOf = (code: string): Currency | null => findCurrency(code.toUpperCase());

/** An amount as a shop writes it: a plain decimal with no more decimals than the currency has. */
export function readAmount(text: string, currency: Currency): Money | null {
  const [whole = "", fraction = ""] = text.split(".");
  if (whole.length > wholeDigitsMax || fraction.length > currency.exponent || text.startsWith("-"))
    return null;
  return Money.parse(text, currency);
}

type Converted =
  | Readonly<{ ok: true; money: Money; list: Price; rate: PaymentRate | null }>
  | Readonly<{ ok: false; code: ConvertFault; reason: string }>;

type ConvertFault =
  | "currency_unsupported"
  | "rate_unavailable"
  | "amount_too_small"
  | "amount_too_large"
  | "unavailable";

const faultOf: Readonly<Record<string, ConvertFault>> = {
  currency: "currency_unsupported",
  rate: "rate_unavailable",
  "below-unit": "amount_too_small",
  "below-minimum": "amount_too_small",
  "above-maximum": "amount_too_large",
};

/** What a rail asks for a shop's price: by the same rules, rates and rounding as the gateway's. */
export async function convertFor(
  deps: Pick<ShopDeps, "catalog" | "pricing">,
  { merchantId, mode }: Pick<Connector, "merchantId" | "mode">,
  { rail, price }: Readonly<{ rail: ConnectedRail; price: Money }>,
): Promise<Converted> {
  const merchant = (await deps.catalog.snapshot()).findMerchantById(merchantId)?.merchant;
  if (!merchant) return { ok: false, code: "unavailable", reason: "The merchant is not there any more." };
  const list = { amount: Money.format(price), currency: price.currency.code };
  const sold = { mode, rates: await deps.pricing.rates(merchant) };
  const [offer] = railOffers(list, sold, [factsOf(rail)]);
  if (offer?.state === "offered") return { ok: true, money: offer.money, list, rate: offer.rate ?? null };
  return { ok: false, code: faultOf[offer?.reason ?? ""] ?? "unavailable", reason: offer?.why ?? "" };
}

/** What a payment was listed at; the same as its amount where shop and rail count alike. */
export function listOf({ list, amount }: Pick<Payment, "list" | "amount">): Money {
  const currency = list.currency === amount.currency.code ? amount.currency : findCurrency(list.currency);
  return (currency && Money.parse(list.amount, currency)) ?? amount;
}

const isAlike = (payment: Pick<Payment, "list" | "amount">): boolean =>
  Money.equal(listOf(payment), payment.amount);

/** An amount of the rail in the shop's currency. All of it is all of it; a part is rounded to what names it. */
export function inList(payment: Pick<Payment, "list" | "amount">, { units }: Money): Money {
  const list = listOf(payment);
  if (isAlike(payment)) return Money.of(units, list.currency);
  const product = units * list.units;
  const rest = product % payment.amount.units;
  return Money.of(product / payment.amount.units + (rest > 0n ? 1n : 0n), list.currency);
}

/** One part of the rail's money in the shop's currency, to the nearest: what it was named as. */
export function nearestInList(payment: Pick<Payment, "list" | "amount">, { units }: Money): Money {
  const list = listOf(payment);
  if (isAlike(payment)) return Money.of(units, list.currency);
  const { units: all } = payment.amount;
  return Money.of((2n * units * list.units + all) / (2n * all), list.currency);
}

/**
 * A part that a shop names, in what the rail counts in. `before` is what was named before and how much of the rail's
 * money that was, so that parts which make up the whole take the whole. `null` when the rail's money is too coarse to
 * say it back exactly.
 */
export function partOf(payment: Pick<Payment, "list" | "amount">, part: Money, before: Money): Money | null {
  const { currency, units: all } = payment.amount;
  if (isAlike(payment)) return Money.of(part.units, currency);
  const list = listOf(payment);
  const upTo = (units: bigint): bigint => (units * all) / list.units;
  const named = inList(payment, before).units;
  const units = upTo(named + part.units) - before.units;
  const isExact = inList(payment, Money.of(before.units + units, currency)).units === named + part.units;
  return isExact && units > 0n ? Money.of(units, currency) : null;
}
