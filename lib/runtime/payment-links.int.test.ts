import { afterAll, beforeAll, expect, test } from "vitest";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { ok } from "@/lib/testing/upstream-double";
import type { LinkWish, Runtime } from ".";

let world: PaidWorld;
let runtimes: readonly Runtime[];
let runtime: Runtime;
let merchant: { id: string; slug: string };
let counter = 0;

beforeAll(async () => {
  world = await createPaidWorld({ processes: 2 });
  world.upstream.answer(ok);
  runtimes = world.runtimes;
  runtime = runtimes[0] as Runtime;
  const found = (await runtime.catalog.snapshot()).findMerchant("acme")?.merchant;
  if (!found) throw new Error("The world has a merchant.");
  merchant = found;
});
afterAll(() => world.close());

const lunch: LinkWish = { amount: { amount: "12.50", currency: "USD" }, description: "Lunch" };
const make = (wish: LinkWish, key = `key-${++counter}`) =>
  runtime.checkouts.links.make({ merchant, mode: "test", wish, key, actor: "system" });
const pathOf = (address: string) => new URL(address).pathname;

const opening = (address: string, name = `person-${++counter}`) => ({
  target: pathOf(address),
  method: "demo",
  key: `key-of-the-form-${name}-${++counter}`,
  visitor: `visitor-${name}`,
  headers: [],
  peer: "127.0.0.1",
  isAnother: false,
});
async function open(address: string, at: Runtime = runtime, name?: string): Promise<string> {
  const answer = await at.checkouts.open(opening(address, name));
  if (answer.outcome !== "opened") throw new Error("It costs something.");
  return answer.id;
}
async function press(id: string, at: Runtime = runtime, choice?: string): Promise<void> {
  const attemptId = (await at.checkouts.view(id)).attempt.id;
  await at.checkouts.pay({ id, attemptId, ...(choice ? { choice } : {}) });
}
const usesOf = async (id: string) =>
  (await runtime.checkouts.links.get({ merchantId: merchant.id, id })).uses;

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

test("an amount is paid at a link: a charge, a receipt with nothing to deliver, the ledger, and a refund", async () => {
  const captures = await world.captures();
  const link = await make(lunch);
  expect(link).toMatchObject({ state: "open", uses: { paid: 0, held: 0 }, usesMax: null });
  const id = await open(link.address);
  expect(await runtime.checkouts.view(id)).toMatchObject({ title: "Lunch", list: { amount: "12.50" } });
  await press(id);
  const view = await runtime.checkouts.view(id);
  expect(view).toMatchObject({ state: "delivered", hasAnswer: false });
  expect(view.receipt).toMatchObject({ delivery: "not_applicable", status: "paid", payer: "demo:browser" });
  expect(await world.captures()).toBe(captures + 1);
  expect(
    Buffer.from(await runtime.checkouts.paper(id))
      .subarray(0, 5)
      .toString(),
  ).toBe("%PDF-");
  const { paid } = await runtime.checkouts.links.get({ merchantId: merchant.id, id: link.id });
  expect(paid).toMatchObject([{ checkoutId: id, receiptId: view.receipt?.id }]);

  await runtime.processor.requestRefund({
    merchantId: merchant.id,
    receiptId: view.receipt?.id ?? "",
    key: "refund-of-lunch",
    actor: "system",
  });
  runtime.worker.start();
  const receipt = async () =>
    await runtime.processor.receipts.get({ merchantId: merchant.id, id: view.receipt?.id ?? "" });
  await expect.poll(async () => (await receipt()).status, { timeout: 15_000 }).toBe("refunded");
  await runtime.worker.stop();
  const books = await runtime.processor.verify({ merchantId: merchant.id });
  expect(books).toMatchObject({ ok: true, violations: [] });
});

test("of three times as many people at once, in two processes, exactly as many pay as may", async () => {
  const captures = await world.captures();
  const link = await make({ ...lunch, usesMax: 4 });
  const people = await Promise.all(
    Array.from({ length: 12 }, async (_, place) => {
      const at = runtimes[place % 2] as Runtime;
      return { at, id: await open(link.address, at) };
    }),
  );
  const ends = await Promise.allSettled(people.map(({ id, at }) => press(id, at)));
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
  for (const end of ends) {
    if (end.status === "rejected") expect(String(end.reason)).toMatch(/Nothing was charged/);
  }
  const states = await Promise.all(people.map(async ({ id }) => (await runtime.checkouts.state(id)).state));
  expect(states.filter((state) => state === "delivered")).toHaveLength(4);
  expect(states.filter((state) => state === "open")).toHaveLength(8);
  expect(await world.captures()).toBe(captures + 4);
  const after = await runtime.checkouts.links.get({ merchantId: merchant.id, id: link.id });
  expect(after).toMatchObject({ state: "used-up", uses: { paid: 4, held: 0 } });
  expect(new Set(after.paid.map(({ receiptId }) => receiptId)).size).toBe(4);
  await expect(open(link.address)).rejects.toThrow("paid as often as it may be");
  const late = people.find((_, place) => states[place] === "open");
  await expect(press(late?.id ?? "")).rejects.toThrow("paid as often as it may be");
}, 60_000);

test("opening a link, and a payment that is declined, take no use", async () => {
  const link = await make({ ...lunch, usesMax: 1 });
  await open(link.address);
  const id = await open(link.address);
  await press(id, runtime, "decline");
  expect(await runtime.checkouts.view(id)).toMatchObject({ state: "open", attempt: { failure: "declined" } });
  runtime.worker.start();
  await expect.poll(() => usesOf(link.id), { timeout: 15_000 }).toEqual({ paid: 0, held: 0 });
  await runtime.worker.stop();
  const other = await open(link.address);
  await press(other);
  expect(await usesOf(link.id)).toEqual({ paid: 1, held: 0 });
  const again = runtime.checkouts.choose({ id, method: "demo", peer: "127.0.0.1", isFresh: false });
  await expect(again).rejects.toThrow("paid as often as it may be");
}, 40_000);

test("a payment whose answer was lost keeps its use until it is known, and is paid once", async () => {
  const captures = await world.captures();
  const link = await make({ ...lunch, usesMax: 1 });
  const id = await open(link.address);
  await press(id, runtime, "unknown");
  expect(await runtime.checkouts.state(id)).toMatchObject({ state: "paying" });
  expect(await usesOf(link.id)).toEqual({ paid: 0, held: 1 });
  await expect(open(link.address)).rejects.toThrow("just paying");
  await until(id, "delivered");
  expect(await usesOf(link.id)).toEqual({ paid: 1, held: 0 });
  expect(await world.captures()).toBe(captures + 1);
}, 60_000);

test("a double click and two tabs pay a link once; once more is another use", async () => {
  const captures = await world.captures();
  const link = await make({ ...lunch, usesMax: 2 });
  const id = await open(link.address, runtime, "tabs");
  expect(await open(link.address, runtime, "tabs")).toBe(id);
  const attemptId = (await runtime.checkouts.view(id)).attempt.id;
  await Promise.all(
    Array.from({ length: 8 }, (_, place) =>
      (runtimes[place % 2] as Runtime).checkouts.pay({ id, attemptId }).catch(() => null),
    ),
  );
  await until(id, "delivered");
  expect(await world.captures()).toBe(captures + 1);
  const more = await runtime.checkouts.open({ ...opening(link.address, "tabs"), isAnother: true });
  expect(more).not.toEqual({ outcome: "opened", id });
}, 40_000);

test("a link for an endpoint sells what stands there, as often as it may", async () => {
  const link = await make({ endpoint: { service: "api", path: "/v1/cheap/linked" }, usesMax: 2 });
  const people = await Promise.all(Array.from({ length: 6 }, () => open(link.address)));
  await Promise.allSettled(people.map((id) => press(id)));
  const views = await Promise.all(people.map((id) => runtime.checkouts.view(id)));
  const paid = views.filter(({ state }) => state === "delivered");
  expect(paid).toHaveLength(2);
  for (const view of paid)
    expect(view).toMatchObject({ hasAnswer: true, receipt: { delivery: "delivered" } });
  expect(world.upstream.hits.filter(({ url }) => url?.endsWith("/v1/cheap/linked"))).toHaveLength(2);
  expect(await usesOf(link.id)).toEqual({ paid: 2, held: 0 });
}, 40_000);

test("a link that has ended or expired takes nobody's money, and says so", async () => {
  const link = await make(lunch);
  const id = await open(link.address);
  const ended = await runtime.checkouts.links.end({ merchantId: merchant.id, id: link.id, actor: "system" });
  expect(ended).toMatchObject({ isNews: true, link: { state: "ended" } });
  const again = await runtime.checkouts.links.end({ merchantId: merchant.id, id: link.id, actor: "system" });
  expect(again.isNews).toBe(false);
  await expect(press(id)).rejects.toThrow("has ended this payment link");
  await expect(open(link.address)).rejects.toThrow("has ended this payment link");
  const brief = await make({ ...lunch, expiresAt: new Date(Date.now() + 3_600_000) });
  await runtime.database.client.paymentLink.update({
    where: { id: brief.id },
    data: { expiresAt: new Date(Date.now() - 1_000) },
  });
  await expect(open(brief.address)).rejects.toThrow("has expired");
});

test("the same key is the same link, and another wish under it is refused", async () => {
  const first = await make(lunch, "a-key-of-the-caller");
  const twice = await Promise.all([make(lunch, "a-key-of-the-caller"), make(lunch, "a-key-of-the-caller")]);
  expect(twice.map(({ id }) => id)).toEqual([first.id, first.id]);
  await expect(make({ ...lunch, usesMax: 3 }, "a-key-of-the-caller")).rejects.toMatchObject({
    slug: "idempotency-mismatch",
  });
});

test.each<[string, LinkWish, string]>([
  ["nothing to pay for", {}, "amount"],
  ["both an amount and an endpoint", { ...lunch, endpoint: { service: "api", path: "/v1/free" } }, "amount"],
  ["no description", { amount: { amount: "1", currency: "USD" } }, "description"],
  ["zero", { ...lunch, amount: { amount: "0.00", currency: "USD" } }, "amount.amount"],
  ["a sign", { ...lunch, amount: { amount: "-1", currency: "USD" } }, "amount.amount"],
  ["an unknown currency", { ...lunch, amount: { amount: "1", currency: "XXX" } }, "amount.currency"],
  ["less than any rail takes", { ...lunch, amount: { amount: "0.0001", currency: "USD" } }, "amount"],
  ["no uses", { ...lunch, usesMax: 0 }, "uses"],
  ["a time that is over", { ...lunch, expiresAt: new Date(0) }, "expiresAt"],
  ["something free", { endpoint: { service: "api", path: "/v1/free" } }, "endpoint.path"],
  ["something unknown", { endpoint: { service: "api", path: "/nothing" } }, "endpoint.path"],
  ["another address", { endpoint: { service: "api", path: "@elsewhere.test/" } }, "endpoint.path"],
])("a link for %s is refused where it stands", async (_, wish, path) => {
  await expect(make(wish)).rejects.toMatchObject({ slug: "unprocessable", extras: { errors: [{ path }] } });
});

test("the page of a link stores nothing, runs nothing, and names the link in its form", async () => {
  const link = await make({ ...lunch, description: 'Lunch "><script>alert(1)</script>' });
  const before = await world.rows();
  const token = pathOf(link.address).split("/").at(-1) ?? "";
  const page = await runtime.checkouts.links.page({ token, headers: [], peer: "127.0.0.1" });
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).toContain("$12.50");
  expect(html).not.toContain("<script");
  expect(html).toContain(`name="for" value="${pathOf(link.address)}"`);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await world.rows()).toEqual(before);
  const unknown = runtime.checkouts.links.page({ token: "x".repeat(22), headers: [], peer: "127.0.0.1" });
  await expect(unknown).rejects.toThrow("no such payment link");
});

test("another merchant's links are not there", async () => {
  const link = await make(lunch);
  const stranger = { merchantId: "mr_stranger", id: link.id };
  await expect(runtime.checkouts.links.get(stranger)).rejects.toThrow("no such payment link");
  await expect(runtime.checkouts.links.end({ ...stranger, actor: "system" })).rejects.toThrow("no such");
  const live = { merchantId: merchant.id, mode: "live" as const, id: link.id };
  await expect(runtime.checkouts.links.get(live)).rejects.toThrow("no such payment link");
});

test("the list goes on where it stopped, newest first", async () => {
  const made = [await make(lunch), await make(lunch), await make(lunch)].map(({ id }) => id).toReversed();
  const about = { merchantId: merchant.id, mode: "test" as const, limit: 2 };
  const first = await runtime.checkouts.links.list({ ...about, before: null });
  expect(first.data.map(({ id }) => id)).toEqual(made.slice(0, 2));
  const second = await runtime.checkouts.links.list({ ...about, before: first.next });
  expect(second.data[0]?.id).toBe(made[2]);
});
