import { afterAll, beforeAll, expect, test } from "vitest";
import { installRuntime, type Runtime } from "@/lib/runtime";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import * as explain from "./[id]/explain/route";
import * as list from "./route";
import * as run from "./run/route";

type Handler = (request: Request, route: { params: Promise<unknown> }) => Promise<Response>;

let world: PaidWorld;
let runtime: Runtime;
const keys = { own: "", reader: "" };

beforeAll(async () => {
  world = await createPaidWorld({ processes: 1 });
  const [first] = world.runtimes;
  if (!first) throw new Error("There is a process.");
  runtime = first;
  installRuntime(runtime);
  const merchantId = (await runtime.catalog.snapshot()).findMerchant("acme")?.merchant.id ?? "";
  const keyWith = async (more: object) =>
    (await runtime.access.createKey({ merchantId, mode: "test", name: "k", ...more }, { actor: "system" }))
      .key;
  keys.own = await keyWith({});
  keys.reader = await keyWith({ scopes: ["ledger:read"] });
  const authorization = await world.credential("/v1/cheap/7");
  const paid = await world.ask("/v1/cheap/7", { headers: { authorization } });
  await paid.arrayBuffer();
  expect(paid.status).toBe(200);
});
afterAll(() => world.close());

async function call(
  handler: Handler,
  {
    method = "GET",
    key = keys.own,
    id = "",
    body,
  }: { method?: string; key?: string; id?: string; body?: unknown } = {},
) {
  const request = new Request("http://farebox.test/api/v1/reconciliation", {
    method,
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await handler(request, { params: Promise.resolve(id ? { id } : {}) });
  return { status: answer.status, body: await answer.json() };
}

test("a falsified record is found by a run, listed, explained once, and stands in the audit", async () => {
  expect((await call(list.GET)).body.data).toMatchObject([
    { rail: "demo", difference: { amount: "0.00" }, lastRun: null },
  ]);
  await runtime.database.pool.query("update demo_payment set amount = amount + 5");
  const ran = await call(run.POST, { method: "POST" });
  expect(ran).toMatchObject({ status: 200, body: { compared: 1, opened: 1, unreachable: 0, isWhole: true } });

  const [standing] = (await call(list.GET, { key: keys.reader })).body.data;
  expect(standing).toMatchObject({
    ledger: { amount: "0.01", currency: "USD" },
    railSays: { amount: "0.06", currency: "USD" },
    difference: { amount: "0.05", currency: "USD" },
    open: 1,
    rows: [{ reason: "captured", difference: { amount: "0.05" }, state: "open" }],
  });

  const { id } = standing.rows[0];
  const post = { method: "POST", id, body: { reason: "The payer tipped." } };
  expect((await call(explain.POST, { ...post, key: keys.reader })).status).toBe(403);
  expect((await call(explain.POST, { ...post, body: { reason: "" } })).status).toBe(422);
  expect((await call(explain.POST, { ...post, id: "mm_none" })).status).toBe(404);
  expect((await call(explain.POST, post)).body).toMatchObject({ id, state: "explained" });
  expect((await call(explain.POST, post)).status).toBe(409);
  expect((await call(list.GET)).body.data).toMatchObject([
    { open: 0, difference: { amount: "0.00" }, rows: [] },
  ]);
  const [entry] = await runtime.access.audit.list({ limit: 1 });
  expect(entry).toMatchObject({ act: "mismatch.explained", object: `mismatch:${id}` });
});
