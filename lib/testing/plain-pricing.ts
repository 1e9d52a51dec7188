import type { Clock } from "@/lib/kit";
import { createPricing, type Pricing } from "@/lib/pricing";

/** Prices where nothing is counted: no rule of the test needs a database, and a query would fail. */
export const plainPricing = (clock: Clock): Pricing =>
  createPricing({
    database: null as never, // safe: list prices ask no counter
    clock,
    fetch: () => Promise.reject(new Error("Nothing is fetched.")),
    log: () => undefined,
    merchants: async () => [],
  });

/** Nobody watches. */
export const unobserved = { answered: () => undefined, refused: () => undefined };
