import type { Price } from "@/lib/money";

export type Mode = "test" | "live";

/** A challenge key's life; the key itself is derived, never stored. */
type ChallengeKeyLife = Readonly<{ id: string; retiresAt: Date | null }>;

/** Who is paid. */
export type Merchant = Readonly<{
  id: string;
  slug: string;
  name: string;
  currency: string;
  timeZone: string;
  isDemo: boolean;
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
  /** Is the credential sent in `Payment-Authorization`, so that `Authorization` stays the upstream's? */
  paymentAuthorization: boolean;
}>;

export type Intent = "charge" | "session";

/** One method and path of a service. */
export type Endpoint = Readonly<{
  id: string;
  method: string;
  path: string;
  shape: string;
  description: string | null;
  free: boolean;
  intent: Intent;
  unit: string | null;
  /** `null` exactly when it is free. */
  price: Price | null;
  priceVersion: number;
  /** Prices by version, the present one and those that a living challenge may still name. */
  prices: ReadonlyMap<number, Price>;
  options: EndpointOptions;
}>;

type Upstream = Readonly<{
  url: string;
  /** All headers of ours, opened. */
  headers: Readonly<Record<string, string>>;
  /** The values among them that are secret and must not come back out. */
  secrets: readonly string[];
  timeoutMs: number;
}>;

/** One upstream API. */
export type Service = Readonly<{
  id: string;
  merchantId: string;
  slug: string;
  title: string;
  mode: Mode;
  kind: "http" | "mcp";
  upstream: Upstream;
  /** Slugs of the rails offered, preferred first. */
  rails: readonly string[];
  endpoints: readonly Endpoint[];
}>;

export type MerchantView = Readonly<{
  merchant: Merchant;
  services: ReadonlyMap<string, Service>;
  rails: ReadonlyMap<string, ConfiguredRail>;
}>;

/** Everything that was set up, as it stood at one instant. */
export type Snapshot = Readonly<{
  version: bigint;
  merchants: readonly MerchantView[];
  findMerchant(slug: string): MerchantView | null;
  findMerchantById(id: string): MerchantView | null;
}>;
