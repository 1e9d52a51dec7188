import { afterAll, beforeAll, expect, test } from "vitest";
import { installRuntime, type Runtime } from "@/lib/runtime";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import * as calls from "./[slug]/calls/route";
import * as key from "./[slug]/keys/[id]/route";
import * as keys from "./[slug]/keys/route";
import * as one from "./[slug]/route";
import * as list from "./route";

type Handler = (request: Request, route: { params: Promise<unknown> }) => Promise<Response>;

const origin = "http://farebox.test";
const by = { actor: "system" };
let world: PaidWorld;
let runtime: Runtime;
const callers = { usual: "", hands: "", live: "" };

beforeAll(async () => {
  world = await createPaidWorld({ processes: 1 });
  const [first] = world.runtimes;
  if (!first) throw new Error("There is a process.");
  runtime = first;
  installRuntime(runtime);
  const merchantId = (await runtime.catalog.snapshot()).findMerchant("acme")?.merchant.id ?? "";
  const keyWith = async (more: object) =>
    (await runtime.access.createKey({ merchantId, mode: "test", name: "k", ...more }, by)).key;
  callers.usual = await keyWith({});
  callers.hands = await keyWith({ scopes: ["config:read", "keys:write"] });
  callers.live = await keyWith({ mode: "live", scopes: ["config:read", "keys:write"] });
  const shop = { kind: "rest", mode: "test", methods: [{ name: "Wallet", rail: "demo" }] };
  await runtime.catalog.createConnector("acme", { id: "store", ...shop }, by);
  await runtime.catalog.createConnector("acme", { id: "vtex-store", kind: "vtex", mode: "test" }, by);
});
afterAll(() => world.close());

type How = { method?: string; as?: string; params?: Record<string, string>; body?: unknown };

async function call(handler: Handler, { method = "GET", as = callers.hands, params = {}, body }: How = {}) {
  const request = new Request(`${origin}/api/v1/connectors`, {
    method,
    headers: { authorization: `Bearer ${as}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await handler(request, { params: Promise.resolve(params) });
  const text = await answer.text();
  return { status: answer.status, text, body: text === "" ? null : JSON.parse(text) };
}
const make = (body: object = {}, slug = "store") =>
  call(keys.POST, { method: "POST", params: { slug }, body });
const askShop = (bearer: string) =>
  runtime.shops.rest(
    new Request(`${origin}/api/processor/v1/payments/ch_1`, {
      headers: { authorization: `Bearer ${bearer}` },
    }),
  );

test("connectors are listed with the address that their shop calls, each to its mode", async () => {
  expect((await call(list.GET)).body.data).toMatchObject([
    { id: "store", kind: "rest", address: `${origin}/api/processor/v1` },
    { id: "vtex-store", kind: "vtex", address: `${origin}/api/processor/vtex/acme/vtex-store` },
  ]);
  expect((await call(list.GET, { as: callers.live })).body.data).toEqual([]);
  expect((await call(one.GET, { params: { slug: "store" } })).body).toMatchObject({ id: "store" });
  expect((await call(one.GET, { params: { slug: "none" } })).status).toBe(404);
  expect((await call(one.GET, { params: { slug: "store" }, as: callers.live })).status).toBe(404);
});

test("a key is told once, lets the shop in, is rotated with an overlap, and ends at once", async () => {
  expect(
    (await call(keys.POST, { method: "POST", params: { slug: "store" }, body: {}, as: callers.usual }))
      .status,
  ).toBe(403);
  const first = await make();
  expect(first.status).toBe(201);
  expect(first.body.key).toMatch(/^fbc_test_[\w-]{43}$/);
  expect((await askShop(first.body.key)).status).toBe(404);

  const second = await make({ endOthersAfterSeconds: 3_600 });
  expect((await askShop(first.body.key)).status).toBe(404);
  const listed = await call(keys.GET, { params: { slug: "store" } });
  expect(listed.body.data.map(({ endsAt }: { endsAt: string | null }) => endsAt !== null)).toEqual([
    false,
    true,
  ]);
  expect(listed.text).not.toContain(first.body.key);

  const third = await make({ endOthersAfterSeconds: 0 });
  for (const ended of [first, second]) expect((await askShop(ended.body.key)).status).toBe(401);
  const end = { method: "DELETE", params: { slug: "store", id: third.body.id } };
  expect((await call(key.DELETE, { ...end, as: callers.usual })).status).toBe(403);
  expect((await call(key.DELETE, end)).status).toBe(204);
  expect((await askShop(third.body.key)).status).toBe(401);
  expect((await call(key.DELETE, end)).status).toBe(404);

  const { rows } = await runtime.database.pool.query("select connector_key::text as row from connector_key");
  for (const made of [first, second, third]) expect(JSON.stringify(rows)).not.toContain(made.body.key);
  const acts = (await runtime.access.audit.list({ limit: 4 })).map(({ act }) => act);
  expect(acts).toEqual(["connector-key.ended", ...Array(3).fill("connector-key.created")]);
  expect((await make({ endOthersAfterSeconds: -1 })).status).toBe(422);
});

test("a connector of VTEX gets a pair, which no other connector takes", async () => {
  const { body } = await make({}, "vtex-store");
  expect(body).toMatchObject({
    key: null,
    appKey: expect.stringMatching(/^fbcapp-/),
    appToken: expect.any(String),
  });
  const { connectors } = runtime.catalog;
  const [store, vtex] = [await connectors.find("acme", "store"), await connectors.find("acme", "vtex-store")];
  if (!store || !vtex) throw new Error("They are there.");
  const pair = { appKey: body.appKey, appToken: body.appToken };
  expect(await connectors.authenticatePair(vtex, pair)).toEqual({ keyId: body.id });
  expect(await connectors.authenticatePair(store, pair)).toBeNull();
  expect(await connectors.authenticatePair(vtex, { ...pair, appToken: `${pair.appToken}x` })).toBeNull();
  expect((await askShop(body.appToken)).status).toBe(401);
});

test("calls are listed, and a connector that goes takes its keys along", async () => {
  const made = await make();
  await askShop(made.body.key);
  expect((await call(calls.GET, { params: { slug: "store" } })).body.data[0]).toMatchObject({
    ...{ method: "GET", path: "/payments/ch_1", status: 404, request: null },
  });
  await runtime.catalog.deleteConnector("acme", "store", by);
  expect((await askShop(made.body.key)).status).toBe(401);
  const shop = { id: "store", kind: "rest", mode: "test" };
  await runtime.catalog.createConnector("acme", shop, by);
  expect((await askShop(made.body.key)).status).toBe(401);
});

test("a rail that a connector names is not deleted, and its configuration is put back unchanged", async () => {
  await runtime.catalog.updateConnector(
    "acme",
    "store",
    {
      id: "store",
      kind: "rest",
      mode: "test",
      methods: [{ name: "W", rail: "demo" }],
      settings: { notifyUrl: "https://a.example/x", notifySecret: { $secret: "sixteen characters" } },
    },
    by,
  );
  const config = await runtime.catalog.getConfig("acme");
  expect(JSON.stringify(config.connectors)).not.toContain("sixteen characters");
  expect((await runtime.catalog.putConfig(config, by)).changes).toEqual([]);
  const stored = await runtime.catalog.connectors.find("acme", "store");
  expect(stored?.settings.notifySecret).toBe("sixteen characters");
  const { rows } = await runtime.database.pool.query("select settings::text as row from connector");
  expect(JSON.stringify(rows)).not.toContain("sixteen characters");
});
