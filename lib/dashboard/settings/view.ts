import { type Locate, wholeNumber } from "../forms/view";
import { type AboutDraft, aboutDraft, aboutPatch, locateInAbout } from "../services/discovery/view";

/** A rate as it is edited: a number, or where one is asked for it. */
export type RateDraft = Readonly<{
  key: number;
  /** What one whole unit of is priced: "BTC". */
  unit: string;
  /** In which list currency: "USD". */
  currency: string;
  kind: "fixed" | "source";
  rate: string;
  url: string;
  pointer: string;
  refreshSeconds: string;
  maxAgeSeconds: string;
}>;

export type SettingsDraft = Readonly<{
  name: string;
  timeZone: string;
  about: AboutDraft;
  /** `#rrggbb`, or nothing for ours. */
  colour: string;
  rates: readonly RateDraft[];
}>;

type Values = Readonly<Record<string, unknown>>;

/** The merchant's own part of the configuration document. */
export type MerchantDocument = Readonly<{
  name: string;
  timeZone: string;
  listed: boolean;
  domain?: string | undefined;
  about?: Parameters<typeof aboutDraft>[0]["about"];
  brand?: Readonly<{ colour: string }> | undefined;
  rates?: Values | undefined;
}>;

export const emptyRate = (key: number): RateDraft => ({
  ...{ key, unit: "BTC", currency: "USD", kind: "fixed", rate: "", url: "", pointer: "" },
  ...{ refreshSeconds: "60", maxAgeSeconds: "600" },
});

const valuesOf = (value: unknown): Values =>
  typeof value === "object" && value !== null ? (value as Values) : {};
const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

function rateDraft(value: unknown): Partial<RateDraft> {
  if (typeof value === "string") return { kind: "fixed", rate: value };
  const { url, pointer, refreshSeconds, maxAgeSeconds } = valuesOf(value);
  const limits = { refreshSeconds: text(refreshSeconds), maxAgeSeconds: text(maxAgeSeconds) };
  return { kind: "source", url: text(url), pointer: text(pointer), ...limits };
}

const ratesDraft = (rates: Values = {}): RateDraft[] =>
  Object.entries(rates)
    .flatMap(([unit, prices]) =>
      Object.entries(valuesOf(prices)).map(([currency, value]) => ({ unit, currency, ...rateDraft(value) })),
    )
    .map((each, key) => ({ ...emptyRate(key), ...each }));

export const settingsDraft = (merchant: MerchantDocument): SettingsDraft => ({
  ...{ name: merchant.name, timeZone: merchant.timeZone },
  about: aboutDraft(merchant),
  colour: merchant.brand?.colour ?? "",
  rates: ratesDraft(merchant.rates),
});

function rateDocument({ kind, rate, url, pointer, refreshSeconds, maxAgeSeconds }: RateDraft): unknown {
  if (kind === "fixed") return rate.trim();
  const limits = { refreshSeconds: wholeNumber(refreshSeconds), maxAgeSeconds: wholeNumber(maxAgeSeconds) };
  return { url: url.trim(), pointer: pointer.trim(), ...limits };
}

const codeOf = (code: string): string => code.trim();

/** Rates that say the same pair twice: a document holds each once. */
export const ratesTwice = (rates: readonly RateDraft[]): number[] => {
  const pairs = rates.map(({ unit, currency }) => `${codeOf(unit)} ${codeOf(currency)}`);
  return [...pairs.keys()].filter((place) => pairs.indexOf(pairs[place] ?? "") !== place);
};

function ratesDocument(rates: readonly RateDraft[]): Record<string, Record<string, unknown>> | null {
  const table: Record<string, Record<string, unknown>> = {};
  for (const rate of rates) {
    const unit = codeOf(rate.unit);
    table[unit] = { ...table[unit], [codeOf(rate.currency)]: rateDocument(rate) };
  }
  return rates.length === 0 ? null : table;
}

/** What is written of the merchant: `null` takes a key away. */
export const settingsPatch = ({ name, timeZone, about, colour, rates }: SettingsDraft) => ({
  ...{ name: name.trim(), timeZone: timeZone.trim() },
  ...aboutPatch(about),
  brand: colour.trim() === "" ? null : { colour: colour.trim().toLowerCase() },
  rates: ratesDocument(rates),
});

/** Where a fault of the merchant's settings stands in the form. */
export const locateInSettings =
  ({ rates }: SettingsDraft): Locate =>
  (path) => {
    if (path === "name") return { id: "name", label: "Name" };
    if (path.startsWith("brand")) return { id: "colour", label: "Colour" };
    if (path === "timeZone") return { id: "time-zone", label: "Time zone" };
    const [, unit, currency] = /^rates\.([^.]+)(?:\.([^.]+))?/.exec(path) ?? [];
    const place = rates.findIndex(
      (rate) => codeOf(rate.unit) === unit && (currency === undefined || codeOf(rate.currency) === currency),
    );
    if (place >= 0) return { id: `rate-${place}`, label: `Rate of ${unit} in ${currency ?? "…"}` };
    const own = /^rate-(\d+)$/.exec(path);
    return own ? { id: path, label: "Rate" } : locateInAbout(path);
  };

export type SettingsView = Readonly<{
  merchant: string;
  currency: string;
  draft: SettingsDraft;
  zones: readonly string[];
  /** The address of the picture on the pages for payers. */
  logo: string | null;
  mayWrite: boolean;
}>;
