import { errorText, within } from "@/lib/kit";
import { noteOf, type RailOffer } from "@/lib/pricing";
import { Problem, problemResponse, type Slug } from "@/lib/problems";
import type { ConnectedRail } from "@/lib/processor";
import {
  type Challenge,
  formatChallenges,
  headerFor,
  issueChallenge,
  randomNonce,
  realmOf,
  selectOffers,
} from "@/lib/protocol";
import type { GatewayDeps, Visit } from "./deps";
import { originOf } from "./origin";
import type { Priced } from "./price";
import { quotaHeaders } from "./quota-headers";
import { fieldOf, scopeOf } from "./scope";

const offerTimeoutMs = 5_000;
const retryAfterSeconds = 5;

type Offer = Extract<RailOffer, { state: "offered" }>;
type Offered = Readonly<{ rail: ConnectedRail; offer: Offer; priced: Priced }>;

/** What the rail asks the payer for, or `null` when it cannot be paid on right now. */
async function requestOf(
  deps: GatewayDeps,
  visit: Visit,
  { rail, offer: { money }, nonce }: Offered & { nonce: string },
): Promise<Record<string, unknown> | null> {
  const { merchant, endpoint } = visit.offering;
  const offer = await within(offerTimeoutMs, (signal) =>
    rail.abilities.offer(money, {
      key: `${nonce}:offer:1`,
      mode: rail.mode,
      signal,
      now: () => deps.clock.now(),
      reference: nonce,
      ttlSeconds: rail.definition.ttl.default,
      recipients: [{ id: merchant.merchant.slug, role: "seller", amount: money }],
      ...(endpoint.description ? { description: endpoint.description } : {}),
    }),
  );
  return "outcome" in offer ? null : (offer as Record<string, unknown>);
}

async function issue(deps: GatewayDeps, visit: Visit, offered: Offered): Promise<Challenge | null> {
  const { merchant, service, endpoint } = visit.offering;
  const { rail, offer, priced } = offered;
  const { money } = offer;
  const nonce = randomNonce();
  const request = await requestOf(deps, visit, { ...offered, nonce });
  if (!request) return null;
  const keyId = merchant.merchant.keys.current;
  const bytes = deps.challengeKey(merchant.merchant.id, keyId);
  if (!bytes) throw new Error("the challenge key derives from a FAREBOX_SECRET that this process lacks");
  return issueChallenge({
    key: { id: keyId, bytes },
    realm: realmOf(originOf(visit.arrival, deps.origin)),
    method: rail.definition.names?.mpp ?? "",
    intent: endpoint.intent,
    request: { amount: money.units.toString(), currency: money.currency.code.toLowerCase(), ...request },
    expires: expiryOf(deps, rail, request),
    scope: scopeOf(visit.offering, rail),
    priceVersion: String(endpoint.priceVersion),
    mode: service.mode,
    inputs: priced.inputs ?? undefined,
    quote: noteOf(priced, offer) ?? undefined,
    nonce,
    digest: endpoint.intent === "session" ? null : visit.digest,
    header: headerFor(fieldOf(endpoint)),
    description: endpoint.description ?? undefined,
  });
}

/** One broken rail never hides the others: whatever it does wrong, its offer alone is left out. */
async function issueOrLeaveOut(deps: GatewayDeps, visit: Visit, offered: Offered): Promise<Challenge | null> {
  try {
    return await issue(deps, visit, offered);
  } catch (error) {
    const merchant = visit.offering.merchant.merchant.slug;
    deps.log("warn", "rail.offer-failed", { rail: offered.rail.slug, merchant, error: errorText(error) });
    return null;
  }
}

/** A challenge never outlives what the rail offered in it. */
function expiryOf(deps: GatewayDeps, rail: ConnectedRail, request: Record<string, unknown>): Date {
  const own = new Date(deps.clock.now().getTime() + rail.definition.ttl.default * 1000);
  const theirs = rail.definition.expires?.(request as never);
  return theirs && theirs < own ? theirs : own;
}

export type Quoted = Readonly<{ rails: readonly ConnectedRail[]; priced: Priced }>;

/** One challenge per rail that can carry the price, the merchant's preferred one first. */
async function challengesFor(
  deps: GatewayDeps,
  visit: Visit,
  { rails, priced }: Quoted,
): Promise<readonly Challenge[]> {
  const issued = await Promise.all(
    rails.map(async (rail, place) => {
      const offer = priced.offers[place];
      return offer?.state === "offered" ? await issueOrLeaveOut(deps, visit, { rail, offer, priced }) : null;
    }),
  );
  return issued.filter((challenge) => challenge !== null);
}

/** Why a 402 is answered, and to which challenge. */
export type Refusal = Readonly<{ slug: Slug; challengeId?: string; retryAfter?: number }>;

/**
 * A 402 with every offer, and the only place one is made: 402 always carries a challenge, and nothing else ever does,
 * because stock clients pay again when they see one (`contracts/mpp.md` §4).
 */
export async function paymentRequired(
  deps: GatewayDeps,
  visit: Visit,
  { slug, challengeId, retryAfter, ...quoted }: Refusal & Quoted,
): Promise<Response> {
  const all = await challengesFor(deps, visit, quoted);
  if (all.length === 0) {
    throw new Problem("unavailable", "No way to pay works at the moment.", { retryAfter: retryAfterSeconds });
  }
  const line = formatChallenges(selectOffers(all, visit.request.headers.get("accept-payment")));
  if (!line) throw new Problem("unavailable", "No offer fits into one header field.");
  const problem = new Problem(slug, undefined, {
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(challengeId ? { members: { challengeId } } : {}),
  });
  const response = problemResponse(problem, {
    headers: {
      "www-authenticate": line,
      ...quotaHeaders(quoted.priced.quotas, deps.clock.now()),
      vary: "Accept-Payment, Accept-Language",
      "x-request-id": visit.requestId,
    },
  });
  return visit.request.method === "HEAD" ? new Response(null, response) : response;
}
