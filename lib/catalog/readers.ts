import type { Currency, Price } from "@/lib/money";
import type { FieldFault } from "@/lib/problems";
import type { Limits, RailKind } from "./read-rail";
import type { Intent, Mode } from "./types";

export type RailFacts = Readonly<{
  slug: string;
  mode: Mode;
  enabled: boolean;
  currencies: RailKind["currencies"];
  limits: RailKind["limits"];
  limitsOf?: ((currency: Currency) => Limits | null) | undefined;
  unit?: RailKind["unit"];
  step?: RailKind["step"];
  /** The rail's own `settings.rates`. */
  rates?: Readonly<Record<string, string>> | undefined;
  sessions: boolean;
}>;

/** `railOffers` of the pricing room, which this room does not know. */
export type PriceOnRails = (
  price: Price,
  sold: { mode: Mode; intent: Intent; rates: unknown },
  rails: readonly RailFacts[],
) => readonly ({ state: "offered" } | { state: "not-offered"; reason: string; why: string })[];

/** What was read, as the pricing room works with it; or what is wrong, at paths within what was given. */
export type Reading =
  | Readonly<{ ok: true; value: unknown }>
  | Readonly<{ ok: false; faults: readonly FieldFault[] }>;

type PricedEndpoint = Readonly<{
  method: string;
  path: string;
  intent: Intent;
  unit: string | null;
  price: Price;
}>;

/** The merchant as cases are tried for it. */
export type MerchantTerms = Readonly<{
  currency: string;
  timeZone: string;
  /** As `readRates` gave them. */
  rates: unknown;
}>;

export type CasesRun = Readonly<{
  merchant: MerchantTerms;
  service: Readonly<{ slug: string; mode: Mode }>;
  endpoint: PricedEndpoint & Readonly<{ terms: unknown }>;
  cases: readonly unknown[];
}>;

/** What the pricing room judges for this one, which does not know it. No function here waits for anything. */
export type TermsReaders = Readonly<{
  /** Rules, minimum, maximum and meter of one endpoint, secrets as plain text. */
  readTerms(terms: unknown, about: PricedEndpoint): Reading;
  /** Tries the merchant's own cases; a case that does not come out is a fault at `cases[n]`. */
  runCases(run: CasesRun): readonly FieldFault[];
  readRates(rates: unknown): Reading;
}>;

const notHere = (path: string): FieldFault => ({
  path,
  message: "Price rules are not part of this installation.",
});

/** Without a pricing room, whatever would move a price is refused, so that nothing is stored that is not obeyed. */
export const noTermsReaders: TermsReaders = {
  readTerms: (terms) => ({ ok: false, faults: Object.keys(terms ?? {}).map(notHere) }),
  runCases: () => [notHere("cases")],
  readRates: () => ({ ok: false, faults: [notHere("")] }),
};
