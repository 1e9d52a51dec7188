import { complain, isObject, listOf, readPart, type To, under } from "./faults";
import { keepSecrets } from "./kept";
import { compilePattern } from "./paths";
import { readEndpoint } from "./read-endpoint";
import type { RailKind } from "./read-rail";
import type { MerchantTerms, PriceOnRails, RailFacts, TermsReaders } from "./readers";
import { endpointKey } from "./rows";
import { type EndpointDocument, Service, type ServiceDocument } from "./schema";
import { Mode } from "./schema-parts";
import type { Mode as RailMode } from "./types";

/** A rail of the same document, as far as it could be read. */
export type NamedRail = Readonly<{
  slug: string;
  mode: RailMode | null;
  kind: RailKind | null;
  rates: RailFacts["rates"];
  limitsOf?: RailFacts["limitsOf"];
}>;

/** Services as they are stored, secrets opened, by slug. */
export type StoredServices = ReadonlyMap<
  string,
  Pick<ServiceDocument, "callers" | "endpoints"> & {
    upstream: Pick<ServiceDocument["upstream"], "headers" | "auth">;
  }
>;

export type ServiceContext = Readonly<{
  rails: ReadonlyMap<string, NamedRail>;
  stored: StoredServices;
  priceOnRails: PriceOnRails;
  readers: TermsReaders;
  merchant: MerchantTerms | null;
  /** Why this installation must not call an address; `null` when it may. */
  checkAddress(url: string): string | null;
}>;

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
    const { unit, step } = rail.kind;
    const { slug, mode: itsMode, rates, limitsOf } = rail;
    const own = { slug, mode: itsMode, enabled: true, rates, limitsOf };
    facts.push({ ...own, currencies, limits, unit, step, sessions });
  }
  return isWhole ? facts : null;
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

/** Headers by lower-case name: however a header is written, it is the same one. */
const byLowerName = (headers: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** The service with every secret known. */
function keepOfService(service: ServiceDocument, stored: StoredServices, to: To): ServiceDocument {
  const { upstream, callers } = service;
  const kept = stored.get(service.slug);
  const old = byLowerName(kept?.upstream.headers ?? {});
  const headers = Object.entries(upstream.headers).map(([name, value]) => {
    const place = under(to, "upstream", "headers", name);
    return [name, keepSecrets(value, old[name.toLowerCase()], place)] as const;
  });
  const auth = keepSecrets(upstream.auth, kept?.upstream.auth, under(to, "upstream", "auth"));
  const own = keepSecrets(callers, kept?.callers, under(to, "callers"));
  return {
    ...service,
    // safe: keeping secrets changes nothing but secrets
    upstream: { ...upstream, headers: Object.fromEntries(headers), ...(upstream.auth ? { auth } : {}) },
    ...(callers ? { callers: own } : {}),
  } as ServiceDocument;
}

/** Two callers of one key could not be told apart. */
function checkCallerKeys({ callers }: ServiceDocument, to: To): void {
  const keys = callers?.keys.map(({ key }) => key.$secret) ?? [];
  for (const [place, key] of keys.entries()) {
    if (key === null || keys.indexOf(key) === place) continue;
    complain(under(to, "callers", "keys", place, "key"), "Another caller has this key.");
  }
}

/** Reads `services[n]`; `null` when it is no service. Whatever is wrong joins `faults`. */
export function readService(value: unknown, context: ServiceContext, to: To): ServiceDocument | null {
  const service = readPart(Service, value, to);
  if (!isObject(value)) return null;
  const { priceOnRails, readers, merchant, checkAddress } = context;
  const slug = typeof value.slug === "string" ? value.slug : "";
  const stored = new Map(
    context.stored.get(slug)?.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]),
  );
  const terms = {
    slug,
    mode: modeOf(value) ?? null,
    rails: readRails(value, context.rails, to),
    priceOnRails,
    readers,
    merchant,
    findStored: (endpoint: EndpointDocument) => stored.get(endpointKey(endpoint)),
    checkAddress,
  };
  const list = listOf(value, "endpoints");
  const endpoints = list.map((item, place) => readEndpoint(item, terms, under(to, "endpoints", place)));
  checkShapes(list, to);
  if (!service) return null;

  const refusal = checkAddress(service.upstream.url);
  if (refusal) complain(under(to, "upstream", "url"), refusal);
  const whole = { ...service, endpoints: endpoints.filter((endpoint) => endpoint !== null) };
  const kept = keepOfService(whole, context.stored, to);
  checkCallerKeys(kept, to);
  return kept;
}
