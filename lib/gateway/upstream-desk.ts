import type { Service } from "@/lib/catalog";
import type { Clock } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { createBreaker } from "./breaker";
import { createPlaces } from "./places";

export type UpstreamHealth = Readonly<{
  /** `unknown` has not been called by this process; `open` is not called and not sold; `probing` is tried again. */
  state: "unknown" | "up" | "failing" | "open" | "probing";
  lastSuccessAt: Date | null;
  lastFailureAt: Date | null;
  /** In words, for the merchant. */
  lastFailure: string | null;
  /** In a row, since the last success. */
  failures: number;
  openUntil: Date | null;
  inFlight: number;
  waiting: number;
}>;

/** A reserved call. It is left once, whatever came of it. */
export type Place = Readonly<{ leave(): void }>;

/** The way in to one upstream: whether it is called at all, how many call at once, and how they fared. */
export type UpstreamDesk = Readonly<{
  /** Throws 503 while the upstream is known to be broken: what is known broken is not sold. */
  assertUp(): void;
  /** Reserves a call, waiting a little where all places are taken. Throws 503; it never moved any money. */
  enter(signal: AbortSignal): Promise<Place>;
  succeeded(): void;
  failed(why: string): void;
}>;

export type Upstreams = Readonly<{
  deskOf(service: Served): UpstreamDesk;
  healthOf(service: Served): UpstreamHealth;
}>;

type Served = Pick<Service, "id" | "upstream">;
type Entry = Readonly<{
  breaker: ReturnType<typeof createBreaker>;
  places: ReturnType<typeof createPlaces>;
}>;

const entriesMax = 10_000;

const unavailable = (why: string, waitMs: number): Problem =>
  new Problem("unavailable", `${why} Nothing was taken by this request. Repeat it after Retry-After.`, {
    retryAfter: Math.max(1, Math.ceil(waitMs / 1_000)),
  });

const broken = (waitMs: number) => unavailable("The service behind this address does not answer.", waitMs);
const full = () => unavailable("The service behind this address has as much to do as it can.", 1_000);

const newEntry = (clock: Clock): Entry => ({ breaker: createBreaker(clock), places: createPlaces() });

/** What this process knows of each upstream. Another address is another upstream. */
export function createUpstreams(clock: Clock): Upstreams {
  const entries = new Map<string, Entry>();
  const keyOf = ({ id, upstream }: Served) => `${id} ${upstream.url}`;

  function entryOf(service: Served): Entry {
    const key = keyOf(service);
    const known = entries.get(key);
    if (known) return known;
    const entry = newEntry(clock);
    entries.set(key, entry);
    for (const [other, { places }] of entries) {
      if (entries.size <= entriesMax) break;
      if (other !== key && places.inFlight() === 0 && places.waiting() === 0) entries.delete(other);
    }
    return entry;
  }

  return {
    deskOf(service) {
      const entry = entryOf(service);
      return {
        assertUp() {
          const waitMs = entry.breaker.closedForMs(service.upstream.breaker);
          if (waitMs !== null) throw broken(waitMs);
        },
        enter: (signal) => enter(entry, service, signal),
        succeeded: entry.breaker.succeeded,
        failed: (why) => entry.breaker.failed(why, service.upstream.breaker),
      };
    },
    healthOf: (service) => healthOf(entries.get(keyOf(service)) ?? newEntry(clock), clock),
  };
}

async function enter({ breaker, places }: Entry, { upstream }: Served, signal: AbortSignal): Promise<Place> {
  const waitMs = breaker.closedForMs(upstream.breaker);
  if (waitMs !== null) throw broken(waitMs);
  const hasPlace = await places.take({ max: upstream.concurrency, queueMs: upstream.queueMs, signal });
  if (!hasPlace) throw full();
  const admitted = breaker.admit(upstream.breaker); // it may have opened while we waited
  if ("closedForMs" in admitted) {
    places.leave();
    throw broken(admitted.closedForMs);
  }
  let isThere = true;
  return {
    leave() {
      if (!isThere) return;
      isThere = false;
      places.leave();
      if (admitted.isProbe) breaker.endProbe();
    },
  };
}

function healthOf({ breaker, places }: Entry, clock: Clock): UpstreamHealth {
  const { isProbing, ...facts } = breaker.facts();
  const stateOf = (): UpstreamHealth["state"] => {
    if (facts.openUntil) return facts.openUntil > clock.now() ? "open" : "probing";
    if (facts.failures > 0) return "failing";
    return facts.lastSuccessAt ? "up" : "unknown";
  };
  return { state: stateOf(), ...facts, inFlight: places.inFlight(), waiting: places.waiting() };
}
