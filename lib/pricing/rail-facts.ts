import type { Currency } from "@/lib/money";

type Limits = Readonly<{ min?: bigint; max?: bigint; step?: bigint }>;

export type Mode = "test" | "live";

/** What pricing needs to know of a configured rail. Limits are base units of the currency the price is settled in. */
export type RailFacts = Readonly<{
  slug: string;
  mode: Mode;
  enabled: boolean;
  currencies: readonly Currency[] | "any";
  limits?: Readonly<{ min?: bigint; max?: bigint }> | undefined;
  /** The same for one currency, with its smallest step; `null` when the rail does not take it. */
  limitsOf?: ((currency: Currency) => Limits | null) | undefined;
  sessions?: boolean;
  /**
   * What rates price: one whole unit is ten to its exponent base units of the rail's currency. A rail that settles
   * satoshis and is priced per bitcoin has `{ code: "BTC", exponent: 8 }`. The rail's own currency unless given.
   */
  unit?: Currency | undefined;
  /** The smallest amount the rail can move, in base units; amounts are multiples of it. One unless given. */
  step?: bigint | undefined;
  /** The rail's own rates: what one whole unit costs in a list currency. */
  rates?: Readonly<Record<string, string>> | undefined;
}>;

/** What a connected rail says of itself, in the words of whoever connected it. */
type Connected = Readonly<{
  slug: string;
  mode: RailFacts["mode"];
  definition: Readonly<{
    currencies: readonly Currency[] | "any";
    limits?: RailFacts["limits"];
    unit?: Currency | undefined;
    step?: bigint | undefined;
  }>;
  abilities: Readonly<{ sessions?: unknown }>;
  rates?: RailFacts["rates"];
  limitsOf?: RailFacts["limitsOf"];
}>;

/** The facts that decide whether a connected rail is offered. A rail that is switched off is not connected. */
export const factsOf = ({ slug, mode, definition, abilities, rates, limitsOf }: Connected): RailFacts => ({
  slug,
  mode,
  enabled: true,
  currencies: definition.currencies,
  limits: definition.limits,
  limitsOf,
  sessions: abilities.sessions !== undefined,
  unit: definition.unit,
  step: definition.step,
  rates,
});
