import type { Catalog, MerchantView, Service } from "@/lib/catalog";
import type { Clock, Log } from "@/lib/kit";
import type { Pricing } from "@/lib/pricing";
import type { ConnectedRail, Processor } from "@/lib/processor";
import type { Arrival } from "./arrival";
import type { Demand, DemandPage } from "./demand-page";
import type { Offering } from "./offering";
import type { UpstreamDesk } from "./upstream-desk";

/** What became of a request, for the counters of `product.md` 9. */
export type TrafficOutcome = "challenged" | "refused" | "paid" | "free" | "failed";

/** One answer, as far as whoever watches the installation may know it. */
export type Seen = Readonly<{ offering: Offering | null; status: number; ms: number }>;

export type GatewayDeps = Readonly<{
  /** `PUBLIC_ORIGIN`: realm and every emitted address come from it. */
  origin: string;
  /** Whether TLS is asked for before money is taken. */
  production: boolean;
  /** Without `peek` nothing is answered at once. */
  catalog: Pick<Catalog, "snapshot"> & Partial<Pick<Catalog, "peek">>;
  processor: Processor;
  pricing: Pricing;
  /** The rails of a service in the merchant's order, connected. One that cannot be connected is left out. */
  rails(merchant: MerchantView, service: Service): readonly ConnectedRail[];
  /** The same, and those that are paused: what was paid on them before is still delivered. */
  railsPaid(merchant: MerchantView, service: Service): readonly ConnectedRail[];
  /** Draws what a browser gets in place of the problem's JSON. Without it, or where it is `null`, browsers get the JSON. */
  page?(demand: Demand): DemandPage | null;
  /** Is this method name spoken by any rail we know, offered here or not? */
  knowsMethod(method: string): boolean;
  /** The HMAC key of a merchant's challenge key id. */
  challengeKey(merchantId: string, keyId: string): Uint8Array | null;
  /** The guarded fetch: the only way out. */
  fetch: typeof fetch;
  clock: Clock;
  count(offering: Offering, outcome: TrafficOutcome): void;
  observe: Readonly<{
    answered(seen: Seen): void;
    /** A credential for this method was refused. */
    refused(method: string, problem: string): void;
  }>;
  log: Log;
}>;

/** One request on its way through the gateway. */
export type Visit = Readonly<{
  request: Request;
  arrival: Arrival | undefined;
  requestId: string;
  receivedAt: Date;
  offering: Offering;
  /** The way in to the upstream behind the offering. */
  upstream: UpstreamDesk;
  /** Whose key came with the request, at a service that knows its callers. */
  caller: string | null;
  /** The body as received; empty when there was none. */
  body: Uint8Array;
  /** `sha-256=:…:` of the body; `null` for an empty one. */
  digest: string | null;
}>;
