import type { ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { ok } from "@/lib/testing/upstream-double";

let world: PaidWorld;
let usual: Record<string, unknown>;

beforeAll(async () => {
  world = await createPaidWorld();
});
beforeEach(() => {
  world.upstream.answer(ok);
  world.upstream.hits.length = 0;
});
afterEach(() => configure({}));
afterAll(() => world.close());

const path = "/v1/cheap/7";

/** Puts the service's upstream as it was, with some keys changed. */
async function configure(
  changes: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<void> {
  await world.apply(({ services }) => {
    const [service] = services;
    if (!service) throw new Error("The world has a service.");
    usual ??= service.upstream;
    service.upstream = { ...usual, ...changes };
    delete service.cors;
    Object.assign(service, more);
  });
}

const present = (authorization: string, target = path) => world.ask(target, { headers: { authorization } });

async function expectUnavailable(answer: Response, retryAfter: RegExp): Promise<void> {
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toMatch(retryAfter);
  expect(answer.headers.has("www-authenticate")).toBe(false);
  expect(await answer.json()).toMatchObject({ type: "urn:farebox:problem:unavailable" });
}

const health = () => {
  const [runtime] = world.runtimes;
  return runtime?.catalog.snapshot().then((snapshot) => {
    const service = snapshot.findMerchant("acme")?.services.get("api");
    return service ? runtime.gateway.upstreamHealth(service) : null;
  });
};

test.each([
  [{ kind: "bearer", token: { $secret: "t-123" } }, "authorization", "Bearer t-123"],
  [
    { kind: "basic", username: "us", password: { $secret: "p-123" } },
    "authorization",
    `Basic ${Buffer.from("us:p-123").toString("base64")}`,
  ],
  [{ kind: "header", name: "X-Token", value: { $secret: "h-123" } }, "x-token", "h-123"],
])("an upstream is told who we are by %j, and its echo of that does not leave", async (auth, name, value) => {
  await configure({ auth });
  world.upstream.answer((request, response) => void response.end(JSON.stringify(request.headers)));
  const answer = await present(await world.credential(path));
  expect(world.upstream.hits[0]?.headers[name]).toBe(value);
  expect(answer.status).toBe(200);
  expect(await answer.text()).not.toContain(value.split(" ").at(-1));
});

test("a key in the query joins what was priced and is in no answer", async () => {
  await configure({ auth: { kind: "query", name: "key", value: { $secret: "q-123" } } });
  world.upstream.answer((request, response) => void response.end(request.url));
  const target = `${path}?a=1`;
  const answer = await present(await world.credential(target), target);
  expect(world.upstream.hits[0]?.url).toBe("/base/v1/cheap/7?a=1&key=q-123");
  expect(await answer.text()).toBe("/base/v1/cheap/7?a=1&key=*****");
  expect((await world.ask(`${path}?key=theirs`)).status).toBe(400);
});

test("a lost connection is tried again under the same key, for one charge", async () => {
  await configure({ retries: 2 });
  const captures = await world.captures();
  let calls = 0;
  world.upstream.answer((request, response, body) => {
    calls += 1;
    if (calls < 3) response.destroy();
    else ok(request, response, body);
  });
  expect((await present(await world.credential(path))).status).toBe(200);
  const keys = world.upstream.hits.map(({ headers }) => headers["idempotency-key"]);
  expect([keys.length, new Set(keys).size]).toEqual([3, 1]);
  expect(await world.captures()).toBe(captures + 1);
});

test("a full upstream takes nobody's money, and the credential is good a moment later", async () => {
  await configure({ concurrency: 1 });
  const captures = await world.captures();
  const [first, second] = [await world.credential(path), await world.credential(path)];
  const holding = new Promise<ServerResponse>((resolve) => {
    world.upstream.answer((_request, response) => resolve(response));
  });
  const served = present(first);
  const held = await holding;
  await expectUnavailable(await present(second), /^1$/);
  await expectUnavailable(await world.ask("/v1/free"), /^1$/);
  expect(await world.captures()).toBe(captures + 1);
  expect((await world.ask(path)).status).toBe(402); // what is busy is still sold
  held.end("done");
  expect((await served).status).toBe(200);
  world.upstream.answer(ok);
  expect((await present(second)).status).toBe(200);
  expect(await world.captures()).toBe(captures + 2);
});

test("a full upstream serves those who may wait, one after the other", async () => {
  await configure({ concurrency: 1, queueMs: 10_000 });
  const captures = await world.captures();
  const responses: ServerResponse[] = [];
  let onCall: () => void = () => undefined;
  world.upstream.answer((_request, response) => {
    responses.push(response);
    onCall();
  });
  const called = (count: number) =>
    new Promise<void>((resolve) => {
      onCall = () => responses.length >= count && resolve();
      onCall();
    });
  const first = present(await world.credential(path));
  await called(1);
  const second = present(await world.credential(path));
  responses[0]?.end("one");
  expect(await (await first).text()).toBe("one");
  await called(2);
  responses[1]?.end("two");
  expect(await (await second).text()).toBe("two");
  expect(await world.captures()).toBe(captures + 2);
});

test("what is known broken is neither sold nor paid for, and what was paid before waits", async () => {
  const breaker = { failures: 2, windowSeconds: 60, openSeconds: 600 };
  await configure({ breaker });
  world.upstream.answer((_request, response) => void response.writeHead(503).end());
  const owed = await world.credential(path);
  const unused = await world.credential(path);
  expect((await present(owed)).status).toBe(502);
  expect((await present(owed)).status).toBe(502);
  expect(await health()).toMatchObject({ state: "open", failures: 2, lastFailure: "It answered 503." });

  const [captures, hits] = [await world.captures(), world.upstream.hits.length];
  for (const target of [path, "/v1/dear/7", "/v1/free"])
    await expectUnavailable(await world.ask(target), /^(600|59\d)$/);
  await expectUnavailable(await present(unused), /^(600|59\d)$/);
  await expectUnavailable(await present(owed), /^(600|59\d)$/);
  expect((await world.ask("/v1/nothing")).status).toBe(404);
  expect([await world.captures(), world.upstream.hits.length]).toEqual([captures, hits]);

  await configure({ breaker: false }); // the merchant switches it off
  world.upstream.answer(ok);
  expect((await present(owed)).status).toBe(200);
  expect(await world.captures()).toBe(captures);
  expect((await present(unused)).status).toBe(200);
  expect(await world.captures()).toBe(captures + 1);
  expect(await health()).toMatchObject({ state: "up", failures: 0, openUntil: null });
});

test("a status that a merchant never bills is not what was sold", async () => {
  await world.apply(({ services }) => {
    Object.assign(services[0]?.endpoints[0] ?? {}, { neverBilled: [404] });
  });
  world.upstream.answer((_request, response) => void response.writeHead(404).end());
  const credential = await world.credential(path);
  expect((await present(credential)).status).toBe(502);
  world.upstream.answer(ok);
  expect((await present(credential)).status).toBe(200);
});

test("pages on a service's list may read its challenges, answers and errors; others may not", async () => {
  await configure({}, { cors: { origins: ["https://shop.example"] } });
  const by = (origin: string, target = path, init: RequestInit = {}) =>
    world.ask(target, { ...init, headers: { origin, ...(init.headers as Record<string, string>) } });
  const allowed = (answer: Response) => answer.headers.get("access-control-allow-origin");

  const challenged = await by("https://shop.example");
  expect([challenged.status, allowed(challenged)]).toEqual([402, "https://shop.example"]);
  expect(challenged.headers.get("vary")).toBe("Accept-Payment, Accept-Language, Origin");
  expect(challenged.headers.get("access-control-expose-headers")).toContain(
    "WWW-Authenticate, Payment-Receipt",
  );
  const authorization = await world.credential(path);
  const bought = await by("https://shop.example", path, { headers: { authorization } });
  expect([bought.status, allowed(bought)]).toEqual([200, "https://shop.example"]);
  const missing = await by("https://shop.example", "/v1/nothing");
  expect([missing.status, allowed(missing)]).toEqual([404, "https://shop.example"]);
  const asking = await by("https://shop.example", path, { method: "OPTIONS" });
  expect(asking.headers.get("access-control-allow-headers")).toContain("Payment-Authorization");

  for (const target of [path, "/v1/free", "/v1/nothing"]) {
    expect(allowed(await by("https://evil.example", target))).toBeNull();
  }
  const refused = await by("https://evil.example", path, { method: "OPTIONS" });
  expect([refused.status, refused.headers.get("access-control-allow-headers")]).toEqual([204, null]);
  expect(allowed(await world.ask("/pay/other/api/x", { headers: { origin: "https://evil.example" } }))).toBe(
    "*",
  );
});

test("a free upload is bounded like a paid one, whether it says its size or not", async () => {
  const megabyte = 1_048_576;
  const upload = (bytes: number) => world.ask("/v1/free", { method: "POST", body: Buffer.alloc(bytes) });
  expect((await upload(megabyte)).status).toBe(200);
  expect((await upload(megabyte + 1)).status).toBe(413);
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
  });
  const init: RequestInit & { duplex: "half" } = { method: "POST", body: endless, duplex: "half" };
  expect((await world.ask("/v1/free", init)).status).toBe(413);
  expect(await health()).toMatchObject({ failures: 0 });
});

test("HEAD costs nothing: it shows the price, takes no payment, and is forwarded where it is free", async () => {
  const captures = await world.captures();
  const asked = await world.ask(path, { method: "HEAD" });
  expect([asked.status, asked.headers.has("www-authenticate"), await asked.text()]).toEqual([402, true, ""]);
  const authorization = await world.credential(path);
  const paid = await world.ask(path, { method: "HEAD", headers: { authorization } });
  expect([paid.status, paid.headers.has("www-authenticate")]).toEqual([400, false]);
  expect(world.upstream.hits).toEqual([]);
  expect((await world.ask("/v1/free", { method: "HEAD" })).status).toBe(200);
  expect(world.upstream.hits.map(({ method }) => method)).toEqual(["HEAD"]);
  expect(await world.captures()).toBe(captures);
  expect((await present(authorization)).status).toBe(200); // the credential was not burnt
});
