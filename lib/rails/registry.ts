import { card } from "./card/rail";
import type { Abilities, RailDefinition } from "./contract";
import { demo } from "./demo/rail";
import { demoHold } from "./demo-hold/rail";
import { demoSlip } from "./demo-slip/rail";
import { lightning } from "./lightning/rail";
import { stripe } from "./stripe/rail";

/**
 * A rail whose own types are forgotten. What reaches `capture` and `claims` has been parsed by the same rail's `offer`
 * and `proof` schemas.
 */
export type AnyRail = RailDefinition<Record<string, unknown>, Record<string, unknown>, unknown>;
export type AnyAbilities = Abilities<Record<string, unknown>, unknown>;

// safe: the core hands a rail only values that the rail's own schemas have parsed
const forget = <C, O extends object, P>(rail: RailDefinition<C, O, P>): AnyRail => rail as unknown as AnyRail;

/** Every rail that can be configured. Adding one is a line here. */
export const rails: readonly AnyRail[] = [
  forget(demo),
  forget(demoHold),
  forget(demoSlip),
  forget(lightning),
  forget(card),
  forget(stripe),
];

const byKind = new Map(rails.map((rail) => [rail.id, rail]));

/** The definition behind a configured rail's `kind`. */
export const findRail = (kind: string): AnyRail | null => byKind.get(kind) ?? null;
