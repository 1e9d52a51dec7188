import { z } from "zod";
import type { Json } from "@/lib/db";
import type { Seal } from "@/lib/kit";
import { compilePattern } from "./paths";
import {
  type ConfigDocument,
  type EndpointDocument,
  Mode,
  optionDefaults,
  type RailDocument,
  type ServiceDocument,
} from "./schema";
import { openTree, resealTree, type SecretValue, sealTree } from "./secrets";
import type {
  EndpointColumns,
  EndpointRow,
  MerchantRow,
  RailColumns,
  RailRow,
  ServiceColumns,
  ServiceRow,
} from "./store";
import type { EndpointOptions } from "./types";

type Ids = Readonly<{ id: string; merchantId: string; position: number }>;

/** The database returns what was validated before it was written; this says so where TypeScript cannot know. */
const stored = <T>(value: unknown): T => value as T;

type Settings = Record<string, unknown>;
type UpstreamDocument = ServiceDocument["upstream"];

const railPlace = ({ id, merchantId }: Pick<Ids, "id" | "merchantId">) =>
  ({ table: "rail", column: "settings", row: id, merchant: merchantId }) as const;
const servicePlace = ({ id, merchantId }: Pick<Ids, "id" | "merchantId">) =>
  ({ table: "service", column: "upstream", row: id, merchant: merchantId }) as const;

export const railDocument = (seal: Seal, row: RailRow): RailDocument => ({
  id: row.slug,
  kind: row.kind,
  mode: Mode.parse(row.mode),
  ...(row.title === null ? {} : { title: row.title }),
  enabled: row.enabled,
  settings: stored<Settings>(openTree(seal, railPlace(row), row.settings)),
});

/** The settings of a rail under the present secret, and how many envelopes were sealed anew or could not be read. */
export function resealSettings(seal: Seal, row: RailRow) {
  const { tree, ...counts } = resealTree(seal, railPlace(row), row.settings);
  return { settings: stored<Json>(tree), ...counts };
}

export function resealUpstream(seal: Seal, row: ServiceRow) {
  const { tree, ...counts } = resealTree(seal, servicePlace(row), row.upstream);
  return { upstream: stored<Json>(tree), ...counts };
}

export const railColumns = (seal: Seal, ids: Ids, rail: RailDocument): RailColumns => ({
  ...ids,
  slug: rail.id,
  kind: rail.kind,
  mode: rail.mode,
  title: rail.title ?? null,
  enabled: rail.enabled,
  settings: stored<Json>(sealTree(seal, railPlace(ids), rail.settings)),
});

export const upstreamDocument = (seal: Seal, row: ServiceRow): UpstreamDocument =>
  stored<UpstreamDocument>(openTree(seal, servicePlace(row), row.upstream));

export const serviceDocument = (seal: Seal, row: ServiceRow): ServiceDocument => ({
  slug: row.slug,
  title: row.title,
  mode: Mode.parse(row.mode),
  kind: "http",
  upstream: upstreamDocument(seal, row),
  rails: row.rails,
  endpoints: row.endpoints.map(endpointDocument),
});

export const serviceColumns = (seal: Seal, ids: Ids, service: ServiceDocument): ServiceColumns => ({
  ...ids,
  slug: service.slug,
  title: service.title,
  mode: service.mode,
  kind: service.kind,
  upstream: stored<Json>(sealTree(seal, servicePlace(ids), service.upstream)),
  rails: service.rails,
});

const Intent = z.enum(["charge", "session"]);

export const intentOf = ({ intent }: EndpointRow) => Intent.parse(intent);

export const optionsOf = ({ options }: EndpointRow): EndpointOptions => ({
  ...optionDefaults,
  ...stored<Partial<EndpointOptions>>(options),
});

export const priceOf = ({ priceAmount, priceCurrency }: EndpointRow) =>
  priceAmount === null || priceCurrency === null ? null : { amount: priceAmount, currency: priceCurrency };

export function endpointDocument(row: EndpointRow): EndpointDocument {
  const price = priceOf(row);
  return {
    method: stored<EndpointDocument["method"]>(row.method),
    path: row.path,
    ...(row.description === null ? {} : { description: row.description }),
    free: row.free,
    intent: intentOf(row),
    ...(row.unit === null ? {} : { unit: row.unit }),
    ...(price ? { price } : {}),
    ...optionsOf(row),
  };
}

/** Options that say something else than their defaults. */
function writtenOptions(endpoint: EndpointDocument): Json {
  const names = Object.keys(optionDefaults) as (keyof typeof optionDefaults)[]; // safe: its own keys
  return Object.fromEntries(
    names.filter((name) => endpoint[name] !== optionDefaults[name]).map((name) => [name, endpoint[name]]),
  );
}

/** Identity of an endpoint within its service: what the same request would find. */
export function endpointKey({ method, path }: { method: string; path: string }): string {
  const compiled = compilePattern(path);
  return `${method} ${compiled.ok ? compiled.pattern.shape : path}`;
}

export function endpointColumns(
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
    options: writtenOptions(endpoint),
  };
}

/** The configuration as it stands, secrets opened. */
export const configOf = (seal: Seal, row: MerchantRow): ConfigDocument => ({
  version: 1,
  merchant: { slug: row.slug, name: row.name, currency: row.currency, timeZone: row.timeZone },
  rails: row.rails.map((rail) => railDocument(seal, rail)),
  services: row.services.map((service) => serviceDocument(seal, service)),
});

/** What `{"$secret": null}` may keep. */
export function keptSecrets(config: ConfigDocument | null) {
  const rails = new Map((config?.rails ?? []).map((rail) => [rail.id, rail]));
  const headers = new Map<string, Map<string, string | SecretValue>>();
  for (const { slug, upstream } of config?.services ?? []) {
    const entries = Object.entries(upstream.headers);
    headers.set(slug, new Map(entries.map(([name, value]) => [name.toLowerCase(), value])));
  }
  return { rails, headers };
}
