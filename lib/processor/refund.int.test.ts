import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { configureFailpoints, type FailpointName } from "@/lib/kit";
import { Money } from "@/lib/money";
import { createWorld, type Process, type World } from "@/lib/testing/processor-world";
import type { Charge, ConnectedRail, RequestRefund } from ".";

const usd = { code: "USD", exponent: 2 };
const cents = (units: bigint) => Money.of(units, usd);
let world: World;
let one: Process;
let two: Process;
let keys = 0;

beforeAll(async () => {
  world = await createWorld();
  one = await world.start();
  two = await world.start();
});
beforeEach(() => world.rails.set("demo", world.rail));
afterEach(() => configureFailpoints(null));
afterAll(() => world.close());

async function paid(units = 100n): Promise<Charge> {
  const taken = await one.processor.take(await world.pay({ units }));
  if (taken.outcome !== "settled") throw new Error(`It ended as ${taken.outcome}.`);
  await one.processor.delivered(taken.charge, { status: 200, bytes: 1, upstreamMs: 1, totalMs: 2 });
  return taken.charge;
}

const asking = (charge: Charge, facts: Partial<RequestRefund> = {}): RequestRefund => {
  keys += 1;
  return {
    merchantId: charge.merchantId,
    receiptId: charge.receiptId ?? "",
    key: `key-${keys}`,
    actor: "member:1",
    ...facts,
  };
};
const receiptOf = (charge: Charge) =>
  one.processor.receipts.get({ merchantId: charge.merchantId, id: charge.receiptId ?? "" });
const returnedTo = async ({ challengeId }: Charge) =>
  (await world.moves("refund"))
    .filter((move) => move.challengeId === challengeId)
    .map(({ amount }) => amount);

/** The demo rail with another refund. */
function withRefund(refund: NonNullable<ConnectedRail["abilities"]["refund"]>): void {
  const { find: _find, ...abilities } = world.rail.abilities;
  world.rails.set("demo", { ...world.rail, abilities: { ...abilities, refund } });
}
const realRefund: NonNullable<ConnectedRail["abilities"]["refund"]> = async (...args) =>
  (await world.rail.abilities.refund?.(...args)) ?? { outcome: "unavailable", reason: "gone" };

test("a refund is requested, submitted and settled, with its postings, events and timeline", async () => {
  const charge = await paid(100n);
  const refund = await one.processor.requestRefund(
    asking(charge, { amount: cents(30n), reason: "requested" }),
  );
  expect(refund).toMatchObject({ status: "requested", amount: cents(30n), receiptId: charge.receiptId });
  expect(await receiptOf(charge)).toMatchObject({
    status: "paid",
    pendingRefund: cents(30n),
    net: cents(100n),
  });
  await world.settle(two);
  const receipt = await receiptOf(charge);
  expect(receipt).toMatchObject({
    status: "partially_refunded",
    refunded: cents(30n),
    pendingRefund: cents(0n),
    net: cents(70n),
  });
  expect(receipt.refunds).toMatchObject([
    { id: refund.id, status: "settled", reference: expect.stringMatching(/^dr_/) },
  ]);
  expect(receipt.timeline.slice(-3).map(({ type }) => type)).toEqual([
    "refund.requested",
    "refund.submitted",
    "refund.settled",
  ]);
  expect(receipt.postings.map(({ account, amount }) => [account, amount.units])).toEqual([
    ["rail:demo", 100n],
    ["merchant:sales", -100n],
    ["merchant:refunds", 30n],
    ["rail:demo", -30n],
  ]);
  expect(await returnedTo(charge)).toEqual(["30"]);
  const { data } = await one.processor.events.list({ merchantId: "m_1" }, { limit: 3 });
  expect(data.map(({ type }) => type)).toEqual(["refund.settled", "refund.submitted", "refund.requested"]);

  await one.processor.requestRefund(asking(charge));
  await world.settle(one);
  expect(await receiptOf(charge)).toMatchObject({
    status: "refunded",
    refunded: cents(100n),
    net: cents(0n),
    delivery: "delivered",
  });
  expect(await returnedTo(charge)).toEqual(["30", "70"]);
});

test("the same key and request answer the first refund; another request under it is refused", async () => {
  const charge = await paid();
  const request = asking(charge, { amount: cents(10n) });
  const [first, ...others] = await Promise.all(
    Array.from({ length: 20 }, (_, place) => (place % 2 ? one : two).processor.requestRefund(request)),
  );
  expect(new Set(others.map(({ id }) => id))).toEqual(new Set([first?.id]));
  expect(await receiptOf(charge)).toMatchObject({ pendingRefund: cents(10n) });
  const other = one.processor.requestRefund({ ...request, amount: cents(11n) });
  await expect(other).rejects.toMatchObject({ slug: "idempotency-mismatch" });
  await world.settle(one);
  expect(await one.processor.requestRefund(request)).toMatchObject({ id: first?.id, status: "settled" });
  expect(await returnedTo(charge)).toEqual(["10"]);
});

test("fifty refunds at once on two processes never exceed what was captured", async () => {
  const charge = await paid(100n);
  const asked = await Promise.allSettled(
    Array.from({ length: 50 }, (_, place) =>
      (place % 2 ? one : two).processor.requestRefund(asking(charge, { amount: cents(7n) })),
    ),
  );
  expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(14);
  for (const each of asked) {
    if (each.status === "rejected") expect([409, 422]).toContain(each.reason.status);
  }
  await Promise.all([world.settle(one), world.settle(two)]);
  expect(await returnedTo(charge)).toHaveLength(14);
  expect(await receiptOf(charge)).toMatchObject({ refunded: cents(98n), pendingRefund: cents(0n) });
});

test("two refunds of 60 on 100: one is sent", async () => {
  const charge = await paid(100n);
  const asked = await Promise.allSettled([
    one.processor.requestRefund(asking(charge, { amount: cents(60n) })),
    two.processor.requestRefund(asking(charge, { amount: cents(60n) })),
  ]);
  expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await world.settle(one);
  expect(await returnedTo(charge)).toEqual(["60"]);
});

test("an amount that is negative, zero, too large or in another currency is refused and nothing is sent", async () => {
  const charge = await paid(100n);
  const wrong = [
    cents(0n),
    cents(-1n),
    cents(101n),
    Money.of(10n, { code: "EUR", exponent: 2 }),
    Money.of(10n, { code: "USD", exponent: 3 }),
  ];
  for (const amount of wrong) {
    await expect(one.processor.requestRefund(asking(charge, { amount }))).rejects.toMatchObject({
      slug: "unprocessable",
      extras: { errors: [{ path: "amount" }] },
    });
  }
  await world.settle(one);
  expect(await returnedTo(charge)).toEqual([]);
});

test("what was never captured, another merchant's, or of the other mode cannot be refunded", async () => {
  const charge = await paid();
  const refused = [
    asking(charge, { receiptId: "rc_none" }),
    asking(charge, { receiptId: charge.id }),
    asking(charge, { merchantId: "m_2" }),
    asking(charge, { mode: "live" }),
  ];
  for (const request of refused) {
    await expect(one.processor.requestRefund(request)).rejects.toMatchObject({ slug: "not-found" });
  }
  await expect(one.processor.getRefund({ merchantId: "m_2", id: "rf_none" })).rejects.toMatchObject({
    slug: "not-found",
  });
});

test("a rail without refunds, or with whole ones only, says so", async () => {
  const charge = await paid(100n);
  const { refund: _refund, ...abilities } = world.rail.abilities;
  world.rails.set("demo", { ...world.rail, abilities });
  expect(await one.processor.refundAbility(charge)).toMatchObject({ can: false });
  await expect(one.processor.requestRefund(asking(charge))).rejects.toMatchObject({ slug: "unprocessable" });
  world.rails.set("demo", { ...world.rail, definition: { ...world.rail.definition, can: {} } });
  expect(await one.processor.refundAbility(charge)).toEqual({ can: true, partial: false });
  const partial = one.processor.requestRefund(asking(charge, { amount: cents(50n) }));
  await expect(partial).rejects.toMatchObject({ slug: "unprocessable" });
  world.rails.delete("demo");
  expect(await one.processor.refundAbility(charge)).toMatchObject({ can: false });
});

test("a refund whose answer is lost after its effect stays submitted, then settles: the rail did it once", async () => {
  const charge = await paid(100n);
  let calls = 0;
  withRefund(async (...args) => {
    calls += 1;
    const answer = await realRefund(...args);
    if (calls < 3) throw new Error("the reply was lost");
    return answer;
  });
  const { id } = await one.processor.requestRefund(asking(charge));
  await world.settle(one);
  const named = { merchantId: "m_1", id };
  expect(await one.processor.getRefund(named)).toMatchObject({
    status: "submitted",
    attempts: 1,
    failure: expect.any(String),
  });
  expect(await receiptOf(charge)).toMatchObject({ pendingRefund: cents(100n), refunded: cents(0n) });
  world.clock.pass(1_000);
  await world.settle(two);
  expect(await one.processor.getRefund(named)).toMatchObject({ status: "submitted", attempts: 2 });
  world.clock.pass(2_000);
  await world.settle(two);
  expect(await one.processor.getRefund(named)).toMatchObject({
    status: "settled",
    attempts: 3,
    failure: null,
  });
  expect(await returnedTo(charge)).toEqual(["100"]);
});

test("a network without keys is asked by our key before the money is sent again", async () => {
  const charge = await paid(100n);
  const sent: string[] = [];
  world.rails.set("demo", {
    ...world.rail,
    abilities: {
      ...world.rail.abilities,
      async refund(...args) {
        sent.push(args[2].key);
        await realRefund(...args);
        throw new Error("the reply was lost");
      },
    },
  });
  const { id } = await one.processor.requestRefund(asking(charge));
  await world.settle(one);
  world.clock.pass(1_000);
  await world.settle(one);
  expect(await one.processor.getRefund({ merchantId: "m_1", id })).toMatchObject({ status: "settled" });
  expect(sent).toEqual([id]);
});

test("a rail that is certainly not reached leaves the refund requested until it is", async () => {
  const charge = await paid(100n);
  withRefund(async () => ({ outcome: "unavailable", reason: "locked" }));
  const { id } = await one.processor.requestRefund(asking(charge));
  await world.settle(one);
  expect(await one.processor.getRefund({ merchantId: "m_1", id })).toMatchObject({
    status: "requested",
    failure: "locked",
  });
  world.rails.set("demo", world.rail);
  world.clock.pass(1_000);
  await world.settle(one);
  expect(await one.processor.getRefund({ merchantId: "m_1", id })).toMatchObject({ status: "settled" });
  expect(await returnedTo(charge)).toEqual(["100"]);
});

test("a refused refund fails with the network's words, frees its amount, and is tried again under the same key", async () => {
  const charge = await paid(100n);
  const seen: string[] = [];
  withRefund(async (_reference, _amount, { key }) => {
    seen.push(key);
    return { outcome: "declined", reason: "balance too low" };
  });
  const { id } = await one.processor.requestRefund(asking(charge, { amount: cents(80n) }));
  await world.settle(one);
  expect(await one.processor.getRefund({ merchantId: "m_1", id })).toMatchObject({
    status: "failed",
    failure: "balance too low",
  });
  expect(await receiptOf(charge)).toMatchObject({ pendingRefund: cents(0n), status: "paid" });
  expect(await one.processor.refundTabs({ merchantId: "m_1" })).toMatchObject({
    failed: 1,
    submitted: 0,
    requested: 0,
  });
  world.rails.set("demo", world.rail);
  const retried = await Promise.allSettled(
    Array.from({ length: 5 }, () => two.processor.retryRefund({ merchantId: "m_1", id, actor: "member:2" })),
  );
  expect(retried.some(({ status }) => status === "fulfilled")).toBe(true);
  expect(await receiptOf(charge)).toMatchObject({ pendingRefund: cents(80n) });
  await world.settle(one);
  expect(await one.processor.getRefund({ merchantId: "m_1", id })).toMatchObject({
    status: "settled",
    failure: null,
  });
  expect(seen).toEqual([id]);
  expect(await returnedTo(charge)).toEqual(["80"]);
});

test("a failed refund whose amount has gone another way cannot be revived", async () => {
  const charge = await paid(100n);
  withRefund(async () => ({ outcome: "declined", reason: "no" }));
  const { id } = await one.processor.requestRefund(asking(charge, { amount: cents(80n) }));
  await world.settle(one);
  world.rails.set("demo", world.rail);
  await one.processor.requestRefund(asking(charge, { amount: cents(30n) }));
  const again = one.processor.retryRefund({ merchantId: "m_1", id, actor: "member:1" });
  await expect(again).rejects.toMatchObject({ slug: "conflict" });
  expect(await one.processor.getRefund({ merchantId: "m_1", id })).toMatchObject({ status: "failed" });
});

test("an answer with another amount or without a reference does not count as settled", async () => {
  for (const answer of [
    { reference: "x", amount: cents(99n) },
    { reference: "", amount: cents(100n) },
  ]) {
    const charge = await paid(100n);
    withRefund(async () => ({ outcome: "settled", ...answer }));
    const { id } = await one.processor.requestRefund(asking(charge));
    await world.settle(one);
    expect(await one.processor.getRefund({ merchantId: "m_1", id })).toMatchObject({ status: "submitted" });
  }
});

const deaths: FailpointName[] = [
  "refund-intent-recorded",
  "refund-before-rail",
  "refund-after-rail",
  "refund-fact-recorded",
];
for (const at of deaths) {
  test(`a death at ${at} ends in one refund, though recovery dies as well`, async () => {
    const charge = await paid(100n);
    const { id } = await one.processor.requestRefund(asking(charge));
    configureFailpoints(`${at}:1:throw`);
    await world.settle(one);
    configureFailpoints("refund-in-recovery:1:throw");
    world.clock.pass(1_000);
    await world.settle(two);
    configureFailpoints(null);
    world.clock.pass(30_000);
    await world.settle(two);
    expect(await one.processor.getRefund({ merchantId: "m_1", id })).toMatchObject({ status: "settled" });
    expect(await returnedTo(charge)).toEqual(["100"]);
    expect(await receiptOf(charge)).toMatchObject({ refunded: cents(100n), pendingRefund: cents(0n) });
  });
}

test("a refund whose job was lost is queued again", async () => {
  const charge = await paid(100n);
  const { id } = await one.processor.requestRefund(asking(charge));
  await world.database.client.job.deleteMany({ where: { key: `refund.submit:${id}` } });
  await world.settle(one);
  expect(await one.processor.getRefund({ merchantId: "m_1", id })).toMatchObject({ status: "settled" });
});

test("an undelivered payment that is refunded by hand is not delivered any more", async () => {
  const payment = await world.pay({ units: 100n });
  const taken = await one.processor.take(payment);
  if (taken.outcome !== "settled") throw new Error("It settles.");
  await one.processor.undelivered(taken.charge, { reason: "status", bytes: 0, upstreamMs: 1, totalMs: 2 });
  await one.processor.requestRefund(asking(taken.charge, { reason: "undelivered" }));
  expect(await two.processor.take(payment)).toMatchObject({ outcome: "used" });
  await world.settle(one);
  expect(await receiptOf(taken.charge)).toMatchObject({ delivery: "refunded", status: "refunded" });
});

test("a payment refunded while it is being served ends delivered, or refunded when serving failed", async () => {
  for (const isServed of [true, false]) {
    const taken = await one.processor.take(await world.pay({ units: 100n }));
    if (taken.outcome !== "settled") throw new Error("It settles.");
    await one.processor.requestRefund(asking(taken.charge));
    await world.settle(two);
    const facts = { bytes: 0, upstreamMs: 1, totalMs: 2 };
    if (isServed) await one.processor.delivered(taken.charge, { ...facts, status: 200 });
    else {
      const state = await one.processor.undelivered(taken.charge, { ...facts, reason: "status" });
      expect(state).toEqual({ paymentState: "refunded" });
    }
    expect(await receiptOf(taken.charge)).toMatchObject({
      delivery: isServed ? "delivered" : "refunded",
      status: "refunded",
    });
  }
});

test("an automatic refund that the rail refuses goes before the merchant, who may deliver or keep", async () => {
  const payment = await world.pay({ units: 100n, redeemableMs: 1_000 });
  const taken = await one.processor.take(payment);
  if (taken.outcome !== "settled") throw new Error("It settles.");
  await one.processor.undelivered(taken.charge, { reason: "status", bytes: 0, upstreamMs: 1, totalMs: 2 });
  withRefund(async () => ({ outcome: "declined", reason: "no way back" }));
  world.clock.pass(1_000);
  await world.settle(one);
  expect(await receiptOf(taken.charge)).toMatchObject({
    delivery: "undelivered",
    remedy: "decide",
    pendingRefund: cents(0n),
  });
  const choice = { merchantId: "m_1", receiptId: taken.charge.receiptId ?? "", actor: "member:1" };
  await expect(one.processor.chooseRemedy({ ...choice, remedy: "keep" })).rejects.toMatchObject({
    slug: "unprocessable",
  });
  await one.processor.chooseRemedy({ ...choice, remedy: "keep", reason: "settled by mail" });
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "used" });
  await one.processor.chooseRemedy({ ...choice, remedy: "deliver" });
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "settled", again: true });
  const foreign = one.processor.chooseRemedy({ ...choice, merchantId: "m_2", remedy: "deliver" });
  await expect(foreign).rejects.toMatchObject({ slug: "not-found" });
});

test("any series of refunds on two processes stays within the cap and agrees with the network", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ units: fc.bigInt({ min: 1n, max: 70n }), second: fc.boolean(), run: fc.boolean() }),
        {
          minLength: 1,
          maxLength: 8,
        },
      ),
      async (asks) => {
        const charge = await paid(100n);
        await Promise.allSettled(
          asks.map(async ({ units, second, run }) => {
            const process = second ? two : one;
            await process.processor.requestRefund(asking(charge, { amount: cents(units) }));
            if (run) await process.jobs.work(process.processor.handlers, 4);
          }),
        );
        await world.settle(one);
        const receipt = await receiptOf(charge);
        const sent = (await returnedTo(charge)).reduce((sum, amount) => sum + BigInt(amount), 0n);
        expect(receipt.refunded.units).toBe(sent);
        expect(sent).toBeLessThanOrEqual(100n);
        expect(sent).toBeGreaterThan(0n);
        expect(receipt.pendingRefund.units).toBe(0n);
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);

test("after all of this the books are right", async () => {
  world.rails.set("demo", world.rail);
  world.clock.pass(3_600_000);
  await world.settle(one);
  const { violations, rails } = await one.processor.verify({ rails: true });
  expect(violations).toEqual([]);
  expect(rails.compared).toBeGreaterThan(20);
});
