import type { ConfiguredRail, Endpoint, MerchantView, Service } from "@/lib/catalog";
import { createGateway, type Gateway, type GatewayDeps } from "@/lib/gateway";
import { Money, type Price } from "@/lib/money";
import { factsOf, type Pricing, type RailFacts, type RailOffer, railOffers } from "@/lib/pricing";
import type { ConnectedRail } from "@/lib/processor";
import { type Challenge, decodeObject, parseChallenges } from "@/lib/protocol";
import { findRail } from "@/lib/rails";
import type { RailConnections } from "./connect-rails";

/** An answer as text, and which of its characters differ from one request to the next. */
export type PreviewedAnswer = Readonly<{
  status: number;
  url: string;
  /** Status line, header lines, empty line and body, as a client would print them. */
  text: string;
  changing: readonly { start: number; end: number }[];
  /** The value of `WWW-Authenticate`, when there is one. */
  challenges: string | null;
  /** The same challenges with their encoded parts opened. */
  decoded: readonly DecodedChallenge[];
}>;

export type DecodedChallenge = Readonly<{
  /** As they stand in the header: id, realm, method, intent, expires and their like. */
  parameters: readonly (readonly [name: string, value: string])[];
  request: Readonly<Record<string, unknown>>;
  opaque: Readonly<Record<string, unknown>> | null;
}>;

export type PreviewedOffer = Readonly<{
  rail: string;
  title: string;
  isOffered: boolean;
  /** What the payer is asked for, exact decimal text; `null` when the rail is not offered. */
  amount: string | null;
  currency: string | null;
  isExact: boolean;
  why: string | null;
}>;

export type Preview = Readonly<{
  unpaid(merchant: string, service: Service, endpoint: Endpoint): Promise<PreviewedAnswer>;
  /** What each rail makes of a price, with the merchant's rates as they stand. */
  offers(view: MerchantView): Promise<OffersFor>;
}>;

type OffersFor = (
  sold: Pick<Service, "mode" | "rails">,
  price: Price,
  intent?: "charge" | "session",
) => readonly PreviewedOffer[];

type Parts = Readonly<{
  origin: string;
  gateway: Gateway;
  connections: Pick<RailConnections, "find">;
  pricing: Pick<Pricing, "rates">;
}>;

/** Shows a merchant what payers will meet, made by the very functions that payers meet. */
export function createPreview({ origin, gateway, connections, pricing }: Parts): Preview {
  return {
    async unpaid(merchant, service, endpoint) {
      // Pattern parameters stand for themselves: {city} is asked for as "city".
      const path = endpoint.path.replace(/\{(\w+)(?:\.{3})?\}/g, "$1").replace(/\/\*$/, "/file");
      const target = `/pay/${merchant}/${service.slug}${path}`;
      const request = new Request(`${origin}${target}`, { method: endpoint.method });
      const arrival = { target, rawHeaders: [], peer: "127.0.0.1", secure: true };
      const answer = await gateway.handle(request, arrival);
      const text = await answerText(answer);
      const challenges = answer.headers.get("www-authenticate");
      const decoded = challenges === null ? [] : parseChallenges(challenges).map(opened);
      return {
        status: answer.status,
        url: request.url,
        text,
        changing: changingIn(text),
        challenges,
        decoded,
      };
    },
    async offers(view) {
      const rates = await pricing.rates(view.merchant);
      return ({ mode, rails }, price, intent = "charge") => {
        const configured = rails.map((slug) => view.rails.get(slug)).filter((rail) => rail !== undefined);
        const facts = configured.map((rail) => factsAt(connections.find(view, rail.slug), rail));
        const offers = railOffers(price, { mode, intent, rates }, facts);
        return configured.map((rail, place) =>
          shown(rail.title ?? findRail(rail.kind)?.title ?? rail.kind, offers[place]),
        );
      };
    },
  };
}

/** A rail that cannot be connected is switched off as far as an offer goes. */
const factsAt = (connected: ConnectedRail | null, { slug, mode, enabled }: ConfiguredRail): RailFacts =>
  connected
    ? { ...factsOf(connected), enabled }
    : { slug, mode, enabled: false, currencies: "any", limits: undefined, sessions: false };

/** The gateway of a preview: it reads what the real one reads, takes nothing, and reaches nobody's upstream. */
export const previewGateway = (deps: GatewayDeps): Gateway =>
  createGateway({
    ...deps,
    pricing: { ...deps.pricing, quote: (ask) => deps.pricing.quote({ ...ask, dry: true }) },
    fetch: async () => new Response("The answer of the upstream stands here.\n"),
    count: () => undefined,
    observe: { answered: () => undefined, refused: () => undefined },
  });

function opened({ request, opaque, ...rest }: Challenge): DecodedChallenge {
  return {
    parameters: Object.entries(rest),
    request: decodeObject(request) ?? {},
    opaque: opaque === undefined ? null : decodeObject(opaque),
  };
}

function shown(title: string, offer: RailOffer | undefined): PreviewedOffer {
  if (offer?.state !== "offered") {
    const why = offer?.why ?? "It is not known here.";
    return {
      rail: offer?.rail ?? "",
      title,
      isOffered: false,
      amount: null,
      currency: null,
      isExact: false,
      why,
    };
  }
  const { rail, money, exact } = offer;
  const amount = Money.format(money);
  return { rail, title, isOffered: true, amount, currency: money.currency.code, isExact: exact, why: null };
}

async function answerText(answer: Response): Promise<string> {
  const lines = [`HTTP/1.1 ${answer.status} ${answer.status === 402 ? "Payment Required" : ""}`.trimEnd()];
  for (const [name, value] of answer.headers) lines.push(`${name}: ${value}`);
  return `${lines.join("\n")}\n\n${await answer.text()}`;
}

/** Id, expiry and nonce of each challenge, and the request id: the only bytes that differ. */
function changingIn(text: string): { start: number; end: number }[] {
  const found = text.matchAll(/\b(?:id|expires|opaque)="([^"]*)"|^x-request-id: (\S+)$/gm);
  return [...found].map((match) => {
    const value = match[1] ?? match[2] ?? "";
    const start = match.index + match[0].indexOf(value);
    return { start, end: start + value.length };
  });
}
