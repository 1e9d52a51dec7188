import type { Endpoint, Merchant, Service } from "@/lib/catalog";

/** What parts of a catalogue say when the merchant says nothing, for tests that make them by hand. */

export const quietMerchant = {
  domain: null,
  listed: true,
  about: { summary: null, homepage: null, categories: [] },
  brand: { colour: null, logo: null },
  rates: null,
} satisfies Partial<Merchant>;

export const quietUpstream = {
  query: null,
  connectTimeoutMs: 5_000,
  retries: 2,
  concurrency: null,
  queueMs: 0,
  breaker: { failures: 10, windowSeconds: 60, openSeconds: 30 },
  requestHeaders: { pass: [], drop: [] },
  responseHeaders: { pass: [], drop: [], set: {} },
} satisfies Partial<Service["upstream"]>;

export const quietService = {
  callers: null,
  domain: null,
  listed: true,
  paused: false,
  about: quietMerchant.about,
  cors: null,
} satisfies Partial<Service>;

export const quietEndpoint = {
  title: null,
  summary: null,
  listed: true,
  paused: false,
  operation: null,
  terms: null,
  termsByVersion: new Map(),
} satisfies Partial<Endpoint>;
