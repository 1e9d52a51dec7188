import { type Currency, findCurrency, Money, type Price } from "@/lib/money";
import { namesPayer, payerOf, type QuoteNote, readNote, sameInputs } from "@/lib/pricing";
import { Problem, railSlug, type Slug } from "@/lib/problems";
import type { ConnectedRail } from "@/lib/processor";
import {
  type Challenge,
  type Credential,
  type JsonObject,
  parseTimestamp,
  readOpaque,
  readRequest,
  realmOf,
  verifyCredential,
} from "@/lib/protocol";
import type { GatewayDeps, Visit } from "./deps";
import { originOf } from "./origin";
import { pricedRequestOf } from "./price";
import { fieldOf, scopeOf } from "./scope";

/** What passed every check that needs no network: the rail, what it offered, and the payer's proof. */
export type Presented = Readonly<{
  credential: Credential;
  rail: ConnectedRail;
  /** Is this sold on the rail now? What is paused only serves what was paid before. */
  isOffered: boolean;
  offer: Record<string, unknown>;
  proof: unknown;
  /** What was quoted: it holds until the challenge expires, whatever the price is now. */
  requested: Money;
  list: Price;
  priceVersion: number;
  /** What the price depended on, when it was not fixed. */
  inputs: string | null;
  rate: QuoteNote["rate"];
  rule: string | null;
  expires: Date;
}>;

/**
 * Checks a credential against the request in hand: ours, unaltered, for this very request, and of the shape the rail
 * asks for. Nothing is written, so a stranger who saw a challenge cannot burn it with junk.
 */
export function checkCredential(
  deps: GatewayDeps,
  visit: Visit,
  credential: Credential,
): Presented | { refused: Slug } {
  const { challenge } = credential;
  if (!deps.knowsMethod(challenge.method)) throw new Problem("method-unsupported");

  const rail = railOf(deps, visit, credential);
  if (!rail) return { refused: "invalid-challenge" };
  const verdict = verifyCredential(credential, expectationOf(deps, visit, rail));
  if (verdict !== "ok") return { refused: verdict };
  if (!isPricedForThis(visit, credential)) return { refused: "invalid-challenge" };

  const request = readRequest(challenge);
  const offer = rail.definition.offer.safeParse(request);
  if (!request || !offer.success) return { refused: "invalid-challenge" };
  const proof = rail.definition.proof?.safeParse(credential.payload);
  if (!proof?.success) {
    return { refused: railSlug(rail.definition.problems?.["invalid-payload"], "invalid-payload") };
  }
  const quoted = quoteOf(visit, rail, { challenge, request });
  if (!quoted) return { refused: "invalid-challenge" };
  const { merchant, service, endpoint } = visit.offering;
  const isPaused = service.paused || endpoint.paused;
  const isOffered = !isPaused && deps.rails(merchant, service).includes(rail);
  return { credential, rail, isOffered, offer: request, proof: proof.data, ...quoted };
}

/** Does all that the price depended on stand in this request as it stood then, and is the payer who they said? */
function isPricedForThis(visit: Visit, { challenge, source }: Credential): boolean {
  const inputs = readOpaque(challenge.opaque)?.inputs ?? null;
  if (inputs === null) return true;
  const request = pricedRequestOf(visit);
  if (!sameInputs(inputs, request)) return false;
  return !namesPayer(inputs) || source === payerOf(request);
}

/** Reads back what we quoted. The id proved that the words are ours. */
export function quoteOf(
  visit: Visit,
  rail: ConnectedRail,
  { challenge, request }: { challenge: Challenge; request: JsonObject },
) {
  const { amount, currency } = request;
  const opaque = readOpaque(challenge.opaque);
  const priceVersion = Number(opaque?.priceVersion);
  const note = opaque?.quote === undefined ? null : readNote(opaque.quote);
  const expires = challenge.expires === undefined ? null : parseTimestamp(challenge.expires);
  const known = typeof currency === "string" ? currencyOf(rail, currency) : null;
  const written = typeof amount === "string" && known ? Money.parse(amount, { ...known, exponent: 0 }) : null;
  const requested = rail.definition.amountOf?.(request) ?? written;
  const { prices, price } = visit.offering.endpoint;
  const list = note?.price ?? prices.get(priceVersion) ?? price;
  if (!requested || !known || !expires || !list) return null;
  const { rate = null, rule = null } = note ?? {};
  return {
    ...{ requested: Money.of(requested.units, known), list, priceVersion, expires },
    ...{ inputs: opaque?.inputs ?? null, rate, rule },
  };
}

/** The rail's currency by the name the wire gives it; a rail of one currency may call it what it likes. */
function currencyOf({ definition }: ConnectedRail, name: string): Currency | null {
  const { currencies } = definition;
  if (currencies === "any") return findCurrency(name.toUpperCase());
  const named = currencies.find(({ code }) => code.toLowerCase() === name.toLowerCase());
  return named ?? (currencies.length === 1 ? (currencies[0] ?? null) : null);
}

/** The rail that this credential's challenge names in its scope. */
export function railOf(
  deps: GatewayDeps,
  visit: Visit,
  { challenge }: Credential,
): ConnectedRail | undefined {
  const { merchant, service, endpoint } = visit.offering;
  const scope = readOpaque(challenge.opaque)?.scope;
  if (challenge.intent !== endpoint.intent) return undefined;
  return deps
    .railsPaid(merchant, service)
    .find(
      (rail) => rail.definition.names?.mpp === challenge.method && scopeOf(visit.offering, rail) === scope,
    );
}

export function expectationOf(deps: GatewayDeps, visit: Visit, rail: ConnectedRail) {
  const { merchant, service, endpoint } = visit.offering;
  const now = deps.clock.now();
  return {
    keyOf(keyId: string) {
      const key = merchant.merchant.keys.all.find(({ id }) => id === keyId);
      if (!key || (key.retiresAt && key.retiresAt <= now)) return null;
      return deps.challengeKey(merchant.merchant.id, keyId);
    },
    realm: realmOf(originOf(visit.arrival, deps.origin)),
    scope: scopeOf(visit.offering, rail),
    mode: service.mode,
    digest: endpoint.intent === "session" ? null : visit.digest,
    field: fieldOf(endpoint),
    now,
    // The claim judges the expiry: what was paid in time and not served is redeemed later than that.
    skipExpiry: true,
  };
}
