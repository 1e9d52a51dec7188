import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Database, openDatabase } from "@/lib/db";
import { createSeal } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { testDatabase } from "@/lib/testing/database";
import { findCaller } from "./callers";
import { type Catalog, openCatalog } from "./catalog";
import type { TermsReaders } from "./readers";
import { shortConfig } from "./short-config";

type Json = Record<string, unknown>;

const readers: TermsReaders = {
  readTerms: (terms) =>
    JSON.stringify(terms).includes("bad rule")
      ? { ok: false, faults: [{ path: "rules[0].title", message: "This rule is bad." }] }
      : { ok: true, value: { read: terms } },
  runCases: ({ endpoint, cases }) =>
    cases.flatMap((one, place) =>
      (one as Json).amount === endpoint.price.amount
        ? []
        : [{ path: `cases[${place}].amount`, message: `It is ${endpoint.price.amount}.` }],
    ),
  readRates: (rates) => ({ ok: true, value: { read: rates } }),
};

const by = { actor: "member:m_1" };
const secret = "s".repeat(32);
let url: string;
let database: Database;
let catalog: Catalog;

const open = (more: Partial<Parameters<typeof openCatalog>[0]> = {}) =>
  openCatalog({
    database,
    databaseUrl: url,
    seal: createSeal(secret),
    railKinds: {
      demo: {
        title: "Demo",
        config: z.strictObject({}),
        secrets: [],
        currencies: "any",
        sessions: true,
        testOnly: true,
      },
    },
    railOffers: (_price, _sold, rails) => rails.map(() => ({ state: "offered" })),
    checkAddress: () => null,
    demo: true,
    log: () => undefined,
    ...readers,
    ...more,
  });

beforeAll(async () => {
  url = await testDatabase();
  database = openDatabase({ url, log: () => undefined });
  catalog = await open();
});
afterAll(async () => {
  await catalog.close();
  await database.close();
});

const hook = (key: string | null) => ({
  id: "remote",
  then: { hook: { url: "https://prices.example.com", secret: { $secret: key } } },
});
const price = (amount: string) => ({ amount, currency: "USD" });
const chat = { method: "POST", path: "/v1/chat", price: price("1") };
const aService = (more: Json = {}): Json => ({
  slug: "chat",
  title: "Chat",
  mode: "test",
  upstream: { url: "https://api.example.com" },
  rails: ["demo"],
  endpoints: [chat],
  ...more,
});
const aDocument = (slug: string, service: Json = {}, merchant: Json = {}): Json => ({
  version: 1,
  merchant: { slug, name: "Acme", currency: "USD", ...merchant },
  rails: [{ id: "demo", kind: "demo", mode: "test" }],
  services: [aService(service)],
});
const create = (slug: string, service: Json = {}, merchant: Json = {}) =>
  catalog.putConfig(aDocument(slug, service, merchant), { ...by, mayCreate: true });
const withEndpoint = (slug: string, more: Json) => create(slug, { endpoints: [{ ...chat, ...more }] });

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!Problem.is(error)) throw new Error(`Not refused: ${String(error)}`);
  return error;
}
const pathsOf = async (work: Promise<unknown>) =>
  (await problemOf(work)).extras.errors?.map(({ path }) => path);

async function serviceOf(slug: string, from: Catalog = catalog) {
  const found = (await from.snapshot()).findMerchant(slug)?.services.get("chat");
  if (!found) throw new Error(`no service of ${slug}`);
  return found;
}
async function endpointOf(slug: string) {
  const [endpoint] = (await serviceOf(slug)).endpoints;
  if (!endpoint) throw new Error(`no endpoint of ${slug}`);
  return endpoint;
}

const callers = { keys: [{ name: "app", key: { $secret: "caller-canary-000" } }] };
const secretive = {
  upstream: {
    url: "https://api.example.com",
    headers: { "x-key": { $secret: "header-canary" } },
    auth: { kind: "query", name: "key", value: { $secret: "query-canary &" } },
  },
  callers,
  endpoints: [{ ...chat, rules: [hook("hook-canary")] }],
};

describe("every key of the document", () => {
  const line = fc.stringMatching(/^[A-Za-z0-9 ]{0,20}[A-Za-z]$/);
  const about = fc.record(
    { summary: line, homepage: fc.constant("https://a.example"), categories: fc.constant(["data", "ai"]) },
    { requiredKeys: [] },
  );
  const secretText = fc.stringMatching(/^[!-~]{16,20}$/).map(($secret) => ({ $secret }));
  const auth = fc.oneof(
    fc.record({ kind: fc.constant("bearer"), token: secretText }),
    fc.record({ kind: fc.constant("basic"), username: fc.constant("me"), password: secretText }),
    fc.record({ kind: fc.constant("header"), name: fc.constant("x-auth"), value: secretText }),
    fc.record({ kind: fc.constant("query"), name: fc.constant("key"), value: secretText }),
  );
  const names = fc.uniqueArray(fc.constantFrom("x-a", "x-b", "user-agent"));
  const upstream = fc.record(
    {
      url: fc.constant("https://api.example.com"),
      auth,
      retries: fc.nat(3),
      concurrency: fc.integer({ min: 1, max: 9 }),
      queueMs: fc.nat(100),
      connectTimeoutMs: fc.integer({ min: 1, max: 9_000 }),
      breaker: fc.record({ failures: fc.integer({ min: 1, max: 9 }) }),
      requestHeaders: fc.record({ pass: names, drop: names }, { requiredKeys: [] }),
      responseHeaders: fc.record({ pass: names, set: fc.constant({ "x-c": "1" }) }, { requiredKeys: [] }),
    },
    { requiredKeys: ["url"] },
  );
  const endpoint = fc.record(
    {
      price: fc.constantFrom(price("1"), price("2.5")),
      title: line,
      summary: line,
      listed: fc.boolean(),
      paused: fc.boolean(),
      neverBilled: fc.constantFrom([], [404, 422]),
      minimum: fc.constant(price("0.5")),
      maximum: fc.constant(price("9")),
      rules: fc.constantFrom(
        [],
        [{ id: "a", when: { code: "SPRING" } }],
        [hook("rule-key-canary"), { id: "b" }],
      ),
      cases: fc.constant([]),
      operation: fc.constantFrom(
        {},
        { responses: { "200": { content: { "a/b": { schema: { enum: [1.5, -2] } } } } } },
      ),
    },
    { requiredKeys: ["price"] },
  );
  const service = fc.record(
    {
      upstream,
      listed: fc.boolean(),
      paused: fc.boolean(),
      about,
      cors: fc.record({ origins: fc.constant(["*"]) }),
      domain: fc.constantFrom("a.keys.example", "b.keys.example"),
      callers: fc.constant(callers),
      endpoints: endpoint.map((more) => [{ ...chat, ...more }]),
    },
    { requiredKeys: ["upstream", "endpoints"] },
  );
  const merchant = fc.record(
    {
      listed: fc.boolean(),
      about,
      domain: fc.constant("m.keys.example"),
      rates: fc.constant({ BTC: { USD: "64000" } }),
    },
    { requiredKeys: [] },
  );

  test("is stored, exported without secrets and put back unchanged, long or short", async () => {
    await fc.assert(
      fc.asyncProperty(service, merchant, async (one, whose) => {
        await create("keys", one, whose);
        const read = await catalog.getConfig("keys");
        expect(JSON.stringify(read)).not.toMatch(/canary|"\$secret":"|\$sealed/);
        expect(await catalog.putConfig(read, by)).toEqual({ changes: [] });
        expect(await catalog.putConfig(shortConfig(read), by)).toEqual({ changes: [] });
        expect(await create("keys", one, whose)).toEqual({ changes: [] });
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

describe("secrets of new keys", () => {
  test("are stored as envelopes and nowhere as text", async () => {
    const { changes } = await create("sealed", secretive);
    expect(JSON.stringify(changes)).not.toContain("canary");
    const stored = await database.client.$queryRaw<{ text: string }[]>`
      select (select string_agg(to_jsonb(s)::text, '') from service s)
        || (select string_agg(to_jsonb(e)::text, '') from endpoint e)
        || (select string_agg(to_jsonb(p)::text, '') from price_version p) as text`;
    expect(stored[0]?.text).toContain("$sealed");
    expect(stored[0]?.text).not.toContain("canary");
  });

  test("are opened for whoever works with them, and scrubbed by whoever answers", async () => {
    await create("opened", secretive);
    const { upstream, callers: known, endpoints } = await serviceOf("opened");
    expect(upstream.query).toEqual({ name: "key", value: "query-canary &" });
    expect(upstream.secrets).toEqual(["header-canary", "query-canary &"]);
    expect(known).toEqual({ keys: [{ name: "app", key: "caller-canary-000" }] });
    expect(endpoints[0]?.terms).toMatchObject({
      read: { rules: [{ then: { hook: { secret: "hook-canary" } } }] },
    });
    expect(endpoints[0]?.options.paymentAuthorization).toBe(true);
  });

  test.each([
    [{ kind: "bearer", token: { $secret: "t0k" } }, { authorization: "Bearer t0k" }, ["t0k"]],
    [
      { kind: "basic", username: "me", password: { $secret: "pw" } },
      { authorization: "Basic bWU6cHc=" },
      ["bWU6cHc=", "pw"],
    ],
    [{ kind: "basic", username: { $secret: "sk" } }, { authorization: "Basic c2s6" }, ["c2s6", "sk"]],
    [{ kind: "header", name: "X-Key", value: { $secret: "k" } }, { "X-Key": "k" }, ["k"]],
  ])("make the header that an upstream asks for: %j", async (auth, headers, secrets) => {
    await create("auth", { upstream: { url: "https://api.example.com", auth } });
    expect((await serviceOf("auth")).upstream).toMatchObject({ headers, secrets, query: null });
  });

  test("are sealed anew when the secret is replaced, in old prices too, and are read without the old one", async () => {
    await create("rotated", secretive);
    await create("rotated", { ...secretive, endpoints: [{ ...chat, rules: [hook("second-canary")] }] });
    const next = "n".repeat(32);
    const both = await open({ seal: createSeal([next, secret]) });
    const { moved, unreadable } = await both.reseal();
    expect(unreadable).toBe(0);
    expect(moved).toBeGreaterThanOrEqual(6); // header, query, caller, the rule, and the rule in two prices
    expect(await both.reseal()).toEqual({ moved: 0, unreadable: 0 });
    await both.close();

    const later = await open({ seal: createSeal(next) });
    const service = await serviceOf("rotated", later);
    expect(service.upstream.secrets).toEqual(["header-canary", "query-canary &"]);
    expect(service.callers?.keys[0]?.key).toBe("caller-canary-000");
    const terms = JSON.stringify([...(service.endpoints[0]?.termsByVersion.values() ?? [])]);
    expect(terms).toContain("hook-canary");
    expect(terms).toContain("second-canary");
    const back = await open({ seal: createSeal([secret, next]) });
    await back.reseal();
    await back.close();
    await later.close();
  });

  test("that cannot be read take their service out of work and nothing else", async () => {
    await create("torn", secretive);
    const other = await open({ seal: createSeal("o".repeat(32)) });
    const view = (await other.snapshot()).findMerchant("torn");
    expect(view?.merchant.name).toBe("Acme");
    expect(view?.services.size).toBe(0);
    await other.close();
  });

  test("callers are known by their keys", async () => {
    await create("callers", { callers });
    const service = await serviceOf("callers");
    expect(findCaller(service, "caller-canary-000")).toBe("app");
    for (const key of ["", "caller-canary-00", "caller-canary-0000", "app"]) {
      expect(findCaller(service, key)).toBeNull();
    }
    await create("open-to-all");
    expect(findCaller(await serviceOf("open-to-all"), "caller-canary-000")).toBeNull();
  });
});

describe("versions of a price", () => {
  test("count terms as well, and living challenges keep the terms of theirs", async () => {
    await withEndpoint("terms", {});
    await withEndpoint("terms", { rules: [{ id: "a" }] });
    await withEndpoint("terms", { rules: [{ id: "a" }], title: "Named" });
    await withEndpoint("terms", { rules: [{ id: "b" }], maximum: price("3") });
    const { prices, termsByVersion, terms, priceVersion } = await endpointOf("terms");
    expect(priceVersion).toBe(3);
    expect(terms).toEqual({ read: { rules: [{ id: "b" }], maximum: price("3") } });
    expect([...prices]).toEqual([1, 2, 3].map((version) => [version, price("1")]));
    expect(Object.fromEntries(termsByVersion)).toEqual({ 2: { read: { rules: [{ id: "a" }] } }, 3: terms });
  });

  test("are listed with who made them, without secrets, and one is present", async () => {
    await withEndpoint("history", {});
    await withEndpoint("history", { rules: [hook("history-canary")] });
    const versions = await catalog.listPriceVersions((await endpointOf("history")).id);
    expect(versions).toMatchObject([
      {
        version: 2,
        price: price("1"),
        terms: { rules: [hook(null)] },
        createdBy: "member:m_1",
        isCurrent: true,
      },
      { version: 1, price: price("1"), terms: null, isCurrent: false },
    ]);
    expect(versions[0]?.createdAt).toBeInstanceOf(Date);
    expect(JSON.stringify(versions)).not.toContain("canary");
  });

  test("can be rolled back to, secrets included, as a new version", async () => {
    await withEndpoint("back", { price: price("2"), rules: [hook("back-canary")], title: "Chat" });
    await withEndpoint("back", { price: price("5"), maximum: price("9"), title: "Chat now" });
    const to = { endpoint: { method: "POST", path: "/v1/chat" }, version: 1 };
    const { changes } = await catalog.rollBack("back", "chat", to, by);
    expect(changes.map(({ op, path }) => `${op} ${path.split("].").at(-1)}`)).toEqual([
      "update price",
      "delete maximum",
      "create rules",
    ]);
    expect(await endpointOf("back")).toMatchObject({
      title: "Chat now",
      priceVersion: 3,
      price: price("2"),
      terms: { read: { rules: [{ then: { hook: { secret: "back-canary" } } }] } },
    });
    const unknown = catalog.rollBack("back", "chat", { ...to, version: 9 }, by);
    expect((await problemOf(unknown)).slug).toBe("not-found");
    const elsewhere = catalog.rollBack("history", "chat", { ...to, version: 7 }, by);
    expect((await problemOf(elsewhere)).slug).toBe("not-found");
  });

  test("are not made when a kept case does not come out, whichever way the price is changed", async () => {
    const cases = [{ amount: "1" }];
    await withEndpoint("cases", { price: price("3") });
    await withEndpoint("cases", { cases });
    expect(await pathsOf(withEndpoint("cases", { cases, price: price("2") }))).toEqual([
      "services[0].endpoints[0].cases[0].amount",
    ]);
    const name = { method: "POST", path: "/v1/chat" };
    const patch = { price: price("2") };
    expect(await pathsOf(catalog.reviseEndpoint("cases", "chat", { name, patch }, by))).toEqual([
      "cases[0].amount",
    ]);
    expect(await pathsOf(catalog.rollBack("cases", "chat", { endpoint: name, version: 1 }, by))).toEqual([
      "cases[0].amount",
    ]);
    expect((await endpointOf("cases")).price).toEqual(price("1"));
  });
});

describe("host names", () => {
  test("find the merchant or the service they are bound to", async () => {
    await create("bound", { domain: "chat.bound.example" }, { domain: "bound.example" });
    const snapshot = await catalog.snapshot();
    expect(snapshot.findByDomain("Chat.Bound.Example:8443")).toMatchObject({
      merchant: { merchant: { slug: "bound" } },
      service: { slug: "chat", domain: "chat.bound.example" },
    });
    expect(snapshot.findByDomain("bound.example")).toMatchObject({
      merchant: { merchant: { slug: "bound" } },
      service: null,
    });
    expect(snapshot.findByDomain("nobody.example")).toBeNull();
    expect(snapshot.findByDomain("")).toBeNull();
  });

  test("of somebody else are refused, tried or meant, and nobody is named", async () => {
    await create("holder", { domain: "held.example" });
    const document = aDocument("grabber", {}, { domain: "held.example" });
    for (const dryRun of [true, false]) {
      const problem = await problemOf(catalog.putConfig(document, { ...by, mayCreate: true, dryRun }));
      expect(problem.extras.errors?.map(({ path }) => path)).toEqual(["merchant.domain"]);
      expect(JSON.stringify(problem.extras.errors)).not.toContain("holder");
    }
    await create("other-grabber");
    const revised = catalog.reviseService("other-grabber", "chat", { domain: "held.example" }, by);
    expect(await pathsOf(revised)).toEqual(["domain"]);
  });

  test("of ten writers at once go to one", async () => {
    const tries = Array.from({ length: 10 }, (_, n) =>
      create(`racer-${n}`, { domain: "race.example" }).then(
        () => 1,
        () => 0,
      ),
    );
    const won = await Promise.all(tries);
    expect(won.reduce<number>((sum, one) => sum + one, 0)).toBe(1);
  });

  test("can change places within one document", async () => {
    const two = (first: string, second: string) => ({
      ...aDocument("swap"),
      services: [aService({ slug: "one", domain: first }), aService({ slug: "two", domain: second })],
    });
    await catalog.putConfig(two("one.swap.example", "two.swap.example"), { ...by, mayCreate: true });
    await catalog.putConfig(two("two.swap.example", "one.swap.example"), by);
    const snapshot = await catalog.snapshot();
    expect(snapshot.findByDomain("two.swap.example")?.service?.slug).toBe("one");
    expect(snapshot.findByDomain("one.swap.example")?.service?.slug).toBe("two");
  });

  test("move from a service to its merchant", async () => {
    await create("promoted", { domain: "promoted.example" });
    await create("promoted", {}, { domain: "promoted.example" });
    expect((await catalog.snapshot()).findByDomain("promoted.example")?.service).toBeNull();
  });
});

describe("revising", () => {
  test("leaves alone what is not named, and takes away what is null", async () => {
    await create("revised", { ...secretive, about: { summary: "Old" }, domain: "revised.example" });
    await catalog.reviseService(
      "revised",
      "chat",
      { title: "New", domain: null, upstream: { retries: 2 } },
      by,
    );
    const service = await serviceOf("revised");
    expect(service).toMatchObject({
      title: "New",
      domain: null,
      about: { summary: "Old" },
      callers: { keys: [{ key: "caller-canary-000" }] },
      upstream: { retries: 2, headers: { "x-key": "header-canary" }, query: { value: "query-canary &" } },
    });
    await catalog.reviseService("revised", "chat", { upstream: { auth: null } }, by);
    expect((await serviceOf("revised")).upstream.query).toBeNull();
  });

  test("an endpoint keeps its secrets under a new path", async () => {
    await create("moved", secretive);
    const name = { method: "POST", path: "/v1/chat" };
    const patch = { path: "/v2/chat", rules: [{ ...hook(null), title: "Moved" }] };
    await catalog.reviseEndpoint("moved", "chat", { name, patch }, by);
    expect(await endpointOf("moved")).toMatchObject({
      path: "/v2/chat",
      terms: { read: { rules: [{ title: "Moved", then: { hook: { secret: "hook-canary" } } }] } },
    });
  });

  test("a merchant keeps what a form does not show", async () => {
    await create("merchant-form", {}, { rates: { BTC: { USD: "1" } }, about: { summary: "A" } });
    await catalog.saveMerchant("merchant-form", { name: "Acme Two", currency: "EUR", timeZone: "UTC" }, by);
    expect((await catalog.getConfig("merchant-form")).merchant).toMatchObject({
      name: "Acme Two",
      rates: { BTC: { USD: "1" } },
      about: { summary: "A" },
    });
  });

  test("a service has the name it has", async () => {
    await create("named");
    expect(await pathsOf(catalog.reviseService("named", "chat", { slug: "talk" }, by))).toEqual(["slug"]);
  });
});
