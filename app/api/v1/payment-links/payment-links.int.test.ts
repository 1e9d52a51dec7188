import { afterAll, beforeAll, expect, test } from "vitest";
import { checkoutRoutes } from "@/lib/http";
import { installRuntime, type Runtime } from "@/lib/runtime";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import * as end from "./[id]/end/route";
import * as one from "./[id]/route";
import * as all from "./route";

type Handler = (request: Request, route: { params: Promise<unknown> }) => Promise<Response>;
type Call = {
  method?: string;
  key?: string;
  id?: string;
  body?: unknown;
  query?: string;
  idempotencyKey?: string;
};

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
  keys.reader = await keyWith({ scopes: ["receipts:read"] });
});
afterAll(() => world.close());

async function call(
  handler: Handler,
  { method = "GET", key = keys.own, id = "", body, query = "", idempotencyKey }: Call = {},
) {
  const request = new Request(`http://farebox.test/api/v1/payment-links${query}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await handler(request, { params: Promise.resolve(id ? { id } : {}) });
  return { status: answer.status, body: await answer.json() };
}

const lunch = { description: "Lunch", amount: { amount: "12.50", currency: "USD" }, uses: 3 };

test("a link is made, read, paid, ended and listed", async () => {
  const made = await call(all.POST, {
    method: "POST",
    body: { ...lunch, expiresAt: "2999-01-01T00:00:00+02:00" },
  });
  expect(made).toMatchObject({
    status: 201,
    body: {
      ...lunch,
      mode: "test",
      state: "open",
      target: null,
      paid: 0,
      paying: 0,
      expiresAt: "2998-12-31T22:00:00.000Z",
      endedAt: null,
    },
  });
  const { id, address } = made.body;
  expect(address).toMatch(/^http:\/\/farebox\.test\/checkout\/links\/[\w-]{22}$/);

  const form = new FormData();
  for (const [name, value] of [
    ["for", new URL(address).pathname],
    ["method", "demo"],
    ["key", "a-key-of-the-form"],
  ] as const)
    form.append(name, value);
  const opened = await checkoutRoutes.open(
    new Request("http://farebox.test/checkout", { method: "POST", body: form }),
  );
  expect(opened.status).toBe(303);
  const checkout = opened.headers.get("location")?.split("/").at(-1) ?? "";
  const attemptId = (await runtime.checkouts.view(checkout)).attempt.id;
  await runtime.checkouts.pay({ id: checkout, attemptId });

  const { receiptId } = (await call(one.GET, { id })).body.payments[0];
  expect((await call(one.GET, { id })).body).toMatchObject({ state: "open", paid: 1, paying: 0 });
  const receipt = await runtime.processor.receipts.get({ merchantId: "", id: receiptId }).catch(() => null);
  expect(receipt).toBeNull(); // another merchant's key would not see it
  expect((await call(end.POST, { method: "POST", id })).body).toMatchObject({ id, state: "ended" });
  expect((await call(end.POST, { method: "POST", id })).body).toMatchObject({ id, state: "ended" });
  expect((await call(all.GET)).body).toMatchObject({
    data: [{ id, state: "ended", paid: 1 }],
    nextCursor: null,
  });
  const acts = (await runtime.access.audit.list({ limit: 5 })).map(({ act }) => act);
  expect(acts.filter((act) => act.startsWith("payment-link."))).toEqual([
    "payment-link.ended",
    "payment-link.created",
  ]);
});

test("the same Idempotency-Key makes one link, and refuses another wish", async () => {
  const post = { method: "POST", body: lunch, idempotencyKey: "lunch-of-today" };
  const first = await call(all.POST, post);
  expect((await call(all.POST, post)).body.id).toBe(first.body.id);
  expect((await call(all.POST, { ...post, body: { ...lunch, uses: 4 } })).status).toBe(422);
});

test("who may only read cannot make or end links, and an unknown one is not found", async () => {
  expect((await call(all.POST, { method: "POST", body: lunch, key: keys.reader })).status).toBe(403);
  const [link] = (await call(all.GET, { key: keys.reader })).body.data;
  expect((await call(end.POST, { method: "POST", id: link.id, key: keys.reader })).status).toBe(403);
  expect((await call(one.GET, { id: "pl_none" })).status).toBe(404);
  expect((await call(end.POST, { method: "POST", id: "pl_none" })).status).toBe(404);
});

test.each([
  [{ ...lunch, uses: 0 }, "uses"],
  [{ ...lunch, uses: 1.5 }, "uses"],
  [{ ...lunch, colour: "red" }, "colour"],
  [{ ...lunch, expiresAt: "tomorrow" }, "expiresAt"],
  [{ ...lunch, expiresAt: "2001-01-01T00:00:00Z" }, "expiresAt"],
  [{ endpoint: { service: "api", path: "/v1/cheap/{id}" } }, "endpoint.path"],
])("%j is refused with the place where it is wrong", async (body, path) => {
  const answer = await call(all.POST, { method: "POST", body });
  expect(answer.status).toBe(422);
  expect(JSON.stringify(answer.body.errors)).toContain(path);
});

test("the page of a link answers a browser; an unknown one says so on a page", async () => {
  const { address } = (await call(all.POST, { method: "POST", body: lunch })).body;
  const visit = (token: string) =>
    checkoutRoutes.link(new Request(address), { params: Promise.resolve({ token }) });
  const page = await visit(address.split("/").at(-1));
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("Lunch");
  const unknown = await visit("nothing");
  expect(unknown.status).toBe(404);
  expect(await unknown.text()).toContain("no such payment link");
});

test("the list goes on with its cursor", async () => {
  const first = (await call(all.GET, { query: "?limit=1" })).body;
  expect(first.data).toHaveLength(1);
  const second = (await call(all.GET, { query: `?limit=1&cursor=${first.nextCursor}` })).body;
  expect(second.data[0].id < first.data[0].id).toBe(true);
  expect((await call(all.GET, { query: "?cursor=!" })).status).toBe(400);
});
