import { randomInt } from "node:crypto";
import { errorText } from "@/lib/kit";
import { noteOf, type RailOffer } from "@/lib/pricing";
import { Problem, problemResponse, type Slug } from "@/lib/problems";
import type { ConnectedRail } from "@/lib/processor";
import {
  type Challenge,
  formatChallenges,
  headerFor,
  issueChallenge,
  quoteNonce,
  randomNonce,
  realmOf,
  selectOffers,
} from "@/lib/protocol";
import { type Demand, prefersPage } from "./demand-page";
import type { GatewayDeps, Visit } from "./deps";
import { OfferCapped, requestOf } from "./draw";
import { originOf } from "./origin";
import type { Priced } from "./price";
import { quotaHeaders } from "./quota-headers";
import { fieldOf, scopeOf } from "./scope";

const retryAfterSeconds = 5;

type Offer = Extract<RailOffer, { state: "offered" }>;
type Offered = Readonly<{ rail: ConnectedRail; offer: Offer; priced: Priced }>;

async function issue(deps: GatewayDeps, visit: Visit, offered: Offered): Promise<Challenge | null> {
  const { merchant, service, endpoint } = visit.offering;
  const { rail, offer, priced } = offered;
  const { money } = offer;
  const fresh = randomNonce();
  const asked = await requestOf(deps, visit, { rail, money, list: priced.price, nonce: fresh });
  if (!asked) return null;
  const request = {
    amount: money.units.toString(),
    currency: money.currency.code.toLowerCase(),
    ...asked.request,
  };
  const keyId = merchant.merchant.keys.current;
  const bytes = deps.challengeKey(merchant.merchant.id, keyId);
  if (!bytes) throw new Error("the challenge key derives from a FAREBOX_SECRET that this process lacks");
  const scope = scopeOf(visit.offering, rail);
  const priceVersion = String(endpoint.priceVersion);
  const challenge = issueChallenge({
    key: { id: keyId, bytes },
    realm: realmOf(originOf(visit.arrival, deps.origin)),
    method: rail.definition.names?.mpp ?? "",
    intent: endpoint.intent,
    request,
    expires: expiryOf(deps, rail, asked.request),
    scope,
    priceVersion,
    mode: service.mode,
    inputs: priced.inputs ?? undefined,
    quote: noteOf(priced, offer) ?? undefined,
    nonce: rail.definition.quotesAlike ? quoteNonce({ key: bytes, request, scope, priceVersion }) : fresh,
    digest: endpoint.intent === "session" ? null : visit.digest,
    header: headerFor(fieldOf(endpoint)),
    description: endpoint.description ?? undefined,
  });
  await asked.name(challenge.id);
  return challenge;
}

/** One broken rail never hides the others: whatever it does wrong, its offer alone is left out. */
async function issueOrLeaveOut(
  deps: GatewayDeps,
  visit: Visit,
  offered: Offered,
): Promise<Challenge | OfferCapped | null> {
  try {
    return await issue(deps, visit, offered);
  } catch (error) {
    if (error instanceof OfferCapped) return error;
    const merchant = visit.offering.merchant.merchant.slug;
    deps.log("warn", "rail.offer-failed", { rail: offered.rail.slug, merchant, error: errorText(error) });
    return null;
  }
}

/** Where a quote's challenges differ in nothing but their time, that tells them apart. */
const jitterMs = 60_000;

/** A challenge never outlives what the rail offered in it. */
function expiryOf(deps: GatewayDeps, rail: ConnectedRail, request: Record<string, unknown>): Date {
  const { ttl, quotesAlike } = rail.definition;
  const early = quotesAlike ? randomInt(jitterMs) : 0;
  const own = new Date(deps.clock.now().getTime() + ttl.default * 1000 - early);
  const theirs = rail.abilities.draws?.expires(request) ?? rail.definition.expires?.(request as never);
  return theirs && theirs < own ? theirs : own;
}

export type Quoted = Readonly<{ rails: readonly ConnectedRail[]; priced: Priced }>;

/** One challenge per rail that can carry the price, the merchant's preferred one first. */
async function challengesFor(
  deps: GatewayDeps,
  visit: Visit,
  { rails, priced }: Quoted,
): Promise<{ offers: Demand["offers"]; capped: readonly OfferCapped[] }> {
  const issued = await Promise.all(
    rails.map(async (rail, place) => {
      const offer = priced.offers[place];
      return offer?.state === "offered" ? await issueOrLeaveOut(deps, visit, { rail, offer, priced }) : null;
    }),
  );
  const offers = rails.flatMap((rail, place) => {
    const [challenge, offer] = [issued[place], priced.offers[place]];
    if (!challenge || challenge instanceof OfferCapped || offer?.state !== "offered") return [];
    return [{ rail, challenge, money: offer.money }];
  });
  return { offers, capped: issued.filter((offer) => offer instanceof OfferCapped) };
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
  const { offers, capped } = await challengesFor(deps, visit, quoted);
  const all = offers.map(({ challenge }) => challenge);
  if (all.length === 0 && capped.length > 0) {
    const waitMs = Math.min(...capped.map(({ retryAfterMs }) => retryAfterMs));
    throw new Problem(
      "rate-limited",
      "Too many offers stand unpaid. Pay one, or ask again after Retry-After.",
      {
        retryAfter: Math.ceil(waitMs / 1000),
      },
    );
  }
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
  if (visit.request.method === "HEAD") return new Response(null, response);
  const origin = originOf(visit.arrival, deps.origin);
  const demand = { offering: visit.offering, origin, price: quoted.priced.price, offers };
  visit.arrival?.onDemand?.(demand);
  return slug === "payment-required" ? asPage(deps, visit, { response, demand }) : response;
}

/** The same `402` for a person: the same challenges in the same header, and a page in place of the problem's JSON. */
function asPage(
  deps: GatewayDeps,
  { request, offering }: Visit,
  { response, demand }: Readonly<{ response: Response; demand: Demand }>,
): Response {
  const isRead = request.method === "GET" && offering.endpoint.intent === "charge";
  const page = isRead && prefersPage(request.headers.get("accept")) ? deps.page?.(demand) : null;
  if (!page) return response;
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set("vary", "Accept, Accept-Payment, Accept-Language");
  for (const [name, value] of Object.entries(page.headers)) headers.set(name, value);
  return new Response(page.body, { status: response.status, headers });
}
