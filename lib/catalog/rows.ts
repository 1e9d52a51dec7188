import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Json } from "@/lib/db";
import type { Seal } from "@/lib/kit";
import { connectorPlace } from "./connectors/rows";
import { compilePattern } from "./paths";
import type { PriceRow } from "./price-store";
import {
  type EndpointDocument,
  type MerchantDocument,
  merchantDefaults,
  optionDefaults,
  type RailDocument,
  type ServiceDocument,
  serviceDefaults,
} from "./schema";
import { Mode } from "./schema-parts";
import { upstreamDefaults } from "./schema-upstream";
import { openTree, type Place, resealTree, sealTree } from "./secrets";
import type {
  EndpointColumns,
  EndpointRow,
  MerchantRow,
  RailColumns,
  RailRow,
  ServiceColumns,
  ServiceRow,
  storeResealed,
} from "./store";
import { type TermsDocument, termsOf } from "./terms";

type Ids = Readonly<{ id: string; merchantId: string; position: number }>;

/** The database returns what was validated before it was written; this says so where TypeScript cannot know. */
const stored = <T>(value: unknown): T => value as T;

type Settings = Record<string, unknown>;
type UpstreamDocument = ServiceDocument["upstream"];

/** What says something else than its default. */
const written = (value: object, defaults: Readonly<Record<string, unknown>>): Json =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([key, item]) => item !== undefined && !isDeepStrictEqual(item, defaults[key]),
    ),
  );

type Whose = Pick<Ids, "id" | "merchantId">;
const placeIn =
  (table: Place["table"], column: string) =>
  ({ id, merchantId }: Whose): Place => ({ table, column, row: id, merchant: merchantId });
const railPlace = placeIn("rail", "settings");
const upstreamPlace = placeIn("service", "upstream");
const servicePlace = placeIn("service", "settings");
const termsPlace = placeIn("endpoint", "terms");

export const railDocument = (seal: Seal, row: RailRow): RailDocument => ({
  id: row.slug,
  kind: row.kind,
  mode: Mode.parse(row.mode),
  ...(row.title === null ? {} : { title: row.title }),
  enabled: row.enabled,
  settings: stored<Settings>(openTree(seal, railPlace(row), row.settings)),
});

export const railColumns = (seal: Seal, ids: Ids, rail: RailDocument): RailColumns => ({
  ...ids,
  slug: rail.id,
  kind: rail.kind,
  mode: rail.mode,
  title: rail.title ?? null,
  enabled: rail.enabled,
  settings: stored<Json>(sealTree(seal, railPlace(ids), rail.settings)),
});

function upstreamDocument(seal: Seal, row: ServiceRow): UpstreamDocument {
  const own = stored<Pick<UpstreamDocument, "url">>(openTree(seal, upstreamPlace(row), row.upstream));
  return Object.assign({ url: own.url }, upstreamDefaults, own); // the address first, as people write it
}

type ServiceSettings = Pick<ServiceDocument, "listed" | "paused" | "about" | "cors" | "callers">;

export const serviceDocument = (seal: Seal, row: ServiceRow): ServiceDocument => ({
  slug: row.slug,
  title: row.title,
  mode: Mode.parse(row.mode),
  kind: "http",
  upstream: upstreamDocument(seal, row),
  ...serviceDefaults,
  ...stored<Partial<ServiceSettings>>(openTree(seal, servicePlace(row), row.settings)),
  ...(row.domain === null ? {} : { domain: row.domain }),
  rails: row.rails,
  endpoints: row.endpoints.map((endpoint) => endpointDocument(seal, endpoint)),
});

export function serviceColumns(seal: Seal, ids: Ids, service: ServiceDocument): ServiceColumns {
  const { slug, title, mode, kind, upstream, rails, domain, endpoints: _, ...settings } = service;
  const { url, headers, timeoutMs, ...more } = upstream;
  const ownUpstream = { url, headers, timeoutMs, ...stored<object>(written(more, upstreamDefaults)) };
  return {
    ...ids,
    slug,
    title,
    mode,
    kind,
    upstream: stored<Json>(sealTree(seal, upstreamPlace(ids), ownUpstream)),
    rails,
    domain: domain ?? null,
    settings: stored<Json>(sealTree(seal, servicePlace(ids), written(settings, serviceDefaults))),
  };
}

/** The terms of an endpoint, or of one of its earlier prices, secrets opened. */
export const openTerms = (
  seal: Seal,
  whose: Readonly<{ id: string; merchantId: string }>,
  terms: unknown,
): TermsDocument => stored<TermsDocument>(openTree(seal, termsPlace(whose), terms));

/** A merchant's envelopes under the present secret; those that moved, and how many did or could not be read. */
export function resealRows(seal: Seal, row: MerchantRow, prices: readonly PriceRow[]) {
  let moved = 0;
  let unreadable = 0;
  const again = <T extends object>(keys: T, ...columns: [name: string, place: Place, tree: unknown][]) => {
    let isMoved = false;
    const trees = columns.map(([name, place, tree]) => {
      const done = resealTree(seal, place, tree);
      moved += done.moved;
      unreadable += done.unreadable;
      isMoved ||= done.moved > 0;
      return [name, done.tree] as const;
    });
    return isMoved ? [{ ...keys, ...Object.fromEntries(trees) }] : [];
  };
  const endpoints = row.services.flatMap((service) => service.endpoints);
  const resealed = {
    rails: row.rails.flatMap((one) => again({ id: one.id }, ["settings", railPlace(one), one.settings])),
    services: row.services.flatMap((one) =>
      again(
        { id: one.id },
        ["upstream", upstreamPlace(one), one.upstream],
        ["settings", servicePlace(one), one.settings],
      ),
    ),
    connectors: row.connectors.flatMap((one) =>
      again({ id: one.id }, ["settings", connectorPlace(one), one.settings]),
    ),
    endpoints: endpoints.flatMap((one) => again({ id: one.id }, ["terms", termsPlace(one), one.terms])),
    prices: prices.flatMap(({ endpointId, version, terms }) =>
      again({ endpointId, version }, ["terms", termsPlace({ id: endpointId, merchantId: row.id }), terms]),
    ),
  };
  return { resealed: stored<Parameters<typeof storeResealed>[1]>(resealed), moved, unreadable };
}

const Intent = z.enum(["charge", "session"]);

const intentOf = ({ intent }: EndpointRow) => Intent.parse(intent);

const priceOf = ({ priceAmount, priceCurrency }: EndpointRow) =>
  priceAmount === null || priceCurrency === null ? null : { amount: priceAmount, currency: priceCurrency };

type OptionsDocument = Omit<EndpointDocument, keyof TermsDocument | "price">;

export function endpointDocument(seal: Seal, row: EndpointRow): EndpointDocument {
  const price = priceOf(row);
  return {
    ...optionDefaults,
    ...stored<Partial<OptionsDocument>>(row.options),
    method: stored<EndpointDocument["method"]>(row.method),
    path: row.path,
    ...(row.description === null ? {} : { description: row.description }),
    free: row.free,
    intent: intentOf(row),
    ...(row.unit === null ? {} : { unit: row.unit }),
    ...(price ? { price } : {}),
    ...openTerms(seal, row, row.terms),
  };
}

/** Keys that have no column of their own and say something else than their defaults. */
function writtenOptions(endpoint: EndpointDocument): Json {
  const { method, path, description, free, intent, unit, price, ...more } = endpoint;
  const { rules, minimum, maximum, meter, ...options } = more;
  return written(options, optionDefaults);
}

/** Identity of an endpoint within its service: what the same request would find. */
export function endpointKey({ method, path }: { method: string; path: string }): string {
  const compiled = compilePattern(path);
  return `${method} ${compiled.ok ? compiled.pattern.shape : path}`;
}

export function endpointColumns(
  seal: Seal,
  ids: Ids & { serviceId: string; priceVersion: number },
  endpoint: EndpointDocument,
): EndpointColumns {
  const { method, path } = endpoint;
  return {
    ...ids,
    method,
    path,
    shape: endpointKey(endpoint).slice(method.length + 1),
    description: endpoint.description ?? null,
    free: endpoint.free,
    intent: endpoint.intent,
    unit: endpoint.unit ?? null,
    priceAmount: endpoint.price?.amount ?? null,
    priceCurrency: endpoint.price?.currency ?? null,
    terms: stored<Json>(sealTree(seal, termsPlace(ids), termsOf(endpoint) ?? {})),
    options: writtenOptions(endpoint),
  };
}

type MerchantSettings = Pick<MerchantDocument, "listed" | "about" | "brand" | "rates">;

export const merchantDocument = (row: MerchantRow): MerchantDocument => ({
  slug: row.slug,
  name: row.name,
  currency: row.currency,
  timeZone: row.timeZone,
  ...merchantDefaults,
  ...stored<Partial<MerchantSettings>>(row.settings),
  ...(row.domain === null ? {} : { domain: row.domain }),
});

export function merchantColumns({ domain, ...merchant }: MerchantDocument) {
  const { slug, name, currency, timeZone, ...more } = merchant;
  return {
    slug,
    name,
    currency,
    timeZone,
    domain: domain ?? null,
    settings: written(more, merchantDefaults),
  };
}
