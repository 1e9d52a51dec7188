/** A unit of account with the number of decimals its smallest unit stands for: USD 2, JPY 0, KWD 3. */
export type Currency = Readonly<{ code: string; exponent: number }>;

const zero = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ");
const three = "BHD IQD JOD KWD LYD OMR TND".split(" ");
const iso = new Set(Intl.supportedValuesOf("currency"));

/** The currency of an ISO 4217 code, or of the units of Bitcoin (`BTC`, `SAT`); `null` when we know no such code. */
export function findCurrency(code: string): Currency | null {
  if (code === "BTC") return { code, exponent: 8 };
  if (code === "SAT") return { code, exponent: 0 };
  if (!iso.has(code)) return null;
  return { code, exponent: zero.includes(code) ? 0 : three.includes(code) ? 3 : 2 };
}

/** How many decimals a list price in this currency may carry: a price may be finer than what can be settled. */
export function listDecimals(code: string): number {
  if (code === "BTC") return 11;
  if (code === "SAT") return 3;
  return 12;
}
