const zero = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF SAT UGX UYI VND VUV XAF XOF XPF".split(" ");
const three = "BHD IQD JOD KWD LYD OMR TND".split(" ");
const iso = new Set(Intl.supportedValuesOf("currency"));

/**
 * How many decimals a currency has, as Farebox counts them; `null` when neither of us knows the code. `Intl` is not
 * asked: it gives several currencies fewer decimals than ISO 4217 does.
 */
export function decimalsOf(code: string): number | null {
  const upper = code.toUpperCase();
  if (upper === "BTC") return 8;
  if (zero.includes(upper)) return 0;
  if (three.includes(upper)) return 3;
  return iso.has(upper) ? 2 : null;
}
