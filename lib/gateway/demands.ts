import type { Endpoint, Snapshot } from "@/lib/catalog";
import { newId } from "@/lib/kit";
import { termsOf } from "@/lib/pricing";
import { Problem } from "@/lib/problems";
import type { ConnectedRail } from "@/lib/processor";
import {
  type Challenge,
  fieldLengthMax,
  parseChallenges,
  type Renew,
  randomNonce,
  readCredential,
  renewal,
  selectOffers,
} from "@/lib/protocol";
import { type Arrival, mayTakeMoney } from "./arrival";
import { linesPreferPage, prefersPage } from "./demand-page";
import type { GatewayDeps } from "./deps";
import { findOffering, type Offering } from "./offering";
import { fieldOf, scopeOf } from "./scope";
import type { UpstreamDesk } from "./upstream-desk";

/** An answer as a socket takes it: header names and values in turns, and the whole body, a character for each byte. */
export type PlainAnswer = Readonly<{ status: number; lines: string[]; body: string }>;

/** An offer as it is made for one target, which its scope names. */
type Offer = Readonly<{ method: string; intent: string; ttlMs: number; renew: Renew }>;
type Target = Readonly<{ offering: Offering; offers: readonly Offer[] }>;

/** An endpoint's demand as the long way makes it, taken apart into what is the same each time and what is not. */
type Demand = Readonly<{
  key: Uint8Array;
  offers: readonly Readonly<{ rail: ConnectedRail; challenge: Challenge }>[];
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
  upstream: UpstreamDesk;
}>;

/** How many targets of the catalogue are kept ready; the others are made ready each time. */
const targetsMax = 1_000;

export type Answered = Readonly<{
  request: Request;
  arrival: Arrival | undefined;
  offering: Offering;
  upstream: UpstreamDesk;
  response: Response;
}>;

export type Demands = Readonly<{
  /** Remembers what a stranger was asked for, where every stranger is asked for the same. */
  learn(answered: Answered): void;
  /** The `402` that the long way would answer, made without waiting; `null` when only the long way knows. */
  answer(arrival: Arrival): PlainAnswer | null;
}>;

/** Does nothing but the catalogue decide what this endpoint asks for, and whom? */
function isTheSameForAll({ merchant, service, endpoint }: Offering): boolean {
  const { rules, minimum, maximum } = termsOf(endpoint);
  const isPlain = rules.length === 0 && minimum === null && maximum === null && !merchant.merchant.rates;
  const isOpen = !service.callers && (service.cors?.origins ?? ["*"]).includes("*");
  return isPlain && isOpen && endpoint.intent === "charge" && !endpoint.free;
}

/** The rails that stand behind these challenges, in their order; `null` when one of them makes each offer anew. */
function railsBehind(
  deps: GatewayDeps,
  { merchant, service }: Offering,
  challenges: readonly Challenge[],
): readonly ConnectedRail[] | null {
  const rails = deps.rails(merchant, service).filter(({ definition }) => definition.names?.mpp);
  const isKnown = rails.every(({ definition }) => definition.offersAlike && !definition.expires);
  const methods = new Set(rails.map(({ definition }) => definition.names?.mpp));
  if (!isKnown || methods.size !== rails.length) return null; // two of one method could be taken for each other
  const behind = challenges.map(({ method }) => rails.find((rail) => rail.definition.names?.mpp === method));
  return behind.every((rail) => rail !== undefined) ? behind : null;
}

const perRequest = new Set(["www-authenticate", "x-request-id"]);

async function takeApart(
  deps: GatewayDeps,
  { offering, upstream, response }: Answered,
): Promise<Demand | null> {
  const challenges = parseChallenges(response.headers.get("www-authenticate") ?? "");
  const rails = railsBehind(deps, offering, challenges);
  const { id, keys } = offering.merchant.merchant;
  const key = deps.challengeKey(id, keys.current);
  if (!rails || rails.length === 0 || !key) return null;
  const headers = [...response.headers].map(
    ([name, value]) => [name, perRequest.has(name) ? "" : value] as const,
  );
  const body = Buffer.from(await response.clone().arrayBuffer()).toString("latin1");
  const offers = challenges.flatMap((challenge, place) => {
    const rail = rails[place];
    return rail ? [{ rail, challenge }] : [];
  });
  return { key, offers, headers, body, upstream };
}

/** What is the same for all who ask for one target; `null` when it cannot be known or does not fit into one line. */
function readyFor({ key, offers }: Demand, offering: Offering): Target | null {
  const ready = offers.flatMap(({ rail, challenge }) => {
    const renew = renewal(challenge, key, scopeOf(offering, rail));
    const { method, intent } = challenge;
    return renew ? [{ method, intent, renew, ttlMs: rail.definition.ttl.default * 1000 }] : [];
  });
  if (ready.length !== offers.length) return null;
  return lineOf(ready, new Date(0)).length < fieldLengthMax ? { offering, offers: ready } : null;
}

const lineOf = (offers: readonly Offer[], now: Date): string =>
  offers
    .map(({ renew, ttlMs }) => renew({ nonce: randomNonce(), expires: new Date(now.getTime() + ttlMs) }))
    .join(", ");

/** What a request with these header lines prefers, as `Headers` would join it. */
function acceptedOf({ rawHeaders }: Arrival): string | null {
  let accepted: string | null = null;
  for (const [name, value] of rawHeaders) {
    if (name.length !== 14 || name.toLowerCase() !== "accept-payment") continue;
    accepted = accepted === null ? value : `${accepted}, ${value}`;
  }
  return accepted;
}

function offeringAt(snapshot: Snapshot, target: string): Offering | null {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  try {
    return findOffering(snapshot, "GET", { path, query: mark < 0 ? null : target.slice(mark + 1) });
  } catch (error) {
    if (Problem.is(error)) return null;
    throw error;
  }
}

function isUp({ upstream }: Demand): boolean {
  try {
    upstream.assertUp();
    return true;
  } catch {
    return false;
  }
}

/**
 * The short cut for the unpaid `402` (`decisions.md` 3). It knows nothing of its own: the first stranger at an endpoint
 * is answered the long way, and where that answer depends on the catalogue alone, the next ones get it with a new
 * nonce, a new expiry and their own path bound in. What the catalogue says is forgotten with its snapshot.
 */
export function createDemands(deps: GatewayDeps): Demands {
  const known = new WeakMap<Endpoint, Demand | "learning" | "differs">();
  const targets = new WeakMap<Snapshot, Map<string, Target>>();

  const demandOf = (offering: Offering): Demand | null => {
    const demand = known.get(offering.endpoint);
    return demand === undefined || typeof demand === "string" ? null : demand;
  };
  function find(snapshot: Snapshot, target: string): Target | null {
    const ready = targets.get(snapshot) ?? new Map<string, Target>();
    const kept = ready.get(target);
    if (kept) return kept;
    const offering = offeringAt(snapshot, target);
    const demand = offering && demandOf(offering);
    const made = demand && readyFor(demand, offering);
    if (!made) return null;
    if (ready.size >= targetsMax) ready.clear();
    targets.set(snapshot, ready.set(target, made));
    return made;
  }

  return {
    learn(answered) {
      const { request, arrival, offering, response } = answered;
      const { endpoint } = offering;
      if (response.status !== 402 || known.has(endpoint)) return;
      const isStranger = !["authorization", "payment-authorization", "accept-payment"].some((name) =>
        request.headers.has(name),
      );
      if (request.method !== "GET" || !isStranger || arrival?.origin !== undefined) return;
      if (prefersPage(request.headers.get("accept")) || arrival?.onDemand) return; // a person's answer is no program's
      known.set(endpoint, isTheSameForAll(offering) ? "learning" : "differs");
      if (known.get(endpoint) === "differs") return;
      takeApart(deps, answered).then(
        (demand) => known.set(endpoint, demand ?? "differs"),
        () => known.set(endpoint, "differs"),
      );
    },
    answer(arrival) {
      const started = performance.now();
      const snapshot = deps.catalog.peek?.();
      if (!snapshot || (deps.production && !mayTakeMoney(arrival))) return null;
      const target = find(snapshot, arrival.target);
      const demand = target && demandOf(target.offering);
      if (!demand || !isUp(demand)) return null;
      const { offering, offers } = target;
      if (readCredential(arrival.rawHeaders, fieldOf(offering.endpoint)).kind !== "none") return null;
      if (linesPreferPage(arrival.rawHeaders)) return null;
      const line = lineOf(selectOffers(offers, acceptedOf(arrival)), deps.clock.now());
      const lines: string[] = [];
      for (const [name, value] of demand.headers) {
        lines.push(name, name === "www-authenticate" ? line : name === "x-request-id" ? newId("req") : value);
      }
      deps.count(offering, "challenged");
      deps.observe.answered({ offering, status: 402, ms: performance.now() - started });
      return { status: 402, lines, body: demand.body };
    },
  };
}
