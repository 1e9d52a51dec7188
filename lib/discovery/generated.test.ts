import fc from "fast-check";
import { validate } from "mppx/discovery";
import { describe, expect, test } from "vitest";
import type { Endpoint, MerchantView, Operation, Service, Snapshot } from "@/lib/catalog";
import { createGateway } from "@/lib/gateway";
import { readTerms } from "@/lib/pricing";
import { parseChallenges, readRequest } from "@/lib/protocol";
import { plainPricing, unobserved } from "@/lib/testing/plain-pricing";
import { quietEndpoint, quietMerchant, quietService, quietUpstream } from "@/lib/testing/quiet";
import { createDiscovery } from ".";

const origin = "https://pay.example";
const clock = { now: () => new Date("2026-11-21T12:00:00Z") };

/** What a generated endpoint is made of; the rest is quiet. */
type Made = Readonly<{
  method: string;
  price: { amount: string; currency: string } | null;
  rule: "none" | "reject" | "discount" | "model" | "hour";
  listed: boolean;
  paused: boolean;
}>;

const usd = (amount: string) => ({ amount, currency: "USD" });
const ruleOf = (id: string, then: object, when?: object) => ({ id, ...(when ? { when } : {}), then });
const rules: Readonly<Record<Made["rule"], readonly object[]>> = {
  none: [],
  reject: [ruleOf("banned", { reject: { message: "Not from here." } }, { address: ["192.0.2.0/24"] })],
  discount: [ruleOf("sale", { discount: { percent: "10" } })],
  model: [ruleOf("large", { price: usd("9") }, { json: { pointer: "/model", equals: "large" } })],
  hour: [ruleOf("noon", { price: usd("3") }, { time: { hours: { from: "11:00", to: "13:00" } } })],
};

function termsOf({ rule, method, price }: Made): unknown {
  if (!price || rule === "none") return null;
  const about = { method, path: "/v1", intent: "charge", unit: null, price } as const;
  const read = readTerms({ rules: rules[rule] }, about);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.value;
}

const endpointOf = (made: Made, place: number): Endpoint => ({
  ...quietEndpoint,
  id: `ep_${place}`,
  method: made.method,
  path: `/v1/${place}/{id}`,
  shape: `/v1/${place}/{}`,
  description: null,
  free: made.price === null,
  intent: "charge",
  unit: null,
  price: made.price,
  priceVersion: 1,
  prices: new Map(),
  listed: made.listed,
  paused: made.paused,
  terms: termsOf(made),
  options: {
    redeemableForSeconds: 60,
    bodyMaxBytes: 1_024,
    responseMaxBytes: 1_024,
    billable4xx: true,
    neverBilled: [],
    repeatable: false,
    paymentAuthorization: false,
  },
});

const serviceOf = (endpoints: readonly Endpoint[], more: Partial<Service> = {}): Service => ({
  ...quietService,
  id: "sv",
  merchantId: "m_1",
  slug: "api",
  title: "API",
  mode: "live",
  kind: "http",
  upstream: { ...quietUpstream, url: "https://up.example", headers: {}, secrets: [], timeoutMs: 1_000 },
  rails: ["card", "lightning", "tokens"],
  endpoints,
  ...more,
});

function snapshotOf(service: Service, more: Partial<MerchantView["merchant"]> = {}): Snapshot {
  const view: MerchantView = {
    merchant: {
      ...quietMerchant,
      id: "m_1",
      slug: "acme",
      name: "Acme",
      currency: "USD",
      timeZone: "UTC",
      isDemo: false,
      keys: { current: "k1", all: [{ id: "k1", retiresAt: null }] },
      ...more,
    },
    services: new Map([[service.slug, service]]),
    rails: new Map(),
    connectors: new Map(),
  };
  return {
    version: 1n,
    merchants: [view],
    findMerchant: (slug) => (slug === "acme" ? view : null),
    findMerchantById: () => view,
    findByDomain: () => null,
  };
}

const currencies = {
  card: "any",
  lightning: [{ code: "SAT", exponent: 3 }],
  tokens: [{ code: "usd", exponent: 6 }],
} as const;
const token = "0x20c0000000000000000000000000000000000000";

/** Rails whose wire differs from their base units: whole sats, and the address of a token. */
const railOf = (slug: keyof typeof currencies) => {
  const wires = {
    card: undefined,
    lightning: ({ units }: { units: bigint }) => ({ amount: (units / 1_000n).toString(), currency: "sat" }),
    tokens: ({ units }: { units: bigint }) => ({ amount: units.toString(), currency: token }),
  };
  const listed = wires[slug];
  return {
    slug,
    kind: slug,
    mode: "live",
    definition: {
      title: slug,
      names: { mpp: slug },
      currencies: currencies[slug],
      ...(slug === "lightning" ? { step: 1_000n, unit: { code: "BTC", exponent: 11 } } : {}),
      ...(slug === "card" ? { limits: { min: 50n } } : {}),
      ttl: { min: 30, default: 300, max: 3_600 },
    },
    abilities: {
      ...(listed ? { listed } : {}),
      offer: async (price: { units: bigint }) => ({ ...listed?.(price), recipient: "acme" }),
    },
    merchant: { id: "m_1", slug: "acme" },
  };
};
// safe: what is read of a rail is here
const railsOf = (_: MerchantView, service: Service) =>
  service.rails.map((slug) => railOf(slug as keyof typeof currencies)) as never;

const worldOf = (snapshot: Snapshot) => {
  const shared = {
    origin,
    catalog: { snapshot: async () => snapshot, peek: () => snapshot },
    rails: railsOf,
    pricing: plainPricing(clock),
    clock,
    log: () => undefined,
  };
  const gateway = createGateway({
    ...shared,
    production: false,
    processor: null as never, // safe: no unpaid request reaches it
    railsPaid: railsOf,
    knowsMethod: () => true,
    challengeKey: () => Buffer.alloc(32, 1),
    fetch: async () => new Response("served"),
    count: () => undefined,
    observe: unobserved,
  });
  return { gateway, discovery: createDiscovery(shared) };
};

const documentOf = async (snapshot: Snapshot, path = "/pay/acme/openapi.json") =>
  JSON.parse(await (await worldOf(snapshot).discovery.handle(new Request(`${origin}${path}`))).text());

const price = fc.oneof(
  fc.integer({ min: 1, max: 900_000_000 }).map((tiny) => usd((tiny / 1_000_000).toFixed(6))),
  fc.integer({ min: 1, max: 90_000 }).map((sats) => ({ amount: String(sats), currency: "SAT" })),
);
const made: fc.Arbitrary<Made> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE"),
  price: fc.option(price, { freq: 6 }),
  rule: fc.constantFrom("none", "none", "reject", "discount", "model", "hour"),
  listed: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0),
  paused: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
});
/** Rules speak of dollars. */
const consistent = (each: Made): Made => (each.price?.currency === "SAT" ? { ...each, rule: "none" } : each);

test("document and live 402 are equal for each of 200 generated endpoints, and what is not told is not in it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(made, { minLength: 200, maxLength: 200 }), async (all) => {
      const endpoints = all.map((each, place) => endpointOf(consistent(each), place));
      const snapshot = snapshotOf(serviceOf(endpoints));
      const { gateway } = worldOf(snapshot);
      const document = await documentOf(snapshot);
      expect(document["x-truncated"]).toBeUndefined();
      for (const [place, endpoint] of endpoints.entries()) {
        const template = `/pay/acme/api/v1/${place}/{id}`;
        const told = document.paths[template]?.[endpoint.method.toLowerCase()];
        const init = ["GET", "DELETE"].includes(endpoint.method) ? {} : { body: "{}" };
        const request = new Request(`${origin}/pay/acme/api/v1/${place}/7`, {
          method: endpoint.method,
          ...init,
        });
        const answer = await gateway.handle(request);
        const live = parseChallenges(answer.headers.get("www-authenticate") ?? "").map((challenge) => {
          const { amount, currency } = readRequest(challenge) ?? {};
          return { intent: challenge.intent, method: challenge.method, amount, currency };
        });
        if (!endpoint.listed || endpoint.paused) expect(told).toBeUndefined();
        else if (endpoint.free) expect(told).not.toHaveProperty("x-payment-info");
        else if (told === undefined) expect([answer.status, live]).toEqual([503, []]);
        else {
          const offers: { method: string; amount: string | null }[] = told["x-payment-info"].offers;
          const isPricedByRequest = offers.some(({ amount }) => amount === null);
          const methods = new Set(live.map(({ method }) => method));
          const asTold = isPricedByRequest ? offers.filter(({ method }) => methods.has(method)) : offers;
          expect(asTold).toEqual(live.map((each) => (isPricedByRequest ? { ...each, amount: null } : each)));
          expect(told.responses).toHaveProperty("402");
        }
      }
    }),
    { numRuns: 5, endOnFailure: true },
  );
}, 60_000);

describe("what the merchant says of an endpoint", () => {
  const operation: Operation = {
    parameters: [
      { name: "id", in: "path", required: true, description: "Which one", schema: { type: "integer" } },
      { name: "nowhere", in: "path", required: true },
      { name: "days", in: "query", schema: { type: "integer" } },
      { name: "Authorization", in: "header" },
    ],
    requestBody: {
      required: true,
      content: { "application/json": { schema: { type: "object" }, example: { a: 1 } } },
    },
    responses: {
      "201": { description: "Made", content: { "application/json": { schema: { type: "object" } } } },
      "404": { description: "Not there" },
    },
  };
  const described = (more: Partial<Endpoint> = {}): Endpoint => ({
    ...endpointOf({ method: "POST", price: usd("1"), rule: "none", listed: true, paused: false }, 0),
    title: "Forecast",
    summary: "A forecast",
    description: "A forecast of five days.",
    operation,
    ...more,
  });
  const told = async (endpoint: Endpoint) =>
    (await documentOf(snapshotOf(serviceOf([endpoint])))).paths["/pay/acme/api/v1/0/{id}"].post;

  test("is told: words, parameters, body and successes, and nothing that is not in the path", async () => {
    expect(await told(described())).toMatchObject({
      summary: "A forecast",
      description: "A forecast of five days.",
      parameters: [
        { name: "id", in: "path", required: true, description: "Which one", schema: { type: "integer" } },
        { name: "days", in: "query", schema: { type: "integer" } },
      ],
      requestBody: {
        required: true,
        content: { "application/json": { schema: { type: "object" }, example: { a: 1 } } },
      },
      responses: {
        "201": { description: "Made", content: { "application/json": { schema: { type: "object" } } } },
        "402": { description: "Payment Required" },
      },
    });
    const { parameters, responses } = await told(described());
    expect([parameters.length, Object.keys(responses)]).toEqual([2, ["201", "402"]]);
  });

  test("passes the stock validator", async () => {
    const document = await documentOf(snapshotOf(serviceOf([described()])));
    expect(validate(document)).toEqual([]);
  });

  test("gives way over 64 KiB: schemas first, then words, then addresses", async () => {
    const wide = { type: "object", description: "x".repeat(6_000) };
    const many = (count: number) =>
      Array.from({ length: count }, (_, place) =>
        described({
          id: `ep_${place}`,
          path: `/v1/${place}/{id}`,
          operation: { ...operation, requestBody: { content: { "application/json": { schema: wide } } } },
        }),
      );
    const cut = await documentOf(snapshotOf(serviceOf(many(30))));
    const first = cut.paths["/pay/acme/api/v1/0/{id}"].post;
    expect(first).not.toHaveProperty("requestBody");
    expect(first.summary).toBe("A forecast");
    expect(first.parameters).toHaveLength(2);
    expect(cut).not.toHaveProperty("x-truncated");
  });
});

describe("what is private is told nowhere, with no difference to what does not exist", () => {
  const endpoint = () =>
    endpointOf({ method: "GET", price: usd("1"), rule: "none", listed: true, paused: false }, 0);
  const all = ["/pay/acme/openapi.json", "/pay/acme/llms.txt", "/openapi.json", "/llms.txt"];
  const textOf = async (snapshot: Snapshot, path: string) =>
    await (await worldOf(snapshot).discovery.handle(new Request(`${origin}${path}`))).text();

  test.each([
    ["a service that is not listed", { listed: false }],
    ["a paused service", { paused: true }],
    ["a service for known callers", { callers: { keys: [{ name: "app", key: "secret-key" }] } }],
  ])("%s", async (_, more) => {
    const snapshot = snapshotOf(serviceOf([endpoint()], more));
    for (const path of all) expect(await textOf(snapshot, path)).not.toContain("/api/v1");
    expect(await worldOf(snapshot).discovery.catalogue("acme")).toMatchObject({ merchants: [] });
  });

  test("a merchant that is not listed", async () => {
    const snapshot = snapshotOf(serviceOf([endpoint()]), { listed: false });
    const unknown = await textOf(snapshot, "/pay/nobody/openapi.json");
    expect(await textOf(snapshot, "/pay/acme/openapi.json")).toBe(unknown);
    expect(await textOf(snapshot, "/openapi.json")).not.toContain("acme");
    expect(await worldOf(snapshot).discovery.catalogue("acme")).toBeNull();
  });
});

test("a merchant's own words and homepage are told, and nothing else leads elsewhere", async () => {
  const about = {
    summary: "Forecasts. # Not a heading [x](https://evil.example)",
    homepage: "https://acme.example/",
    categories: ["data", "weather"],
  };
  const endpoint = endpointOf(
    { method: "GET", price: usd("1"), rule: "model", listed: true, paused: false },
    0,
  );
  const snapshot = snapshotOf(serviceOf([endpoint]), { about });
  const document = await documentOf(snapshot);
  expect(document["x-service-info"]).toMatchObject({
    categories: ["data", "weather"],
    docs: { homepage: "https://acme.example/" },
  });
  expect(document.paths["/pay/acme/api/v1/0/{id}"].get["x-payment-info"].offers[0]).toMatchObject({
    amount: null,
  });
  const text = await (
    await worldOf(snapshot).discovery.handle(new Request(`${origin}/pay/acme/llms.txt`))
  ).text();
  expect(text).toContain("Homepage: <https://acme.example/>");
  expect(text).toContain("priced by the request (card)");
  expect(text.match(/https?:\/\/(?!pay\.example|acme\.example)/g)).toBeNull();
});

test("a document whose prices move is kept shorter", async () => {
  const moving = endpointOf({ method: "GET", price: usd("1"), rule: "hour", listed: true, paused: false }, 0);
  const still = endpointOf({ method: "GET", price: usd("1"), rule: "none", listed: true, paused: false }, 0);
  const ages = [moving, still].map(async (endpoint) => {
    const { discovery } = worldOf(snapshotOf(serviceOf([endpoint])));
    const answer = await discovery.handle(new Request(`${origin}/pay/acme/openapi.json`));
    return answer.headers.get("cache-control");
  });
  expect(await Promise.all(ages)).toEqual(["public, max-age=60", "public, max-age=300"]);
});
