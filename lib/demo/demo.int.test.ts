import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "@/lib/db";
import { testDatabase } from "@/lib/testing/database";
import { createDemo, type Demo } from ".";

const origin = "http://farebox.test";
let database: Database;
let demo: Demo;
let now = new Date("2026-11-21T10:00:00.000Z");

beforeAll(async () => {
  database = openDatabase({ url: await testDatabase() });
  demo = createDemo({ database, clock: { now: () => now }, origin, enabled: true });
});
afterAll(() => database.close());

const ask = (path: string, init: RequestInit = {}, to = demo.handle) =>
  to(new Request(`${origin}${path}`, init));
const post = (path: string, body: unknown, to = demo.handle) =>
  ask(path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }, to);
const terms = { challengeId: "c1", amount: "250", currency: "usd", recipient: "acme" };
const pay = async (facts: object = {}) => {
  const answer = await post("/demo/wallet/payments", { ...terms, ...facts });
  return ((await answer.json()) as { token: string }).token;
};
const json = async (answer: Promise<Response>) => (await answer).json() as Promise<Record<string, unknown>>;

describe("the wallet", () => {
  test("a payment is answered with a token and stands in the log", async () => {
    const answer = await post("/demo/wallet/payments", { ...terms, payer: "ann" });
    expect(answer.status).toBe(201);
    const { token } = (await answer.json()) as { token: string };
    expect(token).toMatch(/^demo_[A-Za-z0-9_-]{32}$/);
    const { data, nextCursor } = await json(ask("/demo/wallet/log"));
    expect(data).toEqual([
      { at: "2026-11-21T10:00:00.000Z", type: "payment", token, ...terms, payer: "ann" },
    ]);
    expect(nextCursor).toBeNull();
  });

  test.each([
    [{ amount: "0" }, "amount"],
    [{ amount: "-1" }, "amount"],
    [{ amount: "1.5" }, "amount"],
    [{ amount: 250 }, "amount"],
    [{ amount: "1".repeat(79) }, "amount"],
    [{ currency: "eur" }, "currency"],
    [{ currency: "USD" }, "currency"],
    [{ recipient: "" }, "recipient"],
    [{ payer: "x".repeat(201) }, "payer"],
    [{ payer: "a\u0000b" }, "payer"],
    [{ behaviour: "steal" }, "behaviour"],
    [{ extra: 1 }, ""],
  ])("a payment with %j is refused and names the field", async (facts, path) => {
    const answer = await post("/demo/wallet/payments", { ...terms, ...facts });
    expect(answer.status).toBe(422);
    expect(((await answer.json()) as { errors: { path: string }[] }).errors[0]?.path).toBe(path);
  });

  test("what is no JSON or too large is refused", async () => {
    expect((await post("/demo/wallet/payments", "{")).status).toBe(400);
    expect((await post("/demo/wallet/payments", { ...terms, payer: "x".repeat(20_000) })).status).toBe(413);
  });

  test("the log is read in pages, oldest first", async () => {
    for (let place = 0; place < 3; place += 1) await pay({ challengeId: `page-${place}` });
    const seen: unknown[] = [];
    let cursor = "0";
    for (;;) {
      const { data, nextCursor } = await json(ask(`/demo/wallet/log?limit=2&cursor=${cursor}`));
      seen.push(...(data as { challengeId: string }[]).map(({ challengeId }) => challengeId));
      if (typeof nextCursor !== "string") break;
      cursor = nextCursor;
    }
    expect(seen.slice(-3)).toEqual(["page-0", "page-1", "page-2"]);
    expect((await ask("/demo/wallet/log?cursor=x")).status).toBe(400);
  });

  test("captures, refunds and look-ups are for the server itself", async () => {
    const token = await pay();
    const capture = { key: "k", token, ...terms };
    for (const to of [demo.handle]) {
      expect((await post("/demo/wallet/captures", capture, to)).status).toBe(404);
      expect((await post("/demo/wallet/refunds", {}, to)).status).toBe(404);
      expect((await ask("/demo/wallet/payments/dp_1", {}, to)).status).toBe(404);
      expect((await ask("/demo/wallet/effects/k", {}, to)).status).toBe(404);
    }
    expect((await post("/demo/wallet/captures", capture, demo.handleInside)).status).toBe(200);
  });

  test.each([{ challengeId: "c2" }, { amount: "251" }, { currency: "eur" }, { recipient: "globex" }])(
    "a token is not captured on other terms: %j",
    async (facts) => {
      const token = await pay();
      const answer = await post(
        "/demo/wallet/captures",
        { key: "k-terms", token, ...terms, ...facts },
        demo.handleInside,
      );
      expect([answer.status, await answer.json()]).toEqual([409, { error: "mismatch" }]);
    },
  );

  test("a lost answer stays lost for five seconds, also to questions, and the money moved once", async () => {
    const token = await pay({ behaviour: "unknown", challengeId: "lost" });
    const capture = () =>
      post(
        "/demo/wallet/captures",
        { key: "k-lost", token, ...terms, challengeId: "lost" },
        demo.handleInside,
      );
    const look = () => ask("/demo/wallet/effects/k-lost", {}, demo.handleInside);
    expect((await capture()).status).toBe(504);
    now = new Date(now.getTime() + 4_999);
    expect((await look()).status).toBe(504);
    expect((await capture()).status).toBe(504);
    now = new Date(now.getTime() + 1);
    expect((await look()).status).toBe(200);
    expect((await capture()).status).toBe(200);
    const { data } = await json(ask("/demo/wallet/log?limit=1000"));
    const moves = (data as { type: string; challengeId: string }[]).filter(
      ({ challengeId }) => challengeId === "lost",
    );
    expect(moves.map(({ type }) => type)).toEqual(["payment", "capture"]);
  });
});

describe("the upstream", () => {
  test("a forecast is the same every time and for no other city", async () => {
    const berlin = await json(ask("/demo/upstream/v1/forecast/berlin"));
    expect(await json(ask("/demo/upstream/v1/forecast/berlin"))).toEqual(berlin);
    expect(berlin).toMatchObject({
      city: "berlin",
      days: expect.arrayContaining([expect.objectContaining({ day: 1 })]),
    });
    expect((await json(ask("/demo/upstream/v1/forecast/rome"))).days).not.toEqual(berlin.days);
    expect(await json(ask("/demo/upstream/v1/forecast/S%C3%A3o%20Paulo"))).toMatchObject({
      city: "São Paulo",
    });
  });

  test("a stream sends its events and ends", async () => {
    const answer = await ask("/demo/upstream/v1/stream/berlin");
    expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const events = (await answer.text()).split("\n\n").filter(Boolean);
    expect(events).toHaveLength(6);
    expect(events.at(0)).toMatch(/^event: forecast\ndata: \{"city":"berlin","day":1/);
    expect(events.at(-1)).toBe("data: [DONE]");
  });

  test("the echo tells what arrived", async () => {
    const answer = await ask("/demo/upstream/v1/echo?a=1&b=2", {
      method: "PUT",
      body: "hello",
      headers: { "x-mine": "yes" },
    });
    expect(await answer.json()).toMatchObject({
      method: "PUT",
      path: "/demo/upstream/v1/echo",
      query: "a=1&b=2",
      body: "hello",
      headers: { "x-mine": "yes" },
    });
  });

  test("everything else is not there, and what only reads refuses to write", async () => {
    expect(await json(ask("/demo/upstream/v1/status"))).toEqual({ status: "ok" });
    for (const path of [
      "v1/forecast",
      "v1/forecast/a/b",
      "v2/status",
      "v1/stream/%zz",
      `v1/forecast/${"x".repeat(101)}`,
      "",
    ]) {
      expect([path, (await ask(`/demo/upstream/${path}`)).status]).toEqual([path, 404]);
    }
    expect((await ask("/demo/upstream/v1/status", { method: "POST" })).status).toBe(405);
    expect((await ask("/demo/other")).status).toBe(404);
  });
});

test("switched off, nothing of it answers, inside or outside", async () => {
  const off = createDemo({ database, clock: { now: () => now }, origin, enabled: false });
  for (const path of ["wallet/log", "wallet/payments", "upstream/v1/status", "wallet/effects/k-lost"]) {
    expect((await ask(`/demo/${path}`, {}, off.handle)).status).toBe(404);
    expect((await ask(`/demo/${path}`, {}, off.handleInside)).status).toBe(404);
  }
});

test("it owns its own addresses and nobody else's", () => {
  expect(demo.owns(`${origin}/demo/upstream/v1/status`)).toBe(true);
  expect(demo.owns(`${origin}/demonstration`)).toBe(false);
  expect(demo.owns("http://farebox.test.evil/demo/wallet")).toBe(false);
});
