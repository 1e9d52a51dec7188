import fc from "fast-check";
import { validate } from "mppx/discovery";
import { describe, expect, test } from "vitest";
import type { Endpoint, MerchantView, Service, Snapshot } from "@/lib/catalog";
import { createGateway } from "@/lib/gateway";
import type { Price } from "@/lib/money";
import { parseChallenges, readRequest } from "@/lib/protocol";
import { plainPricing, unobserved } from "@/lib/testing/plain-pricing";
import { quietEndpoint, quietMerchant, quietService, quietUpstream } from "@/lib/testing/quiet";
import { createDiscovery } from ".";

const origin = "https://pay.example";
const clock = { now: () => new Date("2026-11-21T12:00:00Z") };
const upstreamSecret = "canary-key-0001";

type Sold = Partial<Pick<Endpoint, "path" | "method" | "description" | "free" | "unit" | "intent">> & {
  price?: Price;
};

function anEndpoint(sold: Sold = {}, place = 0): Endpoint {
  const { path = `/v1/${place}`, method = "GET", free = false, description = null } = sold;
  const price = sold.price ?? { amount: "0.50", currency: "USD" };
  return {
    id: `ep_${place}`,
    method,
    path,
    shape: path.replace(/\{\w+\}/g, "{}"),
    ...quietEndpoint,
    description,
    free,
    intent: sold.intent ?? "charge",
    unit: sold.unit ?? null,
    price: free ? null : price,
    priceVersion: 1,
    prices: new Map(),
    options: {
      redeemableForSeconds: 60,
      bodyMaxBytes: 1024,
      responseMaxBytes: 1024,
      billable4xx: true,
      neverBilled: [],
      repeatable: false,
      paymentAuthorization: false,
    },
  };
}

type Selling = { slug?: string; mode?: "test" | "live"; rails?: string[]; endpoints?: Sold[] };

function aService({
  slug = "weather",
  mode = "live",
  rails = ["card"],
  endpoints = [{}],
}: Selling = {}): Service {
  return {
    id: `sv_${slug}`,
    merchantId: "m_1",
    slug,
    title: "Weather",
    mode,
    kind: "http",
    ...quietService,
    upstream: {
      url: "https://secret-upstream.example/base",
      headers: { "x-secret-header": upstreamSecret },
      secrets: [upstreamSecret],
      timeoutMs: 1_000,
      ...quietUpstream,
    },
    rails,
    endpoints: endpoints.map(anEndpoint),
  };
}

function aMerchant(services: Service[], { slug = "acme", name = "Acme" } = {}): MerchantView {
  return {
    merchant: {
      id: `m_${slug}`,
      slug,
      name,
      currency: "USD",
      timeZone: "UTC",
      isDemo: false,
      ...quietMerchant,
      keys: { current: "k1", all: [{ id: "k1", retiresAt: null }] },
    },
    services: new Map(services.map((service) => [service.slug, service])),
    rails: new Map(),
    connectors: new Map(),
  };
}

const snapshotOf = (merchants: MerchantView[]): Snapshot => ({
  version: 1n,
  merchants,
  findMerchant: (slug) => merchants.find(({ merchant }) => merchant.slug === slug) ?? null,
  findMerchantById: (id) => merchants.find(({ merchant }) => merchant.id === id) ?? null,
  findByDomain: () => null,
});

const sat = { code: "SAT", exponent: 0 };
const currencies = { card: "any", lightning: [sat], tokens: [{ code: "usd", exponent: 6 }] } as const;

/** A rail that asks for exactly what it is told to. */
function aRail(slug: string, mode: "test" | "live") {
  return {
    slug,
    kind: slug,
    mode,
    definition: {
      names: { mpp: slug },
      currencies: currencies[slug as keyof typeof currencies] ?? "any",
      ttl: { min: 30, default: 300, max: 3_600 },
      ...(slug === "card" ? { limits: { min: 50n } } : {}),
    },
    abilities: { offer: async () => ({ recipient: "acme" }) },
    merchant: { id: "m_1", slug: "acme" },
  };
}

const railsOf = (_: MerchantView, service: Service) =>
  service.rails.map((slug) => aRail(slug, service.mode)) as never; // safe: what is read of a rail is here

const discoveryOf = (snapshot: Snapshot | (() => Snapshot)) =>
  createDiscovery({
    origin,
    catalog: { snapshot: async () => (typeof snapshot === "function" ? snapshot() : snapshot) },
    rails: railsOf,
    pricing: plainPricing(clock),
    clock,
    log: () => {},
  });

type Asked = { method?: string; headers?: Record<string, string> };
const ask = (snapshot: Snapshot, path: string, asked: Asked = {}): Promise<Response> =>
  discoveryOf(snapshot).handle(new Request(`http://spoofed.example${path}`, asked));

const acme = (...services: Selling[]) => snapshotOf([aMerchant(services.map(aService))]);
const documentOf = async (snapshot: Snapshot, path = "/pay/acme/openapi.json") =>
  JSON.parse(await (await ask(snapshot, path)).text());
const llmsOf = async (snapshot: Snapshot, path = "/pay/acme/llms.txt") =>
  await (await ask(snapshot, path)).text();

test("a document tells an endpoint the way the contract writes it", async () => {
  const rails = ["lightning", "card"];
  const snapshot = acme({
    rails,
    endpoints: [
      { path: "/v1/forecast/{city}", description: "Forecast", price: { amount: "21", currency: "SAT" } },
      { path: "/v1/status", free: true },
    ],
  });
  expect(await documentOf(snapshot)).toEqual({
    openapi: "3.1.0",
    info: {
      title: "Acme",
      version: expect.stringMatching(/^[0-9a-f]{12}$/),
      description: expect.any(String),
    },
    servers: [{ url: origin }],
    "x-service-info": {
      docs: {
        apiReference: "https://pay.example/pay/acme/openapi.json",
        llms: "https://pay.example/pay/acme/llms.txt",
      },
    },
    paths: {
      "/pay/acme/weather/v1/forecast/{city}": {
        get: {
          operationId: "weather_get_v1_forecast_city",
          summary: "Forecast",
          parameters: [{ name: "city", in: "path", required: true, schema: { type: "string" } }],
          "x-payment-info": {
            offers: [
              {
                intent: "charge",
                method: "lightning",
                amount: "21",
                currency: "sat",
                description: "Forecast",
              },
            ],
          },
          responses: { "200": { description: "OK" }, "402": { description: "Payment Required" } },
        },
      },
      "/pay/acme/weather/v1/status": {
        get: { operationId: "weather_get_v1_status", responses: { "200": { description: "OK" } } },
      },
    },
  });
});

describe("what is told equals what is charged", () => {
  const price = fc.oneof(
    fc.record({
      amount: fc.integer({ min: 1, max: 10_000_000 }).map((tiny) => (tiny / 1_000_000).toFixed(6)),
      currency: fc.constant("USD"),
    }),
    fc.record({ amount: fc.integer({ min: 1, max: 100_000 }).map(String), currency: fc.constant("SAT") }),
  );
  const rails = fc.uniqueArray(fc.constantFrom("card", "lightning", "tokens"), { minLength: 1 });

  /** The gateway, with nothing behind it: it is only asked what it wants. */
  const gatewayOf = (snapshot: Snapshot) =>
    createGateway({
      origin,
      production: false,
      catalog: { snapshot: async () => snapshot, peek: () => snapshot },
      processor: null as never, // safe: no unpaid request reaches it
      rails: railsOf,
      railsPaid: railsOf,
      knowsMethod: () => true,
      challengeKey: () => Buffer.alloc(32, 1),
      fetch: () => Promise.reject(new Error("Nothing is fetched.")),
      clock,
      pricing: plainPricing(clock),
      count: () => {},
      observe: unobserved,
      log: () => {},
    });

  test("for every endpoint of any configuration, offer by offer", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(price, { minLength: 1, maxLength: 20 }), rails, async (prices, names) => {
        const snapshot = acme({ rails: names, endpoints: prices.map((own) => ({ price: own })) });
        const { paths } = await documentOf(snapshot);
        const gateway = gatewayOf(snapshot);
        for (const place of prices.keys()) {
          const path = `/pay/acme/weather/v1/${place}`;
          const answer = await gateway.handle(new Request(`${origin}${path}`));
          const live = parseChallenges(answer.headers.get("www-authenticate") ?? "").map((challenge) => {
            const { amount, currency } = readRequest(challenge) ?? {};
            return { intent: challenge.intent, method: challenge.method, amount, currency };
          });
          expect(paths[path]?.get["x-payment-info"].offers ?? []).toEqual(live);
          expect(answer.status).toBe(live.length > 0 ? 402 : 503);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("the stock reader and OpenAPI accept", () => {
  const names = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);
  test.each([0, 1, 500])("a document of %d endpoints", async (count) => {
    const methods = [...names];
    const endpoints = Array.from({ length: count }, (_, place) => ({
      path: `/v1/${place}/{city}`,
      method: methods[place % methods.length] ?? "GET",
      description: `Number ${place}`,
    }));
    const document = await documentOf(acme({ endpoints }));
    expect(validate(document).filter(({ severity }) => severity === "error")).toEqual([]);
    const ids = new Set<string>();
    let operations = 0;
    for (const [path, item] of Object.entries<Record<string, { operationId: string }>>(document.paths)) {
      const declared = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const [method, operation] of Object.entries(item)) {
        expect(names.has(method.toUpperCase())).toBe(true);
        expect(operation).toMatchObject({ parameters: declared.map((name) => ({ name, in: "path" })) });
        ids.add(operation.operationId);
        operations += 1;
      }
    }
    expect(ids.size).toBe(operations);
    const isCut = document["x-truncated"] === true;
    expect([isCut, isCut || operations === count]).toEqual([count === 500, true]);
  });

  test("paid addresses that take a body say so, and no warning is left", async () => {
    const document = await documentOf(acme({ endpoints: [{ method: "POST" }, { method: "PUT" }] }));
    expect(validate(document)).toEqual([]);
  });

  test("addresses that differ in a parameter's name are one path, and the rest of a path has a name", async () => {
    const endpoints = [
      { path: "/files/*" },
      { path: "/files/{id}", method: "POST" },
      { path: "/files/{name}", description: "One file" },
      { path: "/all/{rest}/*" },
      { path: "/deep/{path...}" },
    ];
    const { paths } = await documentOf(acme({ endpoints }));
    expect(Object.keys(paths)).toEqual([
      "/pay/acme/weather/all/{rest}/{rest_}",
      "/pay/acme/weather/deep/{path}",
      "/pay/acme/weather/files/{id}",
    ]);
    const { get, post } = paths["/pay/acme/weather/files/{id}"];
    expect(get.summary).toBe("One file");
    expect(post.parameters).toEqual(get.parameters);
  });
});

describe("under 64 KiB", () => {
  const many = (count: number, description: string) =>
    acme({
      endpoints: Array.from({ length: count }, (_, place) => ({
        path: `/v1/${String(place).padStart(4, "0")}`,
        method: "POST",
        ...quietEndpoint,
        description,
      })),
    });
  const sizeOf = (document: unknown) => Buffer.byteLength(JSON.stringify(document));

  test("schemas go first, then descriptions", async () => {
    const whole = await documentOf(many(100, "a".repeat(20)));
    const first = (document: { paths: Record<string, { post: object }> }) =>
      Object.values(document.paths)[0]?.post;
    expect(first(whole)).toHaveProperty("requestBody");
    const lean = await documentOf(many(185, "a".repeat(20)));
    expect(first(lean)).not.toHaveProperty("requestBody");
    expect(first(lean)).toHaveProperty("summary");
    const bare = await documentOf(many(200, "a".repeat(200)));
    expect(first(bare)).not.toHaveProperty("summary");
    for (const document of [whole, lean, bare]) {
      expect(document).not.toHaveProperty("x-truncated");
      expect(sizeOf(document)).toBeLessThanOrEqual(65_536);
    }
  });

  test("then addresses are cut in the order of the alphabet, and it is said", async () => {
    const document = await documentOf(many(1_000, "é".repeat(300)));
    expect(document["x-truncated"]).toBe(true);
    expect(sizeOf(document)).toBeGreaterThan(64_000);
    expect(sizeOf(document)).toBeLessThanOrEqual(65_536);
    const paths = Object.keys(document.paths);
    expect(paths).toEqual(
      Array.from(
        { length: paths.length },
        (_, place) => `/pay/acme/weather/v1/${String(place).padStart(4, "0")}`,
      ),
    );
    expect(validate(document).filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("so does the text for language models", async () => {
    const text = await llmsOf(many(1_000, "é".repeat(300)));
    expect(Buffer.byteLength(text)).toBeLessThan(68_000);
    expect(text).toMatch(/- and \d+ more\n\n## How to pay/);
  });
});

describe("a merchant's text", () => {
  const hostile = [
    'quo"te',
    "</script><script>alert(1)</script>",
    "new\nline\r\n# Heading",
    "\u202eright to left\u2066",
    "[click](https://evil.example)",
    "see https://evil.example or www.evil.example or a@evil.example",
    "&#35; `code` **bold** ~~out~~ <https://evil.example>",
    "\ud800",
  ];

  test.each(hostile)("stays text: %j", async (description) => {
    const snapshot = snapshotOf([
      aMerchant([aService({ endpoints: [{ description }] })], { name: description }),
    ]);
    const { paths, info } = await documentOf(snapshot);
    const summary: string = paths["/pay/acme/weather/v1/0"].get.summary;
    expect(`${summary}${info.title}`).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    const text = await llmsOf(snapshot);
    const line = text.split("\n").find((candidate) => candidate.startsWith("- [GET"));
    expect(text.split("\n").filter((candidate) => /^#/.test(candidate))).toHaveLength(4);
    const said = line?.slice(line.indexOf(": ") + 2) ?? "";
    expect(said).not.toMatch(/(?<!\\)[`*[\]<>#~@&]/);
    expect(said).not.toMatch(/https?:\/\/|www\.evil/);
  });

  test("is cut at a whole character", async () => {
    const { paths } = await documentOf(acme({ endpoints: [{ description: "🌧".repeat(400) }] }));
    const { summary, description } = paths["/pay/acme/weather/v1/0"].get;
    expect([...summary]).toHaveLength(300);
    expect(summary).toMatch(/^(?:🌧)+…$/u);
    expect([...description]).toHaveLength(400);
  });
});

describe("the text for language models", () => {
  test("names each address, its exact price and how to pay it", async () => {
    const text = await llmsOf(
      acme(
        {
          endpoints: [
            { path: "/v1/forecast/{city}", description: "Forecast" },
            { path: "/up", free: true },
          ],
        },
        {
          slug: "ln",
          rails: ["lightning", "card"],
          endpoints: [{ price: { amount: "2100", currency: "SAT" } }],
        },
        { slug: "try", mode: "test", endpoints: [{ method: "POST" }] },
      ),
    );
    expect(text).toContain("# Acme\n\n3 paid and 1 free HTTP addresses");
    expect(text).toContain(
      "- [GET /pay/acme/weather/v1/forecast/{city}](https://pay.example/pay/acme/weather/v1/forecast/{city}): Forecast. 0.50 USD (card)\n",
    );
    expect(text).toContain("/ln/v1/0): 2100 sat (lightning) or 2100 sat (card)\n");
    expect(text).toContain("/weather/up): free\n");
    expect(text).not.toContain("/pay/{merchant}/");
    expect(text).toContain("/try/v1/0): 0.50 USD (card), test money only\n");
    expect(text).toContain("`curl -i 'https://pay.example/pay/acme/ln/v1/0'`");
    expect(text).toContain("Idempotency-Key");
  });

  test("is safe to paste: marks of the shell and of Markdown are encoded in addresses", async () => {
    const text = await llmsOf(acme({ endpoints: [{ path: "/it's/$(reboot)" }] }));
    expect(text).toContain("`curl -i 'https://pay.example/pay/acme/weather/it%27s/$%28reboot%29'`");
  });
});

describe("never present", () => {
  test("our upstream, its headers and keys, and what nobody can pay", async () => {
    const snapshot = acme({
      rails: ["lightning"],
      endpoints: [{ path: "/unpayable" }, { path: "/sold", price: { amount: "5", currency: "SAT" } }],
    });
    for (const text of [JSON.stringify(await documentOf(snapshot)), await llmsOf(snapshot)]) {
      expect(text).toContain("/sold");
      for (const secret of [
        "unpayable",
        "secret-upstream",
        "x-secret-header",
        upstreamSecret,
        "ep_1",
        "m_acme",
      ]) {
        expect(text).not.toContain(secret);
      }
    }
  });

  test("a test service in the documents of the whole origin; its merchant marks it", async () => {
    const snapshot = acme({ slug: "live" }, { slug: "try", mode: "test" });
    const whole = await documentOf(snapshot, "/openapi.json");
    expect(Object.keys(whole.paths)).toEqual(["/pay/acme/live/v1/0"]);
    expect(await llmsOf(snapshot, "/llms.txt")).not.toContain("/try/");
    const { paths } = await documentOf(snapshot);
    expect(paths["/pay/acme/try/v1/0"].get["x-mode"]).toBe("test");
    expect(paths["/pay/acme/live/v1/0"].get).not.toHaveProperty("x-mode");
  });
});

test("the whole origin tells every merchant, each in a section of its own", async () => {
  const snapshot = snapshotOf([
    aMerchant([aService()], { slug: "zeta", name: "Zeta" }),
    aMerchant([aService()], { slug: "acme", name: "Acme" }),
  ]);
  const { paths, info } = await documentOf(snapshot, "/openapi.json");
  expect(info.title).toBe("pay.example");
  expect(Object.keys(paths)).toEqual(["/pay/acme/weather/v1/0", "/pay/zeta/weather/v1/0"]);
  expect(
    new Set([...Object.values<{ get: { operationId: string } }>(paths)].map(({ get }) => get.operationId))
      .size,
  ).toBe(2);
  expect(await llmsOf(snapshot, "/llms.txt")).toContain("is at `/pay/{merchant}/llms.txt`");
  expect(await llmsOf(snapshot, "/llms.txt")).toMatch(/### Acme.+\/acme\/.+### Zeta.+\/zeta\//s);
});

describe("as HTTP", () => {
  const snapshot = acme({});
  const paths = ["/pay/acme/openapi.json", "/pay/acme/llms.txt", "/openapi.json", "/llms.txt"];

  test.each(paths)("%s is public, cacheable, and told apart by its bytes", async (path) => {
    const whole = await ask(snapshot, path);
    const text = await whole.text();
    expect(whole.status).toBe(200);
    expect(Object.fromEntries(whole.headers)).toEqual({
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "ETag",
      "cache-control": "public, max-age=300",
      "content-length": String(Buffer.byteLength(text)),
      "content-type": path.endsWith("json") ? "application/json" : "text/plain; charset=utf-8",
      etag: expect.stringMatching(/^"[\w-]{43}"$/),
      "x-content-type-options": "nosniff",
    });
    expect(text).not.toContain("spoofed");

    const head = await ask(snapshot, path, { method: "HEAD" });
    expect([...head.headers]).toEqual([...whole.headers]);
    expect(await head.text()).toBe("");

    const etag = whole.headers.get("etag") ?? "";
    for (const held of [etag, `"other", W/${etag}`, "*"]) {
      const known = await ask(snapshot, path, { headers: { "if-none-match": held } });
      expect([known.status, known.headers.get("etag"), await known.text()]).toEqual([304, etag, ""]);
    }
    const unknown = await ask(snapshot, path, { headers: { "if-none-match": '"other"' } });
    expect(unknown.status).toBe(200);
  });

  test("equal configurations have equal bytes, whatever else the installation sells", async () => {
    const alone = await ask(acme({}), "/pay/acme/openapi.json");
    const merchants = [aMerchant([aService({ slug: "x" })], { slug: "zeta" }), ...acme({}).merchants];
    const among = await ask(snapshotOf(merchants), "/pay/acme/openapi.json");
    expect(among.headers.get("etag")).toBe(alone.headers.get("etag"));
    expect(await among.text()).toBe(await alone.text());
  });

  test("a changed price is told at the next request, under another tag", async () => {
    let current = acme({});
    const discovery = discoveryOf(() => current);
    const asked = async () => await discovery.handle(new Request(`${origin}/pay/acme/openapi.json`));
    const before = await asked();
    current = acme({ endpoints: [{ price: { amount: "0.51", currency: "USD" } }] });
    const after = await asked();
    expect(after.headers.get("etag")).not.toBe(before.headers.get("etag"));
    expect(await after.text()).toContain('"amount":"51"');
  });

  test("an unknown merchant is not found, and nothing else is told", async () => {
    const answers = await Promise.all(
      ["/pay/nobody/openapi.json", "/pay/%61cme/openapi.json", "/pay/nobody/llms.txt"].map((path) =>
        ask(snapshot, path),
      ),
    );
    const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(bodies.size).toBe(1);
    const head = await ask(snapshot, "/pay/nobody/llms.txt", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([404, ""]);
  });

  test("documents are read only", async () => {
    const post = await ask(snapshot, "/openapi.json", { method: "POST" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    const options = await ask(snapshot, "/openapi.json", { method: "OPTIONS" });
    expect([options.status, options.headers.get("access-control-allow-methods")]).toEqual([
      204,
      "GET, HEAD, OPTIONS",
    ]);
  });

  test("only the documents' own paths are owned", () => {
    const { owns } = discoveryOf(snapshot);
    for (const path of paths) expect(owns(path)).toBe(true);
    for (const path of [
      "/",
      "/pay/acme/weather/openapi.json",
      "/pay/openapi.json/",
      "/pay//llms.txt",
      "/x/llms.txt",
    ]) {
      expect(owns(path)).toBe(false);
    }
  });

  test("a catalogue that cannot be read is a fault of ours without detail", async () => {
    const discovery = discoveryOf(() => {
      throw new Error("select secret from database");
    });
    const answer = await discovery.handle(new Request(`${origin}/openapi.json`));
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("select");
  });
});
