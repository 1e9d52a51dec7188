import { Money, showAmount } from "@/lib/money";

/** An amount as tables show it: the figure, and the unit that stands in a column of its own. */
export type Figure = Readonly<{ text: string; unit: string }>;

export const unitOf = (code: string): string => (code === "SAT" ? "sat" : code);

export const showMoney = (money: Money): string => showAmount(Money.format(money), money.currency.code);

export const figureOf = (money: Money): Figure => ({
  text: showMoney(money),
  unit: unitOf(money.currency.code),
});

/** "$91.37 USD", "12 400 sat": for lines that may hold more than one currency. */
export function namedMoney(money: Money): string {
  const { text, unit } = figureOf(money);
  return text.endsWith(unit) ? text : `${text} ${unit}`;
}

/** Digits that the longest fraction of a column needs, in the steps the table knows. */
export function placesOf(figures: readonly Figure[]): 0 | 2 | 4 | 6 | 8 {
  const longest = Math.max(0, ...figures.map(({ text }) => (/\.(\d+)/.exec(text)?.[1] ?? "").length));
  return ([0, 2, 4, 6] as const).find((places) => longest <= places) ?? 8;
}

export const showCount = (count: number | bigint): string => count.toLocaleString("en");

/** "1 receipt", "12 receipts". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${showCount(count)} ${count === 1 ? one : many}`;

/** The change against the period before, "+9.1%"; nothing to compare with is "—". */
export function showChange(now: bigint, before: bigint): string {
  if (before === 0n) return "—";
  const permille = ((now - before) * 10_000n) / (before < 0n ? -before : before);
  const rounded = (permille + (permille < 0n ? -5n : 5n)) / 10n;
  const digits = (rounded < 0n ? -rounded : rounded).toString().padStart(2, "0");
  const sign = rounded < 0n ? "\u2212" : "+";
  return `${rounded === 0n ? "" : sign}${digits.slice(0, -1)}.${digits.slice(-1)}%`;
}

/** "312 B", "1.8 kB", "4.2 MB". */
export function showBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
