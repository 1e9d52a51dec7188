import { findCurrency } from "./currency";

const thin = "\u2009";
const minus = "\u2212";

const group = (whole: string, separator: string) => whole.replace(/\B(?=(\d{3})+(?!\d))/g, separator);

/** The narrow symbol for a currency, or `null` where the code itself must stand (`product.md` 5). */
function symbolOf(code: string): string | null {
  const part = new Intl.NumberFormat("en", {
    style: "currency",
    currency: code,
    currencyDisplay: "narrowSymbol",
  })
    .formatToParts(0)
    .find(({ type }) => type === "currency");
  return part && part.value !== code ? part.value : null;
}

/**
 * An exact decimal for the reader's eye: the currency's own decimals, more when needed and never rounded away.
 * `("0.0001", "USD")` is `$0.0001`; `("412880", "SAT")` is `412 880 sat`.
 */
export function showAmount(amount: string, code: string): string {
  const negative = amount.startsWith("-");
  const [whole = "0", fraction = ""] = amount.replace("-", "").split(".");
  const currency = findCurrency(code);
  const places = currency?.exponent ?? 0;
  const digits = fraction.replace(/0+$/, "").padEnd(code === "BTC" ? 0 : places, "0");
  const sign = negative ? minus : "";
  if (code === "SAT") return `${sign}${group(whole, thin)}${digits ? `.${digits}` : ""} sat`;
  const text = `${group(whole, ",")}${digits ? `.${digits}` : ""}`;
  const symbol = currency && code !== "BTC" ? symbolOf(code) : null;
  return symbol ? `${sign}${symbol}${text}` : `${sign}${text} ${code}`;
}
