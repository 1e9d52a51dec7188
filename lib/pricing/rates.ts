import { z } from "zod";
import { Pointer } from "./schema";
import { faultsOf, type Reading } from "./terms";

const Rate = z
  .string()
  .refine(
    (text) => /^(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?$/.test(text) && /[1-9]/.test(text),
    'Write a plain decimal greater than zero, such as "64000".',
  );
const RateSource = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: "Write an http or https address." }).max(2_000),
  pointer: Pointer,
  refreshSeconds: z.int().min(10).max(86_400),
  maxAgeSeconds: z.int().min(10).max(604_800),
});
const Code = z.string().regex(/^[A-Za-z0-9]{1,64}$/, "Write a currency code.");

/** How many whole units of a list currency one whole unit of a rail's currency costs. */
const RatesDocument = z
  .record(
    Code,
    z.record(
      Code,
      z.union(
        [Rate, RateSource],
        "Write a rate as text, or a source: url, pointer, refreshSeconds, maxAgeSeconds.",
      ),
    ),
  )
  .refine(
    (rates) => Object.values(rates).flatMap((row) => Object.keys(row)).length <= 100,
    "Write 100 rates at most.",
  );
type RateSource = z.infer<typeof RateSource>;

/** The price of one whole unit of a rail's currency in a list currency, and where it comes from. */
export type KnownRate =
  | Readonly<{ rate: string; source: string; at: Date | null }>
  | Readonly<{ unknown: string }>;

/** Finds a merchant's rate for a rail's unit and a list currency; `undefined` when none was set up. */
export type MerchantRates = (unit: string, currency: string) => KnownRate | undefined;

export const noRates: MerchantRates = () => undefined;

/** A merchant's rates as they were set up: by hand, or a source to be asked. */
export type RateTable = Readonly<Record<string, Readonly<Record<string, string | RateSource>>>>;

/** A source that a merchant named, with what it prices. */
export type NamedSource = Readonly<{ unit: string; currency: string; source: RateSource }>;

/** Names what a stored rate was read from: another address or place in it is another rate. */
export const sourceName = ({ url, pointer }: RateSource): string => `${url}#${pointer}`;

/** Reads the merchant key `rates`; faults have paths such as `BTC.USD`. */
export function readRates(value: unknown): Reading<RateTable> {
  const parsed = RatesDocument.safeParse(value ?? {});
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, faults: faultsOf(parsed.error, value) };
}

/** What the catalogue keeps as a merchant's rates is what `readRates` gave it. */
export const tableOf = (rates: unknown): RateTable => (rates ?? {}) as RateTable;

export const sourcesOf = (table: RateTable): NamedSource[] =>
  Object.entries(table).flatMap(([unit, row]) =>
    Object.entries(row).flatMap(([currency, source]) =>
      typeof source === "string" ? [] : [{ unit, currency, source }],
    ),
  );

/** A rate that was fetched. */
export type FetchedRate = Readonly<{
  unit: string;
  currency: string;
  source: string;
  rate: string | null;
  fetchedAt: Date | null;
}>;

/** A merchant's rates as they stand: those set by hand, and those fetched that are not too old. */
export function ratesAt(table: RateTable, fetched: readonly FetchedRate[], now: Date): MerchantRates {
  return (unit, currency) => {
    const set = Object.hasOwn(table, unit) ? table[unit] : undefined;
    const entry = set && Object.hasOwn(set, currency) ? set[currency] : undefined;
    if (entry === undefined) return undefined;
    if (typeof entry === "string") return { rate: entry, source: "merchant", at: null };
    const found = fetched.find(
      (one) => one.unit === unit && one.currency === currency && one.source === sourceName(entry),
    );
    const what = `The rate of ${unit} in ${currency}`;
    if (!found?.rate || !found.fetchedAt)
      return { unknown: `${what} has not been read from its source yet.` };
    const ageMs = now.getTime() - found.fetchedAt.getTime();
    if (ageMs > entry.maxAgeSeconds * 1000)
      return { unknown: `${what} is too old; its source does not answer.` };
    const { origin, pathname } = new URL(entry.url);
    return { rate: found.rate, source: `${origin}${pathname}`, at: found.fetchedAt };
  };
}
