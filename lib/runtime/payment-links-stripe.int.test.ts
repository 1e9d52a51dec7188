import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import type { Runtime } from "./runtime";

let world: StripeWorld;
let runtime: Runtime;
let merchant: { id: string; slug: string };
let counter = 0;

beforeAll(async () => {
  world = await createStripeWorld();
  runtime = world.runtimeOf();
  merchant = (await runtime.catalog.snapshot()).findMerchant("acme")?.merchant ?? { id: "", slug: "" };
});
beforeEach(() => world.double.calm());
afterAll(() => world.close());

const database = () => runtime.database.client;
const make = (usesMax?: number) =>
  runtime.checkouts.links.make({
    merchant,
    mode: "test",
    wish: {
      amount: { amount: "12.50", currency: "USD" },
      description: "Lunch",
      ...(usesMax ? { usesMax } : {}),
    },
    key: `key-${++counter}`,
    actor: "system",
  });
async function open(address: string): Promise<string> {
  const answer = await runtime.checkouts.open({
    target: new URL(address).pathname,
    method: "stripe",
    key: `key-of-the-form-${++counter}`,
    visitor: `visitor-${counter}`,
    headers: [],
    peer: "127.0.0.1",
    isAnother: false,
  });
  if (answer.outcome !== "opened") throw new Error("It costs something.");
  return answer.id;
}
const attemptOf = async (id: string) => (await runtime.checkouts.view(id)).attempt;
const intentOf = async (id: string) => (await attemptOf(id)).reference ?? "";
const usesOf = async (id: string) =>
  (await runtime.checkouts.links.get({ merchantId: merchant.id, id })).uses;
/** The browser says that it is back: the network was not asked just before. */
async function say(id: string): Promise<void> {
  await database().checkoutAttempt.updateMany({ where: { checkoutId: id }, data: { askedAt: new Date(0) } });
  await runtime.checkouts.look(id);
}
const stateOf = async (id: string) => (await runtime.checkouts.state(id)).state;

test("an amount is paid by card at a link: once, with a receipt, its fee, and a refund", async () => {
  const link = await make();
  const id = await open(link.address);
  const { card, list } = await runtime.checkouts.view(id);
  expect(list).toEqual({ amount: "12.50", currency: "USD" });
  expect(card?.clientSecret).toMatch(/^pi_\w+_secret_\w+$/);
  const rows = await database().checkoutAttempt.findMany({ where: { checkoutId: id } });
  expect(JSON.stringify(rows)).not.toContain(card?.clientSecret);
  await say(id);
  expect(await stateOf(id)).toBe("open");
  const intent = await intentOf(id);
  world.double.finish(intent, "failed");
  await say(id);
  expect(await stateOf(id)).toBe("open"); // another card can be tried on the same form
  world.double.finish(intent, "succeeded");
  await Promise.all(Array.from({ length: 8 }, () => say(id)));
  await say(id);
  const { state, receipt } = await runtime.checkouts.view(id);
  expect(state).toBe("delivered");
  expect(receipt).toMatchObject({ reference: intent, delivery: "not_applicable", status: "paid" });
  expect(await database().charge.count({ where: { reference: intent } })).toBe(1);
  const named = { merchantId: merchant.id, id: receipt?.id ?? "" };
  expect(JSON.stringify(await runtime.processor.receipts.evidence(named))).not.toContain("_secret_");

  await runtime.processor.requestRefund({
    merchantId: merchant.id,
    receiptId: named.id,
    key: `refund-${id}`,
    actor: "system",
  });
  await world.settle();
  expect(await runtime.processor.receipts.get(named)).toMatchObject({ status: "refunded" });
  expect((await runtime.processor.verify({ merchantId: merchant.id })).violations).toEqual([]);
});

test("who sees the card form holds the last use, and gives it back when the price has expired", async () => {
  const link = await make(1);
  const first = await open(link.address);
  await expect(open(link.address)).rejects.toThrow("just paying");
  const { paymentId, reference } = await attemptOf(first);
  await database().charge.update({
    where: { id: paymentId ?? "" },
    data: { challengeExpires: new Date(Date.now() - 1_000) },
  });
  await world.settle(); // the job that looks after the payment ends it
  await say(first);
  expect(await usesOf(link.id)).toEqual({ paid: 0, held: 0 });
  const canceled = world.double.log().filter(({ type }) => type === "cancel");
  expect(canceled.map(({ text }) => text)).toEqual([reference]);
  const second = await open(link.address);
  world.double.finish(await intentOf(second), "succeeded");
  await say(second);
  expect([await stateOf(second), await usesOf(link.id)]).toEqual(["delivered", { paid: 1, held: 0 }]);
  await expect(open(link.address)).rejects.toThrow("paid as often as it may be");
});
