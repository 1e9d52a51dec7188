import { Problem } from "@/lib/problems";
import type { Presented } from "./check";
import type { GatewayDeps, Visit } from "./deps";
import type { Place } from "./upstream-desk";

/** What a payer may need to come back in time. */
const returnMs = 5_000;

/**
 * A place for the call that is about to be bought. Throws 503 with nothing taken where there is none: the credential
 * stays good. `null` where it would not: money that arrived before it was presented is claimed now, and kept for a repeat.
 */
export async function admit(
  deps: GatewayDeps,
  visit: Visit,
  { rail, expires }: Presented,
): Promise<Place | null> {
  try {
    return await visit.upstream.enter(visit.request.signal);
  } catch (error) {
    const isPaidAlready = rail.definition.watch !== undefined;
    if (!Problem.is(error) || !isPaidAlready) throw error;
    const leftMs = expires.getTime() - deps.clock.now().getTime();
    const waitMs = (error.extras.retryAfter ?? 1) * 1_000 + returnMs;
    if (leftMs <= 0 || leftMs > waitMs) throw error;
    return null;
  }
}
