import type { Price } from "@/lib/money";
import type { Connector } from "./connectors/connector";

export type Mode = "test" | "live";

/** A challenge key's life; the key itself is derived, never stored. */
type ChallengeKeyLife = Readonly<{ id: string; retiresAt: Date | null }>;

/** What a merchant tells the public; texts are data. */
export type About = Readonly<{
  summary: string | null;
  homepage: string | null;
  categories: readonly string[];
}>;

/** The look of a merchant's pages for payers. */
export type Brand = Readonly<{
  /** `#rrggbb`, with the colour of text that can be read on it. */
  colour: Readonly<{ fill: string; text: string }> | null;
  /** The picture's hash and type. */
  logo: Readonly<{ sha256: string; type: string }> | null;
}>;

/** Who is paid. */
export type Merchant = Readonly<{
  id: string;
  slug: string;
  name: string;
  currency: string;
  timeZone: string;
  isDemo: boolean;
  /** A host name of the merchant's own, on which its services are sold at `/{service}/…`. */
  domain: string | null;
  /** Is it part of what the whole installation publishes? */
  listed: boolean;
  about: About;
  /** How the pages for payers look; absent parts are ours. */
  brand: Brand;
  /** Conversion rates as `readRates` gave them; `null` when none are set. */
  rates: unknown;
  keys: Readonly<{ current: string; all: readonly ChallengeKeyLife[] }>;
}>;

/** One configured way to be paid, its secrets opened. */
export type ConfiguredRail = Readonly<{
  id: string;
  merchantId: string;
  slug: string;
  kind: string;
  mode: Mode;
  title: string | null;
  enabled: boolean;
  settings: Readonly<Record<string, unknown>>;
}>;

/** What a merchant may set for one endpoint, defaults applied. */
export type EndpointOptions = Readonly<{
  /** How long a paid request that was not served can be repeated without a second charge. */
  redeemableForSeconds: number;
  bodyMaxBytes: number;
  /** The largest answer that is read whole before it leaves; streams are not counted. */
  responseMaxBytes: number;
  /** Does a `4xx` of the upstream count as served? (`401`, `403` and their like never do.) */
  billable4xx: boolean;
  /** Statuses of the upstream that are not what was sold, whatever `billable4xx` says. */
  neverBilled: readonly number[];
  /** Does asking the upstream again do no harm? GET and HEAD never do; then 502, 503 and 504 are repeated as well. */
  repeatable: boolean;
  /** Is the credential sent in `Payment-Authorization`, so that `Authorization` stays the upstream's? */
  paymentAuthorization: boolean;
}>;

export type Intent = "charge" | "session";

/** A JSON Schema 2020-12 without references. */
export type JsonSchema = boolean | Readonly<Record<string, unknown>>;

type Content = Readonly<Record<string, Readonly<{ schema?: JsonSchema; example?: unknown }>>>;

/** What an endpoint takes and gives, in the words of OpenAPI 3.1, for discovery. */
export type Operation = Readonly<{
  parameters?: readonly Readonly<{
    name: string;
    in: "path" | "query" | "header";
    required?: boolean;
    description?: string;
    schema?: JsonSchema;
  }>[];
  requestBody?: Readonly<{ required?: boolean; description?: string; content: Content }>;
  /** By status code, `default`, or `4XX`. */
  responses?: Readonly<Record<string, Readonly<{ description?: string; content?: Content }>>>;
}>;

/** One method and path of a service. */
export type Endpoint = Readonly<{
  id: string;
  method: string;
  path: string;
  shape: string;
  /** Its name. */
  title: string | null;
  /** One line for lists. */
  summary: string | null;
  /** What payers read in a challenge. */
  description: string | null;
  /** Does discovery name it? What is not listed is sold all the same. */
  listed: boolean;
  /** A paused endpoint answers 503 and charges nobody. */
  paused: boolean;
  operation: Operation | null;
  free: boolean;
  intent: Intent;
  unit: string | null;
  /** `null` exactly when it is free. */
  price: Price | null;
  priceVersion: number;
  /** Prices by version, the present one and those that a living challenge may still name. */
  prices: ReadonlyMap<number, Price>;
  /** Rules, minimum, maximum and meter as `readTerms` gave them; `null` when none are set. */
  terms: unknown;
  /** The same for each version in `prices`; a version without terms is not in it. */
  termsByVersion: ReadonlyMap<number, unknown>;
  options: EndpointOptions;
}>;

/** Lower-case header names that join or leave those the gateway passes by itself. */
type HeaderRules = Readonly<{ pass: readonly string[]; drop: readonly string[] }>;

export type Upstream = Readonly<{
  url: string;
  /** All headers of ours, opened; those that `auth` makes are among them. */
  headers: Readonly<Record<string, string>>;
  /** A credential that belongs in the query, opened; its name and value are not yet encoded. Never shown, never logged. */
  query: Readonly<{ name: string; value: string }> | null;
  /** Every text that is secret, in each form it is sent, and must not come back out. */
  secrets: readonly string[];
  timeoutMs: number;
  connectTimeoutMs: number;
  /** How often a request of a safe method is sent again when no byte of it was answered. */
  retries: number;
  /** Calls under way at once; `null` is as many as come. */
  concurrency: number | null;
  /** How long a call may wait for its turn. */
  queueMs: number;
  breaker: Readonly<{ failures: number; windowSeconds: number; openSeconds: number }> | null;
  requestHeaders: HeaderRules;
  responseHeaders: HeaderRules & Readonly<{ set: Readonly<Record<string, string>> }>;
}>;

/** Those who may call a service, by their own keys; then `Authorization` is theirs and payment is beside it. */
export type Callers = Readonly<{ keys: readonly Readonly<{ name: string; key: string }>[] }>;

/** One upstream API. */
export type Service = Readonly<{
  id: string;
  merchantId: string;
  slug: string;
  title: string;
  mode: Mode;
  kind: "http" | "mcp";
  upstream: Upstream;
  /** `null` lets everybody call it. */
  callers: Callers | null;
  /** A host name bound to this service: its endpoints are sold from the root of it. */
  domain: string | null;
  listed: boolean;
  paused: boolean;
  about: About;
  /** Who may read answers in a browser; `null` is everybody, as for any paid address. */
  cors: Readonly<{ origins: readonly string[]; headers: readonly string[] }> | null;
  /** Slugs of the rails offered, preferred first. */
  rails: readonly string[];
  endpoints: readonly Endpoint[];
}>;

export type MerchantView = Readonly<{
  merchant: Merchant;
  services: ReadonlyMap<string, Service>;
  rails: ReadonlyMap<string, ConfiguredRail>;
  /** Shops that take payments through us, by name. */
  connectors: ReadonlyMap<string, Connector>;
}>;

export type Bound = Readonly<{ merchant: MerchantView; service: Service | null }>;

/** Everything that was set up, as it stood at one instant. */
export type Snapshot = Readonly<{
  version: bigint;
  merchants: readonly MerchantView[];
  findMerchant(slug: string): MerchantView | null;
  findMerchantById(id: string): MerchantView | null;
  /** Who is bound to a host name (a port and case do not matter); without a service the whole merchant is. */
  findByDomain(host: string): Bound | null;
}>;
