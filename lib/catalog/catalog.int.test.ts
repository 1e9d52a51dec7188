import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Database, openDatabase } from "@/lib/db";
import { createSeal, type Log } from "@/lib/kit";
import { findCurrency } from "@/lib/money";
import { Problem } from "@/lib/problems";
import { testDatabase } from "@/lib/testing/database";
import { quietUpstream } from "@/lib/testing/quiet";
import { type Catalog, openCatalog } from "./catalog";
import type { RailKind } from "./read-rail";
import type { PriceOnRails } from "./readers";
import { shortConfig } from "./short-config";

const sat = findCurrency("SAT");
const railKinds: Record<string, RailKind> = {
  demo: {
    title: "Demo",
    config: z.strictObject({}),
    secrets: [],
    currencies: "any",
    sessions: false,
    testOnly: true,
  },
  lightning: {
    title: "Lightning",
    config: z.strictObject({ url: z.url(), macaroon: z.string(), note: z.string().optional() }),
    secrets: ["macaroon"],
    currencies: sat ? [sat] : [],
    sessions: true,
    testOnly: false,
  },
};

/** Offers whatever is not tiny, as pricing would on rails that settle in cents. */
const railOffers: PriceOnRails = (price, _sold, rails) =>
  rails.map(() =>
    price.amount.startsWith("0.00")
      ? { state: "not-offered", reason: "below-unit", why: "The price is too small." }
      : { state: "offered" },
  );

const by = { actor: "bootstrap" };
const secret = "s".repeat(32);
let url: string;
let database: Database;
let catalog: Catalog;
const lines: string[] = [];
const log: Log = (_level, event, facts) => void lines.push(`${event} ${JSON.stringify(facts)}`);

const open = (more: Partial<Parameters<typeof openCatalog>[0]> = {}) =>
  openCatalog({
    database,
    databaseUrl: url,
    seal: createSeal(secret),
    railKinds,
    railOffers,
    checkAddress: () => null,
    demo: true,
    log,
    ...more,
  });

beforeAll(async () => {
  url = await testDatabase();
  database = openDatabase({ url, log });
  catalog = await open();
});

afterAll(async () => {
  await catalog.close();
  await database.close();
});

type Json = Record<string, unknown>;
const forecast = {
  method: "GET",
  path: "/v1/forecast/{city}",
  price: { amount: "0.01", currency: "USD" },
  description: "Forecast",
};
const status = { method: "GET", path: "/v1/status", free: true };
const aService = (more: Json = {}): Json => ({
  slug: "weather",
  title: "Weather",
  mode: "test",
  kind: "http",
  upstream: {
    url: "http://127.0.0.1:9000/base",
    headers: { "x-api-key": { $secret: "upstream-canary" }, accept: "application/json" },
  },
  rails: ["demo"],
  endpoints: [forecast, status],
  ...more,
});
const lightning = {
  id: "ln",
  kind: "lightning",
  mode: "live",
  settings: { url: "https://10.0.0.5:8080", macaroon: { $secret: "rail-canary" } },
};
const aDocument = (slug: string, more: Json = {}): Json => ({
  version: 1,
  merchant: { slug, name: "Acme", currency: "USD", timeZone: "Europe/Berlin" },
  rails: [{ id: "demo", kind: "demo", mode: "test" }, lightning],
  services: [aService()],
  ...more,
});

const create = (slug: string, more: Json = {}) =>
  catalog.putConfig(aDocument(slug, more), { ...by, mayCreate: true });

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!Problem.is(error)) throw new Error(`Not refused: ${String(error)}`);
  return error;
}
const pathsOf = (problem: Problem) => problem.extras.errors?.map(({ path }) => path);

async function viewOf(slug: string) {
  const view = (await catalog.snapshot()).findMerchant(slug);
  if (!view) throw new Error(`no merchant ${slug}`);
  return view;
}
async function serviceOf(slug: string, service = "weather") {
  const found = (await viewOf(slug)).services.get(service);
  if (!found) throw new Error(`no service ${service}`);
  return found;
}

describe("putting a document", () => {
  test("makes the merchant, and every part of it can be worked with at once", async () => {
    const { changes } = await create("first");
    expect(changes.map(({ op, path }) => `${op} ${path}`)).toEqual([
      "create merchant",
      "create rails[demo]",
      "create rails[ln]",
      "create services[weather]",
    ]);
    const view = await viewOf("first");
    expect(view.merchant).toMatchObject({ slug: "first", currency: "USD", isDemo: false });
    expect(view.merchant.keys.all).toEqual([{ id: view.merchant.keys.current, retiresAt: null }]);
    expect(view.rails.get("ln")).toMatchObject({ settings: { macaroon: "rail-canary" }, enabled: true });
    const service = await serviceOf("first");
    expect(service.upstream).toEqual({
      url: "http://127.0.0.1:9000/base",
      headers: { "x-api-key": "upstream-canary", accept: "application/json" },
      secrets: ["upstream-canary"],
      timeoutMs: 30_000,
      ...quietUpstream,
    });
    expect(service.endpoints).toMatchObject([
      { method: "GET", path: "/v1/forecast/{city}", shape: "/v1/forecast/{}", priceVersion: 1, free: false },
      { path: "/v1/status", free: true, price: null, priceVersion: 0 },
    ]);
  });

  test("again changes nothing and keeps every id", async () => {
    await create("again");
    const before = await viewOf("again");
    expect(await create("again")).toEqual({ changes: [] });
    expect((await viewOf("again")).services).toEqual(before.services);
  });

  test("tries without writing when asked to", async () => {
    const { changes } = await catalog.putConfig(aDocument("dry"), { ...by, mayCreate: true, dryRun: true });
    expect(changes).toHaveLength(4);
    expect((await catalog.snapshot()).findMerchant("dry")).toBeNull();
  });

  test("of nobody is refused to those who may not create", async () => {
    expect((await problemOf(catalog.putConfig(aDocument("nobody"), by))).slug).toBe("not-found");
    expect((await problemOf(catalog.getConfig("nobody"))).slug).toBe("not-found");
  });

  test("of another merchant than the address names is refused", async () => {
    await create("mine");
    await create("theirs");
    const problem = await problemOf(catalog.putConfig(aDocument("theirs"), { ...by, merchantSlug: "mine" }));
    expect([problem.slug, pathsOf(problem)]).toEqual(["unprocessable", ["merchant.slug"]]);
  });

  test("with faults changes nothing, and names them all", async () => {
    await create("atomic");
    const before = await catalog.getConfig("atomic");
    const services = [
      aService({ title: "Changed" }),
      aService({
        slug: "other",
        endpoints: [forecast, { ...forecast, price: { amount: "0.0001", currency: "USD" } }],
      }),
    ];
    const problem = await problemOf(
      create("atomic", { services, rails: [{ id: "demo", kind: "demo", mode: "live" }] }),
    );
    expect(pathsOf(problem)).toEqual(
      expect.arrayContaining(["rails[0].mode", "services[0].rails[0]", "services[1].endpoints[1].path"]),
    );
    expect(await catalog.getConfig("atomic")).toEqual(before);
  });

  test("says field by field what changes, without secrets", async () => {
    await create("changes");
    const services = [
      aService({
        upstream: {
          url: "http://127.0.0.1:9001/base",
          headers: { "x-api-key": { $secret: "another-canary" } },
        },
        endpoints: [
          { ...forecast, price: { amount: "0.02", currency: "USD" } },
          { ...status, path: "/v2/status" },
        ],
      }),
    ];
    const { changes } = await create("changes", { services });
    expect(changes.map(({ op, path }) => `${op} ${path}`)).toEqual([
      "update services[weather].upstream.url",
      "delete services[weather].upstream.headers.accept",
      "update services[weather].upstream.headers.x-api-key",
      "update services[weather].endpoints[GET /v1/forecast/{city}].price",
      "create services[weather].endpoints[GET /v2/status]",
      "delete services[weather].endpoints[GET /v1/status]",
    ]);
    expect(changes[3]).toMatchObject({
      before: { amount: "0.01", currency: "USD" },
      after: { amount: "0.02", currency: "USD" },
    });
    expect(JSON.stringify(changes)).not.toContain("canary");
    expect((await serviceOf("changes")).upstream.headers).toEqual({ "x-api-key": "another-canary" });
  });

  test("of one merchant by ten callers at once ends in one of the documents, whole", async () => {
    await create("race");
    const titles = Array.from({ length: 10 }, (_, n) => `Title ${n}`);
    await Promise.all(titles.map((title) => create("race", { services: [aService({ title })] })));
    const { services } = await catalog.getConfig("race");
    expect(services).toHaveLength(1);
    expect(titles).toContain(services[0]?.title);
  });

  test("by ten callers at once makes one merchant", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create("born-once")));
    expect(answers.filter(({ changes }) => changes.length > 0)).toHaveLength(1);
  });

  test("in another order is one change of order", async () => {
    await create("order");
    const { changes } = await create("order", {
      rails: [lightning, { id: "demo", kind: "demo", mode: "test" }],
    });
    expect(changes).toEqual([{ op: "update", path: "rails", before: ["demo", "ln"], after: ["ln", "demo"] }]);
    expect((await catalog.getConfig("order")).rails.map(({ id }) => id)).toEqual(["ln", "demo"]);
  });
});

describe("a document that is read and put back", () => {
  test("changes nothing, long or short, whatever it holds", async () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
      .filter((title) => /^[^\p{Cc}\u2028\u2029]*\S[^\p{Cc}\u2028\u2029]*$/u.test(title));
    const endpoint = fc.record(
      {
        method: fc.constantFrom("GET", "POST", "DELETE"),
        path: fc.constantFrom("/", "/a", "/a/{b}", "/a/{c}/d", "/files/*", "/files/{rest...}", "/caf%C3%A9"),
        price: fc.constantFrom(
          { amount: "0.01", currency: "USD" },
          { amount: "12.500", currency: "EUR" },
          { amount: "1.0001", currency: "KWD" },
          { amount: "2.5", currency: "SAT" },
        ),
        description: text,
        billable4xx: fc.boolean(),
        paymentAuthorization: fc.boolean(),
        bodyMaxBytes: fc.integer({ min: 0, max: 1_000_000 }),
        redeemableForSeconds: fc.constantFrom(1, 86_400),
      },
      { requiredKeys: ["method", "path", "price"] },
    );
    const free = fc.record({
      method: fc.constant("PUT"),
      path: fc.constantFrom("/x", "/y"),
      free: fc.constant(true),
    });
    const service = fc.record({
      slug: fc.constantFrom("a", "b", "c"),
      title: text,
      mode: fc.constant("test"),
      upstream: fc.record(
        {
          url: fc.constantFrom("https://api.example.com", "http://127.0.0.1:9000/base/"),
          headers: fc.dictionary(
            fc.stringMatching(/^[a-z-]{1,8}$/),
            fc.oneof(fc.constant("plain"), fc.record({ $secret: fc.stringMatching(/^[!-~]{1,20}$/) })),
            { maxKeys: 3 },
          ),
          timeoutMs: fc.constantFrom(1, 5_000),
        },
        { requiredKeys: ["url"] },
      ),
      rails: fc.constantFrom(["demo"], ["spare", "demo"]),
      endpoints: fc.uniqueArray(fc.oneof(endpoint, free), {
        maxLength: 4,
        selector: ({ method, path }) => `${method} ${path.replace("{rest...}", "*")}`,
      }),
    });
    const services = fc.uniqueArray(service, { maxLength: 3, selector: ({ slug }) => slug });
    const rails = [
      { id: "demo", kind: "demo", mode: "test" },
      { id: "spare", kind: "demo", mode: "test", title: "Spare", enabled: false },
      lightning,
    ];
    await fc.assert(
      fc.asyncProperty(services, async (list) => {
        await create("round-trip", { rails, services: list });
        const read = await catalog.getConfig("round-trip");
        expect(JSON.stringify(read)).not.toMatch(/canary|"\$secret":"|\$sealed/);
        expect(await catalog.putConfig(read, by)).toEqual({ changes: [] });
        expect(await catalog.putConfig(shortConfig(read), by)).toEqual({ changes: [] });
        expect(await create("round-trip", { rails, services: list })).toEqual({ changes: [] });
      }),
      { numRuns: 40 },
    );
  });
});

describe("secrets", () => {
  test("are stored as envelopes and nowhere as text", async () => {
    await create("sealed");
    const rows = await database.pool.query(
      "select settings::text as text from rail union all select upstream::text from service",
    );
    const dump = rows.rows.map(({ text }: { text: string }) => text).join("\n");
    expect(dump).toContain('"$sealed"');
    expect(dump).not.toContain("canary");
  });

  test("are kept by null, also when everything around them changes", async () => {
    await create("kept");
    const config = await catalog.getConfig("kept");
    const [service] = config.services;
    await catalog.putConfig({ ...config, services: [{ ...service, title: "Other" }] }, by);
    expect((await serviceOf("kept")).upstream.secrets).toEqual(["upstream-canary"]);
    expect((await viewOf("kept")).rails.get("ln")?.settings).toMatchObject({ macaroon: "rail-canary" });
  });

  test("cannot be kept where none is stored", async () => {
    const services = [
      aService({ upstream: { url: "https://api.example.com", headers: { key: { $secret: null } } } }),
    ];
    expect(pathsOf(await problemOf(create("never-kept", { services })))).toEqual([
      "services[0].upstream.headers.key",
    ]);
  });

  test("that cannot be read leave out what needs them, say so, and hide nothing else", async () => {
    await create("unreadable", {
      services: [aService(), aService({ slug: "open", upstream: { url: "https://x.test" } })],
    });
    lines.length = 0;
    const stranger = await open({ seal: createSeal("t".repeat(32)) });
    const view = (await stranger.snapshot()).findMerchant("unreadable");
    expect([...(view?.services.keys() ?? [])]).toEqual(["open"]);
    expect([...(view?.rails.keys() ?? [])]).toEqual(["demo"]);
    expect(lines.some((line) => line.includes("catalog.service-left-out") && line.includes("weather"))).toBe(
      true,
    );

    const config = await stranger.getConfig("unreadable");
    expect(pathsOf(await problemOf(stranger.putConfig(config, by)))).toEqual([
      "rails[1].settings.macaroon",
      "services[0].upstream.headers.x-api-key",
    ]);
    await stranger.close();
  });

  test("copied to another row open nothing there", async () => {
    await create("thief");
    await create("victim");
    await database.pool.query(
      `update service set upstream = (select upstream from service join merchant m on m.id = merchant_id where m.slug = 'victim')
       where merchant_id = (select id from merchant where slug = 'thief')`,
    );
    await expect.poll(async () => (await viewOf("thief")).services.has("weather")).toBe(false);
  });
});

describe("prices", () => {
  test("have versions, and the replaced one stays known for the challenges made under it", async () => {
    await create("prices");
    const first = (await serviceOf("prices")).endpoints[0];
    const dearer = { ...forecast, price: { amount: "0.03", currency: "USD" } };
    await create("prices", { services: [aService({ endpoints: [dearer] })] });
    const second = (await serviceOf("prices")).endpoints[0];
    expect(second).toMatchObject({ id: first?.id, priceVersion: 2, price: { amount: "0.03" } });
    expect([...(second?.prices ?? [])]).toEqual([
      [1, { amount: "0.01", currency: "USD" }],
      [2, { amount: "0.03", currency: "USD" }],
    ]);
    await database.pool.query("update price_version set created_at = created_at - interval '3 hours'");
    await create("prices", { services: [aService({ endpoints: [dearer], title: "Again" })] });
    expect([...((await serviceOf("prices")).endpoints[0]?.prices.keys() ?? [])]).toEqual([2]);
  });

  test("that go away and come back never reuse a version", async () => {
    await create("free");
    await create("free", {
      services: [aService({ endpoints: [{ ...forecast, price: undefined, free: true }] })],
    });
    expect((await serviceOf("free")).endpoints[0]).toMatchObject({
      free: true,
      price: null,
      priceVersion: 1,
    });
    await create("free");
    expect((await serviceOf("free")).endpoints[0]).toMatchObject({
      priceVersion: 2,
      price: { amount: "0.01" },
    });
  });

  test("stay when only the name of a parameter changes", async () => {
    await create("renamed");
    const [before] = (await serviceOf("renamed")).endpoints;
    await create("renamed", {
      services: [aService({ endpoints: [{ ...forecast, path: "/v1/forecast/{town}" }] })],
    });
    const [after] = (await serviceOf("renamed")).endpoints;
    expect(after).toMatchObject({ id: before?.id, path: "/v1/forecast/{town}", priceVersion: 1 });
  });
});

describe("single edits", () => {
  test("create, change and delete a service, its endpoints and its rails", async () => {
    await create("edits", { services: [] });
    await catalog.createService("edits", aService({ endpoints: undefined }), by);
    await catalog.saveEndpoint("edits", "weather", { endpoint: forecast }, by);
    await catalog.saveEndpoint("edits", "weather", { endpoint: status }, by);
    await catalog.saveEndpoint(
      "edits",
      "weather",
      { endpoint: { ...forecast, price: { amount: "0.05", currency: "USD" } }, replaces: forecast },
      by,
    );
    await catalog.updateService(
      "edits",
      "weather",
      {
        title: "Wetter",
        mode: "test",
        upstream: { url: "https://x.test", headers: { "x-api-key": { $secret: null } } },
        rails: ["demo"],
      },
      by,
    );
    expect(await serviceOf("edits")).toMatchObject({
      title: "Wetter",
      upstream: { url: "https://x.test", secrets: ["upstream-canary"] },
      endpoints: [{ price: { amount: "0.05" }, priceVersion: 2 }, { path: "/v1/status" }],
    });
    await catalog.deleteEndpoint("edits", "weather", status, by);
    expect((await serviceOf("edits")).endpoints).toHaveLength(1);
    await catalog.createRail("edits", { id: "spare", kind: "demo", mode: "test" }, by);
    await catalog.updateRail("edits", "spare", { kind: "demo", mode: "test", enabled: false }, by);
    expect((await viewOf("edits")).rails.get("spare")?.enabled).toBe(false);
    await catalog.deleteRail("edits", "spare", by);
    await catalog.deleteService("edits", "weather", by);
    await catalog.saveMerchant("edits", { name: "Edited", currency: "EUR", timeZone: "UTC" }, by);
    expect(await catalog.getConfig("edits")).toMatchObject({
      merchant: { slug: "edits", name: "Edited", currency: "EUR" },
      rails: [{ id: "demo" }, { id: "ln" }],
      services: [],
    });
  });

  test("name faults as the sender knows the fields", async () => {
    await create("faults");
    const fault = async (work: Promise<unknown>) => pathsOf(await problemOf(work));
    const bad = { ...forecast, price: { amount: "x", currency: "USD" } };
    expect(await fault(catalog.saveEndpoint("faults", "weather", { endpoint: bad }, by))).toEqual([
      "price.amount",
      "path",
    ]);
    expect(await fault(catalog.createService("faults", aService({ upstream: { url: "x" } }), by))).toEqual([
      "upstream.url",
      "slug",
    ]);
    expect(await fault(catalog.createRail("faults", { ...lightning, id: "l2", settings: {} }, by))).toEqual([
      "settings.url",
      "settings.macaroon",
    ]);
    expect(await fault(catalog.updateService("faults", "weather", aService({ slug: "other" }), by))).toEqual([
      "slug",
    ]);
  });

  test("of what is not there, or still needed, are refused", async () => {
    await create("missing");
    const slug = async (work: Promise<unknown>) => (await problemOf(work)).slug;
    expect(await slug(catalog.deleteService("missing", "nothing", by))).toBe("not-found");
    expect(await slug(catalog.deleteEndpoint("missing", "weather", { method: "GET", path: "/x" }, by))).toBe(
      "not-found",
    );
    expect(await slug(catalog.updateRail("missing", "nothing", {}, by))).toBe("not-found");
    expect(await slug(catalog.deleteRail("nobody-here", "demo", by))).toBe("not-found");
    expect(await slug(catalog.deleteRail("missing", "demo", by))).toBe("conflict");
    expect(await slug(catalog.createService("missing", 7, by))).toBe("unprocessable");
  });
});

describe("a change", () => {
  test("is heard by every other process", async () => {
    const other = await open();
    await other.snapshot();
    await create("heard");
    await expect
      .poll(async () => (await other.snapshot()).findMerchant("heard")?.services.size, {
        interval: 10,
        timeout: 5_000,
      })
      .toBe(1);
    await other.close();
  });

  test("is recorded in its own transaction, or not made", async () => {
    const seen: string[] = [];
    const recording = await open({
      record: async (_store, { actor, changes }) => {
        seen.push(`${actor} ${changes.length}`);
        if (actor === "fails") throw new Error("the record cannot be written");
      },
    });
    const document = aDocument("recorded");
    await recording.putConfig(document, { actor: "member:1", mayCreate: true });
    await recording.putConfig(document, { actor: "member:1" });
    await recording.putConfig(aDocument("recorded", { services: [] }), { actor: "member:1", dryRun: true });
    expect(seen).toEqual(["member:1 4"]);
    await expect(recording.deleteService("recorded", "weather", { actor: "fails" })).rejects.toThrow(
      "the record",
    );
    expect((await recording.getConfig("recorded")).services).toHaveLength(1);
    await recording.close();
  });

  test("of the challenge key keeps the old key for as long as its challenges live", async () => {
    await create("keys");
    const { merchant } = await viewOf("keys");
    const { keyId } = await catalog.rotateChallengeKey(merchant.id);
    const { keys } = (await viewOf("keys")).merchant;
    expect(keys.current).toBe(keyId);
    const old = keys.all.find(({ id }) => id === merchant.keys.current);
    const hours = ((old?.retiresAt?.getTime() ?? 0) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(1.9);
    expect(hours).toBeLessThanOrEqual(2);
    await database.pool.query(
      "update challenge_key set retires_at = now() - interval '1 second' where key_id = $1",
      [merchant.keys.current],
    );
    await expect
      .poll(async () => (await viewOf("keys")).merchant.keys.all)
      .toEqual([{ id: keyId, retiresAt: null }]);
    expect((await problemOf(catalog.rotateChallengeKey("mr_none"))).slug).toBe("not-found");
  });
});

describe("the demo merchant", () => {
  test("is made once, on an empty database only, and follows the installation", async () => {
    expect(await catalog.seedDemo({ origin: "http://localhost:3000" })).toBe(false);

    const emptyUrl = await testDatabase();
    const empty = openDatabase({ url: emptyUrl, log });
    const catalogs = await Promise.all([1, 2, 3].map(() => open({ database: empty, databaseUrl: emptyUrl })));
    const made = await Promise.all(
      catalogs.map((each) => each.seedDemo({ origin: "http://localhost:3000" })),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    const [first] = catalogs;
    if (!first) throw new Error("no catalogue");
    const view = (await first.snapshot()).findMerchant("demo");
    expect(view?.merchant).toMatchObject({ name: "Demo", isDemo: true });
    expect(view?.services.get("weather")).toMatchObject({
      upstream: { url: "http://localhost:3000/demo/upstream" },
      endpoints: [{ price: { amount: "0.01" } }, { price: { amount: "0.02" } }, { free: true }],
    });

    expect(await first.seedDemo({ origin: "http://localhost:4000" })).toBe(false);
    const moved = (await first.snapshot()).findMerchant("demo")?.services.get("weather");
    expect(moved?.upstream.url).toBe("http://localhost:4000/demo/upstream");

    const { demo: _, ...realKinds } = railKinds;
    const closed = await open({ database: empty, databaseUrl: emptyUrl, demo: false, railKinds: realKinds });
    expect((await closed.snapshot()).merchants).toEqual([]);
    await Promise.all([...catalogs, closed].map((each) => each.close()));
    await empty.close();
  });
});
