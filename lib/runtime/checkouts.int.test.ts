import { afterAll, beforeAll, expect, test } from "vitest";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { ok } from "@/lib/testing/upstream-double";
import type { Runtime } from ".";

let world: PaidWorld;
let runtime: Runtime;
const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
let counter = 0;

beforeAll(async () => {
  world = await createPaidWorld();
  world.upstream.answer(ok);
  runtime = world.runtimes[0] as Runtime;
});
afterAll(() => world.close());

const opening = (name: string) => {
  counter += 1;
  return {
    target: `/pay/acme/api/v1/cheap/${name}`,
    method: "demo",
    key: `key-of-the-form-${name}-${counter}`,
    visitor: `visitor-${name}`,
    headers: [["accept", browser]] as const,
    peer: "127.0.0.1",
    isAnother: false,
  };
};
async function opened(name: string): Promise<string> {
  const answer = await runtime.checkouts.open(opening(name));
  if (answer.outcome !== "opened") throw new Error("It costs something.");
  return answer.id;
}
const attemptOf = async (id: string) => (await runtime.checkouts.view(id)).attempt.id;
const press = async (id: string, choice?: string) =>
  runtime.checkouts.pay({ id, attemptId: await attemptOf(id), ...(choice ? { choice } : {}) });
const asked = (name: string) =>
  world.upstream.hits.filter(({ url }) => url?.endsWith(`/v1/cheap/${name}`)).length;
/** Lets the worker work until the checkout is there. */
async function until(id: string, state: string): Promise<void> {
  runtime.worker.start();
  try {
    for (let tries = 0; tries < 600; tries += 1) {
      if ((await runtime.checkouts.state(id)).state === state) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`It is ${(await runtime.checkouts.state(id)).state}.`);
  } finally {
    await runtime.worker.stop();
  }
}

test("a browser gets the 402 as a page, with the same challenges in the same header", async () => {
  const plain = await world.ask("/v1/cheap/page");
  const page = await world.ask("/v1/cheap/page", { headers: { accept: browser } });
  expect([plain.status, page.status]).toEqual([402, 402]);
  expect(plain.headers.get("content-type")).toBe("application/problem+json");
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("www-authenticate")).toMatch(/^Payment id="[^"]+".*method="demo"/);
  expect(page.headers.get("vary")).toContain("Accept,");
  expect(page.headers.get("cache-control")).toBe("no-store");
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe-inline");
  const html = await page.text();
  expect(html).toContain("Cheap — “quoted”");
  expect(html).toContain("$0.01");
  expect(html).not.toContain("<script");
  expect(html).toContain('name="for" value="/pay/acme/api/v1/cheap/page"');
});

test.each([
  ["application/json", false],
  ["*/*", false],
  ["text/html, application/json", false],
  ["text/html;q=0.5, */*;q=0.8", false],
  ["text/html", true],
  [browser, true],
])("%s: a page is answered: %s", async (accept, isPage) => {
  const answer = await world.ask("/v1/cheap/asked", { headers: { accept } });
  expect(answer.headers.get("content-type")?.startsWith("text/html")).toBe(isPage);
});

test("looking at a price stores nothing", async () => {
  const before = await world.rows();
  await world.ask("/v1/cheap/looked-at", { headers: { accept: browser } });
  expect(await world.rows()).toEqual(before);
});

test("what a request can put into the page is text in it", async () => {
  const answer = await world.ask('/v1/cheap/x?q="><script>alert(1)</script>', {
    headers: { accept: browser },
  });
  expect(await answer.text()).not.toContain("<script");
});

test("one press buys it: the upstream is asked once, the receipt is there, and the answer is kept", async () => {
  const captures = await world.captures();
  const id = await opened("once");
  expect(await runtime.checkouts.view(id)).toMatchObject({
    state: "open",
    list: { amount: "0.01" },
    receipt: null,
    choices: [{ name: "approve" }, { name: "decline" }, { name: "unknown" }],
  });
  await press(id);
  const view = await runtime.checkouts.view(id);
  expect(view).toMatchObject({ state: "delivered", hasAnswer: true });
  expect(view.receipt).toMatchObject({ delivery: "delivered", payer: "demo:browser" });
  const answer = await runtime.checkouts.answer(id);
  expect(answer?.status).toBe(200);
  expect(JSON.parse(Buffer.from(answer?.body ?? []).toString())).toEqual({ answer: 42 });
  expect(asked("once")).toBe(1);
  expect(await world.captures()).toBe(captures + 1);
});

test("the receipt is a sheet of paper too, and only what was paid has one", async () => {
  const id = await opened("paper");
  await expect(runtime.checkouts.paper(id)).rejects.toThrow("no receipt");
  await press(id);
  const paper = Buffer.from(await runtime.checkouts.paper(id));
  expect(paper.subarray(0, 5).toString()).toBe("%PDF-");
  expect(paper.byteLength).toBeGreaterThan(5_000);
  expect(paper.toString("latin1")).toContain(`/URI (http://farebox.test/checkout/${id})`);
});

test("a double click, two tabs, Back and a form sent again pay once", async () => {
  const captures = await world.captures();
  const form = opening("twice");
  const twice = await Promise.all([runtime.checkouts.open(form), runtime.checkouts.open(form)]);
  const ids = new Set(twice.map((answer) => (answer.outcome === "opened" ? answer.id : "")));
  expect(ids.size).toBe(1);
  const [id = ""] = ids;
  const other = await runtime.checkouts.open({ ...opening("twice") }); // a second tab, its own form
  expect(other).toEqual({ outcome: "opened", id });
  const attemptId = await attemptOf(id);
  await Promise.all(Array.from({ length: 8 }, () => runtime.checkouts.pay({ id, attemptId })));
  await until(id, "delivered");
  await runtime.checkouts.pay({ id, attemptId });
  expect(await runtime.checkouts.open(opening("twice"))).toEqual({ outcome: "opened", id });
  expect(asked("twice")).toBe(1);
  expect(await world.captures()).toBe(captures + 1);
  const another = await runtime.checkouts.open({ ...opening("twice"), isAnother: true });
  expect(another).not.toEqual({ outcome: "opened", id });
});

test("a declined payment costs nothing, says so, and the next one works", async () => {
  const id = await opened("declined");
  await press(id, "decline");
  const view = await runtime.checkouts.view(id);
  expect(view).toMatchObject({ state: "open", receipt: null, attempt: { failure: "declined" } });
  await runtime.checkouts.choose({ id, method: "demo", peer: "127.0.0.1", isFresh: false });
  await press(id);
  expect(await runtime.checkouts.state(id)).toMatchObject({ state: "delivered" });
  expect(asked("declined")).toBe(1);
});

test("an answer of the network that was lost is found out, and the purchase is delivered once", async () => {
  const captures = await world.captures();
  const id = await opened("lost");
  await press(id, "unknown");
  expect(await runtime.checkouts.state(id)).toMatchObject({ state: "paying" });
  await press(id); // nothing can be paid meanwhile
  await until(id, "delivered");
  expect(asked("lost")).toBe(1);
  expect(await world.captures()).toBe(captures + 1);
}, 40_000);

test("what the upstream owes is fetched later, without a second payment", async () => {
  const captures = await world.captures();
  world.upstream.answer((_request, response) => void response.writeHead(500).end());
  const id = await opened("owed");
  await press(id);
  expect(await runtime.checkouts.state(id)).toMatchObject({ state: "owed" });
  world.upstream.answer(ok);
  await until(id, "delivered");
  expect(await world.captures()).toBe(captures + 1);
}, 40_000);

test("a rail that is not offered, an unknown checkout and an address where nothing is sold are refused", async () => {
  await expect(runtime.checkouts.open({ ...opening("x"), method: "paypal" })).rejects.toThrow("not offered");
  await expect(runtime.checkouts.state("co_unknown")).rejects.toThrow("no such checkout");
  const nowhere = { ...opening("x"), target: "/pay/acme/api/nothing" };
  await expect(runtime.checkouts.open(nowhere)).rejects.toThrow("Nothing is sold");
  expect(await runtime.checkouts.open({ ...opening("x"), target: "/pay/acme/api/v1/free" })).toEqual({
    outcome: "free",
    target: "/pay/acme/api/v1/free",
  });
});

test("the proof is nowhere in the database as it was", async () => {
  const id = await opened("sealed");
  await press(id, "unknown");
  const [row] = await runtime.database.client.checkoutAttempt.findMany({ where: { checkoutId: id } });
  expect(row?.sealedProof).toMatch(/^v1\./);
  await until(id, "delivered");
  const after = await runtime.database.client.checkoutAttempt.findMany({ where: { checkoutId: id } });
  expect(after.map(({ sealedProof }) => sealedProof)).toEqual([null]);
}, 40_000);
