import type { Price as ListPrice } from "@/lib/money";
import type { FieldFault } from "@/lib/problems";
import { isObject, listOf, placeOf, readPart } from "./faults";
import { compilePattern } from "./paths";
import type { RailKind } from "./read-rail";
import { Endpoint, type EndpointDocument, Mode, Price, Service, type ServiceDocument } from "./schema";
import type { SecretValue } from "./secrets";
import type { Intent, Mode as RailMode } from "./types";

/** A rail of the same document, as far as it could be read. */
export type NamedRail = Readonly<{ slug: string; mode: RailMode | null; kind: RailKind | null }>;

type RailFacts = Readonly<{
  slug: string;
  mode: RailMode;
  enabled: boolean;
  currencies: RailKind["currencies"];
  limits: RailKind["limits"];
  sessions: boolean;
}>;

/** `railOffers` of the pricing room, which this room does not know. */
export type PriceOnRails = (
  price: ListPrice,
  sold: { mode: RailMode; intent: Intent },
  rails: readonly RailFacts[],
) => readonly ({ state: "offered" } | { state: "not-offered"; reason: string; why: string })[];

/** Header values that are stored, opened, by service slug and lower-case name. */
export type StoredHeaders = ReadonlyMap<string, ReadonlyMap<string, string | SecretValue>>;

export type ServiceContext = Readonly<{
  rails: ReadonlyMap<string, NamedRail>;
  stored: StoredHeaders;
  priceOnRails: PriceOnRails;
  /** Why this installation must not call an address; `null` when it may. */
  checkAddress(url: string): string | null;
}>;

type To = { at: string; faults: FieldFault[] };

const under = ({ at, faults }: To, ...steps: PropertyKey[]): To => ({ at: placeOf(at, steps), faults });
const complain = ({ at, faults }: To, message: string): void => void faults.push({ path: at, message });

const modeOf = ({ mode }: Record<string, unknown>): RailMode | undefined => Mode.safeParse(mode).data;

/** Rails named, existing, of the service's mode. `null` when any is not, because no price can be judged then. */
function readRails(raw: Record<string, unknown>, rails: ServiceContext["rails"], to: To): RailFacts[] | null {
  const { rails: names = [] } = raw;
  const mode = modeOf(raw);
  if (!Array.isArray(names)) return null;
  let isWhole = mode !== undefined;
  const facts: RailFacts[] = [];
  for (const [place, name] of names.entries()) {
    const rail = rails.get(name);
    const here = under(to, "rails", place);
    if (typeof name === "string" && !rail) complain(here, `There is no rail "${name}" in this document.`);
    if (names.indexOf(name) !== place) complain(here, "This rail is named twice.");
    if (rail?.mode && mode && rail.mode !== mode) {
      complain(here, `Rail "${rail.slug}" is a ${rail.mode} rail; this service is in ${mode}.`);
    }
    if (!rail?.mode || !rail.kind || rail.mode !== mode) {
      isWhole = false;
      continue;
    }
    // A rail that is switched off counts, so that it can be switched off while services name it.
    const { currencies, limits, sessions } = rail.kind;
    facts.push({ slug: rail.slug, mode: rail.mode, enabled: true, currencies, limits, sessions });
  }
  return isWhole ? facts : null;
}

/** Some rail must be able to take the price, and every rail must know its currency. */
function checkOffers(
  price: ListPrice,
  sold: { mode: RailMode; intent: Intent },
  { rails, priceOnRails, to }: { rails: readonly RailFacts[]; priceOnRails: PriceOnRails; to: To },
): void {
  const refusals = priceOnRails(price, sold, rails).filter((offer) => offer.state === "not-offered");
  const foreign = refusals.filter(({ reason }) => reason === "currency");
  const whys = refusals.map(({ why }) => why).join(" ");
  if (rails.length === 0) {
    complain(under(to, "price"), "The service names no rail, so nobody could pay this price.");
  } else if (foreign.length > 0) {
    complain(under(to, "price", "currency"), foreign.map(({ why }) => why).join(" "));
  } else if (refusals.length === rails.length) {
    const field = refusals.every(({ reason }) => reason === "session") ? "intent" : "price";
    complain(under(to, field), `No rail is left to pay with. ${whys}`);
  }
}

function checkTerms({ free, price, intent, unit }: Record<string, unknown>, to: To): void {
  const isFree = free === true;
  const hasPrice = price !== undefined;
  if (isFree && hasPrice)
    complain(under(to, "price"), "A free endpoint has no price; leave one of the two out.");
  if (!isFree && !hasPrice) complain(under(to, "price"), 'Write a price, or "free": true.');
  const isSession = intent === "session";
  if (isFree && isSession) complain(under(to, "intent"), "A free endpoint has no session.");
  if (isSession && unit === undefined) complain(under(to, "unit"), "A session is priced by a unit; name it.");
  if (!isSession && unit !== undefined) complain(under(to, "unit"), "Only a session has a unit.");
}

type Terms = Readonly<{
  mode: RailMode | null;
  rails: readonly RailFacts[] | null;
  priceOnRails: PriceOnRails;
}>;

function readEndpoint(value: unknown, { mode, rails, priceOnRails }: Terms, to: To): EndpointDocument | null {
  const endpoint = readPart(Endpoint, value, to);
  if (!isObject(value)) return null;
  checkTerms(value, to);
  const { price, intent, free } = value;
  const listPrice = Price.safeParse(price).data;
  if (listPrice && mode && rails && free !== true) {
    const sold = { mode, intent: intent === "session" ? "session" : "charge" } as const;
    checkOffers(listPrice, sold, { rails, priceOnRails, to });
  }
  return endpoint;
}

/** Two endpoints that the same request would find: the later one is named, with the earlier. */
function checkShapes(endpoints: readonly unknown[], to: To): void {
  const seen = new Map<string, { label: string; place: number }>();
  for (const [place, value] of endpoints.entries()) {
    const { method, path } = isObject(value) ? value : {};
    const compiled = typeof path === "string" ? compilePattern(path) : null;
    if (!compiled?.ok) continue;
    const key = `${method} ${compiled.pattern.shape}`;
    const label = `${method} ${path}`;
    const first = seen.get(key);
    if (first) {
      const message = `${label} and ${first.label} (endpoints[${first.place}]) cannot be told apart.`;
      complain(under(to, "endpoints", place, "path"), message);
    } else seen.set(key, { label, place });
  }
}

/** Header values with every secret known. */
function readHeaders(service: ServiceDocument, stored: StoredHeaders, to: To): ServiceDocument {
  const kept = stored.get(service.slug);
  const headers = Object.entries(service.upstream.headers).map(([name, value]) => {
    if (typeof value === "string" || value.$secret !== null) return [name, value] as const;
    const earlier = kept?.get(name.toLowerCase());
    if (typeof earlier === "object" && earlier.$secret !== null) return [name, earlier] as const;
    const message = 'Nothing readable is stored to be kept; write {"$secret": "…"}.';
    complain(under(to, "upstream", "headers", name), message);
    return [name, value] as const;
  });
  return { ...service, upstream: { ...service.upstream, headers: Object.fromEntries(headers) } };
}

/** Reads `services[n]`; `null` when it is no service. Whatever is wrong joins `faults`. */
export function readService(value: unknown, context: ServiceContext, to: To): ServiceDocument | null {
  const service = readPart(Service, value, to);
  if (!isObject(value)) return null;
  const terms = {
    mode: modeOf(value) ?? null,
    rails: readRails(value, context.rails, to),
    priceOnRails: context.priceOnRails,
  };
  const list = listOf(value, "endpoints");
  const endpoints = list.map((item, place) => readEndpoint(item, terms, under(to, "endpoints", place)));
  checkShapes(list, to);
  if (!service) return null;

  const refusal = context.checkAddress(service.upstream.url);
  if (refusal) complain(under(to, "upstream", "url"), refusal);
  const whole = { ...service, endpoints: endpoints.filter((endpoint) => endpoint !== null) };
  return readHeaders(whole, context.stored, to);
}
