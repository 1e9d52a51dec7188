import type { Currency } from "@/lib/money";
import type { RailFacts } from "./rail-offers";

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
}>;

/** The facts that decide whether a connected rail is offered. A rail that is switched off is not connected. */
export const factsOf = ({ slug, mode, definition, abilities, rates }: Connected): RailFacts => ({
  slug,
  mode,
  enabled: true,
  currencies: definition.currencies,
  limits: definition.limits,
  sessions: abilities.sessions !== undefined,
  unit: definition.unit,
  step: definition.step,
  rates,
});
