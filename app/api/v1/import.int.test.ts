import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRuntime, installRuntime, type Runtime, readEnv } from "@/lib/runtime";
import { testDatabase } from "@/lib/testing/database";
import * as prices from "./endpoints/[id]/prices/route";
import * as importing from "./services/[slug]/import/route";

const origin = "http://localhost:3000";
const bootstrapKey = "bootstrap-key-of-the-whole-installation";
const by = { actor: "system" };
let runtime: Runtime;
const keys = { acme: "", live: "", other: "" };

const service = (slug: string, mode: string) => ({
  slug,
  title: slug,
  mode,
  upstream: { url: `${origin}/demo/upstream` },
  rails: mode === "test" ? ["demo"] : [],
  endpoints: [],
});
const documentOf = (slug: string) => ({
  version: 1,
  merchant: { slug, name: slug, currency: "USD", timeZone: "UTC" },
  rails: [{ id: "demo", kind: "demo", mode: "test" }],
  services: [
    service("github", "test"),
    service("chain", "test"),
    service("small", "test"),
    service("real", "live"),
  ],
});

type Handler = (request: Request, route?: { params: Promise<unknown> }) => Promise<Response> | Response;

async function call(
  handler: Handler,
  address: string,
  params: unknown,
  { key = bootstrapKey, json }: { key?: string; json?: unknown } = {},
) {
  const method = json === undefined ? {} : { method: "POST", body: JSON.stringify(json) };
  const request = new Request(`${origin}/api/v1${address}`, {
    ...method,
    headers: { authorization: `Bearer ${key}` },
  });
  const answer = await handler(request, { params: Promise.resolve(params) });
  return { status: answer.status, body: await answer.json() };
}
const importInto = (slug: string, json: unknown, { query = "", key = keys.acme } = {}) =>
  call(importing.POST, `/services/${slug}/import${query}`, { slug }, { key, json });
const pathsOf = ({ body }: { body: { errors?: { path: string }[] } }) => body.errors?.map(({ path }) => path);

beforeAll(async () => {
  const env = readEnv({ PUBLIC_ORIGIN: origin, FAREBOX_DEMO: "1", FAREBOX_API_KEY: bootstrapKey });
  runtime = await createRuntime({ env, databaseUrl: await testDatabase(), secret: "s".repeat(32) });
  installRuntime(runtime);
  for (const slug of ["acme", "other"]) {
    await runtime.catalog.putConfig(documentOf(slug), { ...by, mayCreate: true });
  }
  const keyOf = async (slug: string, mode: "test" | "live") => {
    const merchantId = (await runtime.catalog.snapshot()).findMerchant(slug)?.merchant.id ?? "";
    return (await runtime.access.createKey({ merchantId, mode, name: "test" }, by)).key;
  };
  keys.acme = await keyOf("acme", "test");
  keys.live = await keyOf("acme", "live");
  keys.other = await keyOf("other", "test");
});
afterAll(() => runtime.close());

const price = { amount: "0.01", currency: "USD" };
const given = { default: { price } };
const read = (file: string) => readFileSync(`lib/testing/openapi/${file}`, "utf8");

async function endpointsOf(slug: string) {
  return (await runtime.catalog.snapshot()).findMerchant("acme")?.services.get(slug)?.endpoints ?? [];
}

describe("a description of a real API", () => {
  test("is tried, imported, and asked for money at every operation", async () => {
    const body = { document: read("github.json"), prices: given };
    const tried = await importInto("github", body, { query: "?dryRun=1" });
    expect([tried.status, tried.body.creates.length]).toEqual([200, 164]);
    expect(await endpointsOf("github")).toEqual([]);

    const done = await importInto("github", body);
    expect(done.body).toEqual(tried.body);
    const endpoints = await endpointsOf("github");
    expect(endpoints).toHaveLength(164);
    for (const { method, path } of endpoints) {
      const asked = path.replace(/\{\w+(?:\.{3})?\}/g, "one");
      const body = method === "GET" ? {} : { body: "{}" };
      const request = new Request(`${origin}/pay/acme/github${asked}`, { method, ...body });
      const answer = await runtime.gateway.handle(request);
      expect([method, path, answer.status]).toEqual([method, path, 402]);
      await answer.body?.cancel();
    }
    const again = await importInto("github", body);
    expect([again.body.creates, again.body.updates, again.body.unchanged.length]).toEqual([[], [], 164]);
  }, 60_000);

  test("in YAML is imported as well, and what is left out is named", async () => {
    const { body } = await importInto("chain", { document: read("blockfrost.yaml"), prices: given });
    expect([body.creates.length, body.left.length]).toEqual([123, 6]);
    expect(await endpointsOf("chain")).toHaveLength(123);
  }, 60_000);
});

const small = (paths: Record<string, unknown>) => ({
  openapi: "3.1.0",
  info: { title: "Small", version: "1" },
  paths,
});

describe("an import", () => {
  test("keeps the merchant's price and shows the history of it", async () => {
    const first = small({ "/a": { get: { summary: "A" } }, "/b": { get: {} } });
    await importInto("small", { document: first, prices: given });
    const name = { method: "GET", path: "/a" };
    await runtime.catalog.reviseEndpoint(
      "acme",
      "small",
      { name, patch: { price: { amount: "3", currency: "USD" } } },
      by,
    );
    const next = small({ "/a": { get: { summary: "A, better" } } });
    const { body } = await importInto("small", {
      document: next,
      prices: given,
      choose: { remove: ["GET /b"] },
    });
    expect(body).toMatchObject({
      updates: [{ path: "/a", changes: [{ path: "GET /a.title" }] }],
      gone: [{ path: "/b", removed: true }],
    });
    const [kept, ...rest] = await endpointsOf("small");
    expect([kept?.title, kept?.price?.amount, rest]).toEqual(["A, better", "3", []]);

    const history = await call(
      prices.GET,
      `/endpoints/${kept?.id}/prices`,
      { id: kept?.id },
      { key: keys.acme },
    );
    expect(history).toMatchObject({
      status: 200,
      body: {
        data: [
          {
            version: 2,
            price: { amount: "3", currency: "USD" },
            terms: null,
            createdBy: "system",
            current: true,
          },
          { version: 1, price, current: false },
        ],
        nextCursor: null,
      },
    });
    for (const key of [keys.other, keys.live]) {
      expect(
        (await call(prices.GET, `/endpoints/${kept?.id}/prices`, { id: kept?.id }, { key })).status,
      ).toBe(404);
    }

    const restore = (version: unknown, key = keys.acme) =>
      call(prices.POST, `/endpoints/${kept?.id}/prices`, { id: kept?.id }, { key, json: { version } });
    expect((await restore(1, keys.other)).status).toBe(404);
    expect((await restore(9)).status).toBe(404);
    expect((await restore("1")).status).toBe(422);
    expect(await restore(1)).toMatchObject({ status: 200, body: { version: 3, price, current: true } });
    expect((await endpointsOf("small"))[0]).toMatchObject({ priceVersion: 3, price });
  });

  test.each([
    [{}, ["document"]],
    [{ document: "a", url: "https://a.example" }, ["url"]],
    [{ document: "no description" }, ["document"]],
    [{ url: "http://169.254.169.254/openapi.json" }, ["url"]],
    [{ url: "http://127.0.0.1:5432/" }, ["url"]],
    [{ document: {}, prices: { default: { price: { amount: "1" } } } }, ["prices.default"]],
    [{ document: {}, choose: { remove: "some" } }, ["choose.remove"]],
    [{ document: {}, other: 1 }, ["other"]],
  ])("of %j is refused at its place", async (json, paths) => {
    const answer = await importInto("small", json);
    expect([answer.status, pathsOf(answer)]).toEqual([422, paths]);
  });

  test("into another merchant's service, or of the other mode, finds nothing", async () => {
    const document = small({ "/z": { get: {} } });
    expect((await importInto("nothing", { document })).status).toBe(404);
    expect((await importInto("real", { document })).status).toBe(404);
    expect((await importInto("small", { document }, { key: keys.live })).status).toBe(404);
  });

  test("that the rules of the document refuse, writes nothing and names the endpoint", async () => {
    const document = small({ "/z": { get: {} } });
    const before = await endpointsOf("small");
    const answer = await importInto("small", {
      document,
      prices: { default: { price: { amount: "0.0000001", currency: "USD" } } },
    });
    expect([answer.status, pathsOf(answer)]).toEqual([422, [`endpoints[${before.length}].price`]]);
    expect(await endpointsOf("small")).toEqual(before);
  });
});
