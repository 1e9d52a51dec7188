import type { Money, Price } from "@/lib/money";
import { Problem, railSlug, type Slug } from "@/lib/problems";
import type { ConnectedRail } from "@/lib/processor";
import { type Credential, readRequest, verifyCredential } from "@/lib/protocol";
import { expectationOf, quoteOf, railOf } from "./check";
import type { GatewayDeps, Visit } from "./deps";
import { quoteOf as priceOf } from "./price";

export type Sessions = NonNullable<ConnectedRail["abilities"]["sessions"]>;

/** What passed every check that needs no network: the rail, what its challenge offered, and what the payload asks for. */
export type SessionAsked = Readonly<{
  credential: Credential;
  rail: ConnectedRail;
  sessions: Sessions;
  /** Is this sold on the rail now? What is paused opens and adds to nothing. */
  isOffered: boolean;
  offer: Record<string, unknown>;
  verb: "open" | "charge" | "topUp" | "close";
  channelId: string | null;
  claims: readonly string[];
  /** The unit price that the challenge named. */
  quoted: Money;
  priceVersion: number;
  expires: Date;
}>;

/** Checks a session's credential against the endpoint. Which request it comes with does not matter: vouchers travel beside. */
export function checkSession(
  deps: GatewayDeps,
  visit: Visit,
  credential: Credential,
): SessionAsked | { refused: Slug } {
  const { challenge } = credential;
  if (!deps.knowsMethod(challenge.method)) throw new Problem("method-unsupported");
  const rail = railOf(deps, visit, credential);
  if (!rail) return { refused: "invalid-challenge" };
  const verdict = verifyCredential(credential, expectationOf(deps, visit, rail));
  if (verdict !== "ok") return { refused: verdict };
  const { sessions } = rail.abilities;
  const request = readRequest(challenge);
  const quoted = request && quoteOf(visit, rail, { challenge, request });
  if (!request || !quoted) return { refused: "invalid-challenge" };
  if (!sessions) throw new Problem("rail-unavailable");

  const read = sessions.read(credential.payload);
  const needsChannel = read?.verb !== "open";
  if (!read || (needsChannel && !read.channel)) {
    return { refused: railSlug(sessions.words.problems?.malformed, "invalid-payload") };
  }
  const { merchant, service, endpoint } = visit.offering;
  const isPaused = service.paused || endpoint.paused;
  return {
    credential,
    rail,
    sessions,
    isOffered: !isPaused && deps.rails(merchant, service).includes(rail),
    offer: request,
    verb: read.verb,
    channelId: read.channel ?? null,
    claims: read.claims,
    quoted: quoted.requested,
    priceVersion: quoted.priceVersion,
    expires: quoted.expires,
  };
}

export type UnitPrice = Readonly<{ price: Money; list: Price }>;

/** What one unit of this very request costs now; a challenge that named less does not buy it. */
export async function unitPriceOf(
  deps: GatewayDeps,
  visit: Visit,
  { rail, quoted }: SessionAsked,
): Promise<UnitPrice | { refused: Slug } | "free"> {
  const quote = await priceOf(deps, visit, [rail]);
  switch (quote.kind) {
    case "priced": {
      const [offer] = quote.offers;
      if (offer?.state !== "offered") throw new Problem("rail-unavailable");
      if (offer.money.units > quoted.units) return { refused: "payment-insufficient" };
      return { price: offer.money, list: quote.price };
    }
    case "free":
      return "free";
    case "rejected":
      throw new Problem(quote.by === "rule" ? "forbidden" : "bad-request", quote.message);
    case "unavailable":
      throw new Problem("unavailable", "The price of this request cannot be told at the moment.", {
        retryAfter: 5,
      });
  }
}
