import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { configureFailpoints, type FailpointName, FailpointReached, sha256 } from "@/lib/kit";
import { Money } from "@/lib/money";
import { createWorld, type Process, type World } from "@/lib/testing/processor-world";
import type { Charge, Taken, TakePayment } from ".";

const usd = { code: "USD", exponent: 2 };
let world: World;
let one: Process;
let two: Process;

beforeAll(async () => {
  world = await createWorld();
  one = await world.start();
  two = await world.start();
});
afterEach(() => configureFailpoints(null));
afterAll(() => world.close());

const served = { status: 200, bytes: 10, upstreamMs: 5, totalMs: 9 };
const failed = { reason: "status", status: 503, bytes: 0, upstreamMs: 5, totalMs: 9 };

async function settled(taking: Promise<Taken>): Promise<Charge> {
  const taken = await taking;
  if (taken.outcome !== "settled") throw new Error(`It ended as ${JSON.stringify(taken)}.`);
  return taken.charge;
}
const rowOf = (payment: TakePayment) =>
  world.database.client.charge.findFirstOrThrow({ where: { challengeId: payment.challengeId } });
const capturesOf = async (payment: TakePayment) =>
  (await world.moves("capture")).filter(({ challengeId }) => challengeId === payment.challengeId).length;
const timelineOf = async (payment: TakePayment) => {
  const { id } = await rowOf(payment);
  const events = await world.database.client.chargeEvent.findMany({
    where: { chargeId: id },
    orderBy: { id: "asc" },
  });
  return events.map(({ type }) => type);
};
const eventsOf = async (payment: TakePayment) => {
  const { id, receiptId } = await rowOf(payment);
  const events = await world.database.client.event.findMany({
    where: { object: { in: [id, receiptId ?? id] } },
    orderBy: { seq: "asc" },
  });
  return events.map(({ type }) => type);
};

test("a payment is claimed, taken, posted, receipted and delivered", async () => {
  const payment = await world.pay({ units: 250n, payer: "ann" });
  const charge = await settled(one.processor.take(payment));
  expect(charge).toMatchObject({
    state: "captured",
    captured: Money.of(250n, usd),
    delivery: "undelivered",
    payer: "demo:ann",
    reference: expect.stringMatching(/^dp_\d+$/),
    receiptId: expect.stringMatching(/^rc_/),
    owner: one.presence.number,
  });
  const row = await rowOf(payment);
  expect(row).toMatchObject({
    id: charge.id,
    receiptId: charge.receiptId,
    state: "captured",
    sealedProof: null,
  });
  expect(row.redeemableUntil).toEqual(charge.redeemableUntil);

  await one.processor.delivered(charge, served);
  expect(await rowOf(payment)).toMatchObject({
    delivery: "delivered",
    owner: null,
    upstreamStatus: 200,
    totalMs: 9,
  });
  expect(await timelineOf(payment)).toEqual(["request", "claimed", "settled", "delivered"]);
  expect(await eventsOf(payment)).toEqual(["receipt.created", "charge.delivered"]);
  expect(await capturesOf(payment)).toBe(1);
  const postings = await world.database.client.posting.findMany({
    where: { group: { chargeId: charge.id } },
  });
  expect(postings.map(({ account, units }) => [account, units.toFixed()])).toEqual([
    ["rail:demo", "250"],
    ["merchant:sales", "-250"],
  ]);
});

test("a delivered credential is used, at every process and after its challenge has expired", async () => {
  const payment = await world.pay();
  const charge = await settled(one.processor.take(payment));
  await one.processor.delivered(charge, served);
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "used", charge: { id: charge.id } });
  expect(await two.processor.take(payment)).toMatchObject({ outcome: "used" });
  expect(await two.processor.take({ ...payment, challengeExpires: new Date(0) })).toMatchObject({
    outcome: "used",
  });
  expect(await capturesOf(payment)).toBe(1);
});

test("200 identical credentials on two processes: one settles, the others are told that it is in progress", async () => {
  const payment = await world.pay();
  const takes = Array.from({ length: 200 }, (_, place) => (place % 2 ? one : two).processor.take(payment));
  const outcomes = (await Promise.all(takes)).map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === "settled")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === "in-progress")).toHaveLength(199);
  expect(await capturesOf(payment)).toBe(1);
  expect(await world.database.client.charge.count({ where: { challengeId: payment.challengeId } })).toBe(1);
});

test("a challenge that has expired is refused without a row, and one millisecond earlier it is taken", async () => {
  const payment = await world.pay();
  const at = (ms: number) => new Date(world.clock.now().getTime() + ms);
  expect(await one.processor.take({ ...payment, challengeExpires: at(0) })).toEqual({
    outcome: "refused",
    slug: "payment-expired",
  });
  expect(await world.database.client.charge.count({ where: { challengeId: payment.challengeId } })).toBe(0);
  expect(await one.processor.take({ ...payment, challengeExpires: at(1) })).toMatchObject({
    outcome: "settled",
  });
});

test("one money id under two challenges is taken once", async () => {
  const payment = await world.pay();
  const proof = payment.proof as { token: string };
  const other = await world.pay({ token: proof.token });
  const taken = await Promise.all([one.processor.take(payment), two.processor.take(other)]);
  const used = taken.filter(({ outcome }) => outcome === "used");
  expect(used).toHaveLength(1);
  const keys = (await world.database.client.claim.findMany()).map(({ key }) => key);
  expect(keys.filter((key) => key === `money:demo:${sha256(proof.token).toString("hex")}`)).toHaveLength(1);
  expect(keys.join()).not.toContain(proof.token); // what pays is kept nowhere
});

test("another credential for a claimed challenge is used, and so is the same one with another request", async () => {
  const payment = await world.pay();
  await settled(one.processor.take(payment));
  const other = { ...payment, credentialHash: Buffer.alloc(32, 7) };
  expect(await two.processor.take(other)).toMatchObject({ outcome: "used" });
  const moved = { ...payment, fingerprint: Buffer.alloc(32, 7) };
  expect(await two.processor.take(moved)).toMatchObject({ outcome: "used" });
});

test("a declined payment is refused once and used afterwards", async () => {
  const payment = await world.pay({ behaviour: "decline" });
  expect(await one.processor.take(payment)).toEqual({ outcome: "refused", slug: "verification-failed" });
  expect(await rowOf(payment)).toMatchObject({
    state: "denied",
    effectState: "failed",
    owner: null,
    sealedProof: null,
  });
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "used" });
  expect(await capturesOf(payment)).toBe(0);
});

test("a payment made for other terms is refused", async () => {
  const payment = await world.pay({ units: 10n });
  const dearer = { ...payment, requested: Money.of(500n, usd), offer: { ...payment.offer, amount: "500" } };
  expect(await one.processor.take(dearer)).toEqual({ outcome: "refused", slug: "verification-failed" });
  expect(await capturesOf(payment)).toBe(0);
});

test("an unreachable rail releases the credential: it works again under the same key", async () => {
  const payment = await world.pay({ behaviour: "down" });
  expect(await one.processor.take(payment)).toEqual({ outcome: "unavailable", retryAfterMs: 1_000 });
  expect(await rowOf(payment)).toMatchObject({ state: "created", effectState: "requested", owner: null });
  expect(await two.processor.take(payment)).toMatchObject({ outcome: "unavailable" });
  await world.database.client.demoPayment.updateMany({
    where: { challengeId: payment.challengeId },
    data: { behaviour: "approve" },
  });
  const charge = await settled(two.processor.take(payment));
  expect(charge.effect).toMatchObject({ key: `${charge.id}:capture:1`, attempts: 3 });
  expect(await capturesOf(payment)).toBe(1);
});

test("a released credential whose challenge runs out is expired, and nothing was taken", async () => {
  const payment = await world.pay({ behaviour: "down", ttlMs: 1_000 });
  await one.processor.take(payment);
  world.clock.pass(1_000);
  expect(await one.processor.take(payment)).toEqual({ outcome: "refused", slug: "payment-expired" });
  await world.settle(one);
  expect(await rowOf(payment)).toMatchObject({ effectState: "requested" }); // a call may still be on its way
  world.clock.pass(60_000);
  await world.settle(one);
  expect(await rowOf(payment)).toMatchObject({ state: "expired", effectState: "failed", sealedProof: null });
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "used" });
});

test("a lost answer is unknown, stays claimed, is resolved by the rail's word and then redeemed: one capture", async () => {
  const payment = await world.pay({ behaviour: "unknown" });
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "unknown" });
  expect(await two.processor.take(payment)).toMatchObject({ outcome: "unknown" });
  world.clock.pass(1_000);
  await world.settle(one);
  expect(await rowOf(payment)).toMatchObject({
    state: "created",
    effectState: "unknown",
    captured: expect.anything(),
  });
  world.clock.pass(2_000);
  await world.settle(two);
  expect((await rowOf(payment)).effectState).toBe("unknown");
  world.clock.pass(5_000);
  await world.settle(two);
  expect(await rowOf(payment)).toMatchObject({
    state: "captured",
    effectState: "settled",
    delivery: "undelivered",
  });
  const taken = await one.processor.take(payment);
  expect(taken).toMatchObject({ outcome: "settled", again: true });
  expect(await capturesOf(payment)).toBe(1);
  expect(await timelineOf(payment)).toEqual([
    "request",
    "claimed",
    "rail.unknown",
    "resolved",
    "request",
    "redeemed",
  ]);
  expect(await eventsOf(payment)).toEqual(["charge.unknown", "receipt.created"]);
});

test("a slow rail holds up the copies and settles once", async () => {
  const payment = await world.pay({ behaviour: "slow" });
  const taken = await Promise.all([one.processor.take(payment), two.processor.take(payment)]);
  expect(taken.map(({ outcome }) => outcome).sort()).toEqual(["in-progress", "settled"]);
});

test("a failed delivery is redeemed with the same credential without a second charge, until its time", async () => {
  const payment = await world.pay({ redeemableMs: 60_000 });
  const charge = await settled(one.processor.take(payment));
  const state = await one.processor.undelivered(charge, failed);
  expect(state).toEqual({ paymentState: "redeemable", retryUntil: charge.redeemableUntil });
  expect(await eventsOf(payment)).toEqual(["receipt.created", "charge.undelivered"]);

  const copies = await Promise.all(Array.from({ length: 20 }, () => two.processor.take(payment)));
  expect(copies.filter(({ outcome }) => outcome === "settled")).toHaveLength(1);
  expect(copies.filter(({ outcome }) => outcome === "in-progress")).toHaveLength(19);
  const again = copies.find(({ outcome }) => outcome === "settled");
  if (again?.outcome !== "settled") throw new Error("One was settled.");
  expect(again).toMatchObject({
    again: true,
    charge: { reference: charge.reference, receiptId: charge.receiptId },
  });
  await two.processor.delivered(again.charge, served);
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "used" });
  expect(await capturesOf(payment)).toBe(1);
  expect((await rowOf(payment)).deliveryAttempts).toBe(2);
});

test("a passed deadline sends the money back once, and the credential is used", async () => {
  const payment = await world.pay({ redeemableMs: 60_000 });
  const charge = await settled(one.processor.take(payment));
  await one.processor.undelivered(charge, failed);
  world.clock.pass(60_000);
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "used" });
  await Promise.all([world.settle(one), world.settle(two)]);
  const row = await rowOf(payment);
  expect(row).toMatchObject({ delivery: "refunded", remedy: "refund" });
  expect(row.refunded.toFixed()).toBe("250");
  expect(row.pendingRefund.toFixed()).toBe("0");
  const refunds = (await world.moves("refund")).filter(
    ({ challengeId }) => challengeId === payment.challengeId,
  );
  expect(refunds).toHaveLength(1);
  expect(await timelineOf(payment)).toEqual([
    ...["request", "claimed", "settled", "undelivered"],
    ...["deadline-passed", "refund.requested", "refund.submitted", "refund.settled"],
  ]);
});

test("a passed deadline on a rail that cannot refund goes before the merchant, once", async () => {
  const { refund: _refund, ...abilities } = world.rail.abilities;
  world.rails.set("oneway", { ...world.rail, slug: "oneway", abilities });
  const payment = { ...(await world.pay({ redeemableMs: 1_000 })), rail: { ...world.rail, slug: "oneway" } };
  await one.processor.undelivered(await settled(one.processor.take(payment)), failed);
  world.clock.pass(1_000);
  await world.settle(one);
  await world.settle(two);
  expect(await rowOf(payment)).toMatchObject({ delivery: "undelivered", remedy: "decide" });
  expect((await timelineOf(payment)).filter((type) => type === "remedy")).toHaveLength(1);
});

test("a stream the payer left is delivered, one the upstream broke is redeemable", async () => {
  const left = await world.pay();
  const cut = { status: 200, bytes: 3, upstreamMs: 1, totalMs: 2 };
  const first = await settled(one.processor.take(left));
  expect(await one.processor.cutShort(first, { ...cut, by: "payer" })).toEqual({ paymentState: "delivered" });
  expect(await rowOf(left)).toMatchObject({ delivery: "delivered", upstreamBytes: 3n });
  const broken = await world.pay();
  const second = await settled(one.processor.take(broken));
  expect(await one.processor.cutShort(second, { ...cut, by: "upstream" })).toMatchObject({
    paymentState: "redeemable",
  });
  expect(await rowOf(broken)).toMatchObject({ delivery: "undelivered", upstreamBytes: 3n, owner: null });
});

const deaths: { at: FailpointName; captured: number }[] = [
  { at: "before-claim-commit", captured: 0 },
  { at: "after-claim", captured: 0 },
  { at: "before-rail", captured: 0 },
  { at: "after-rail", captured: 1 },
  { at: "before-ledger-post", captured: 1 },
  { at: "before-outbox", captured: 1 },
  { at: "after-settle-recorded", captured: 1 },
];

for (const { at, captured } of deaths) {
  test(`a death at ${at} is repaired by the payer's repeat: one capture, one delivery`, async () => {
    const doomed = await world.start();
    const payment = await world.pay();
    configureFailpoints(`${at}:1:throw`);
    await expect(doomed.processor.take(payment)).rejects.toThrow(FailpointReached);
    configureFailpoints(null);
    await doomed.die();
    expect(await capturesOf(payment)).toBe(captured);
    const charge = await settled(one.processor.take(payment));
    await one.processor.delivered(charge, served);
    expect(await capturesOf(payment)).toBe(1);
    expect(await one.processor.take(payment)).toMatchObject({ outcome: "used" });
  });

  test(`a death at ${at} is repaired without the payer, though recovery dies as well`, async () => {
    const doomed = await world.start();
    const payment = await world.pay({ redeemableMs: 60_000 });
    configureFailpoints(`${at}:1:throw`);
    await expect(doomed.processor.take(payment)).rejects.toThrow(FailpointReached);
    await doomed.die();
    configureFailpoints("in-recovery:1:throw");
    await world.settle(one);
    configureFailpoints(null);
    world.clock.pass(30_000);
    await world.settle(two);
    if (at === "before-claim-commit") {
      expect(await world.database.client.charge.count({ where: { challengeId: payment.challengeId } })).toBe(
        0,
      );
      return;
    }
    expect(await rowOf(payment)).toMatchObject({ state: "captured", delivery: "undelivered", owner: null });
    expect(await capturesOf(payment)).toBe(1);
    world.clock.pass(60_000);
    await world.settle(two);
    expect(await rowOf(payment)).toMatchObject({ delivery: "refunded" });
    expect(await capturesOf(payment)).toBe(1);
  });
}

test("a process that is slow but alive is never robbed of its effect", async () => {
  const payment = await world.pay();
  let finish: () => void = () => undefined;
  let begun: () => void = () => undefined;
  const started = new Promise<void>((resolve) => (begun = resolve));
  const held = new Promise<void>((resolve) => (finish = resolve));
  const { capture } = world.rail.abilities;
  const slow = {
    ...payment,
    rail: {
      ...world.rail,
      abilities: {
        ...world.rail.abilities,
        async capture(...args: Parameters<NonNullable<typeof capture>>) {
          begun();
          await held;
          return (await capture?.(...args)) ?? { outcome: "unknown" as const, reason: "" };
        },
      },
    },
  };
  const taking = one.processor.take(slow);
  await started;
  await world.settle(two);
  expect(await two.processor.take(payment)).toEqual({ outcome: "in-progress" });
  expect(await capturesOf(payment)).toBe(0);
  finish();
  expect(await taking).toMatchObject({ outcome: "settled", again: false });
});

test("a delivery whose process died is free for the payer at once, and told of", async () => {
  const doomed = await world.start();
  const payment = await world.pay();
  await settled(doomed.processor.take(payment));
  expect(await one.processor.take(payment)).toEqual({ outcome: "in-progress" });
  await doomed.die();
  await world.settle(one);
  expect(await eventsOf(payment)).toEqual(["receipt.created", "charge.undelivered"]);
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "settled", again: true });
});

test("what the rail has nothing of and cannot be asked for now is released, and works again later", async () => {
  const doomed = await world.start();
  const payment = await world.pay({ behaviour: "down" });
  configureFailpoints("after-claim:1:throw");
  await expect(doomed.processor.take(payment)).rejects.toThrow(FailpointReached);
  configureFailpoints(null);
  await doomed.die();
  await world.settle(one);
  expect(await rowOf(payment)).toMatchObject({ state: "created", effectState: "requested", owner: null });
  await world.database.client.demoPayment.updateMany({
    where: { challengeId: payment.challengeId },
    data: { behaviour: "approve" },
  });
  expect(await two.processor.take(payment)).toMatchObject({ outcome: "settled", again: false });
  expect(await capturesOf(payment)).toBe(1);
});

test("what may have moved is never released, however long the rail is silent", async () => {
  const doomed = await world.start();
  const payment = await world.pay({ behaviour: "unknown" });
  configureFailpoints("after-rail:1:throw");
  await expect(doomed.processor.take(payment)).rejects.toThrow(FailpointReached);
  configureFailpoints(null);
  await doomed.die();
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "unknown" });
  const silent = async () => ({ outcome: "unavailable" as const, reason: "down" });
  world.rails.set("demo", {
    ...world.rail,
    abilities: { ...world.rail.abilities, capture: silent, find: silent },
  });
  for (const ms of [1_000, 10_000, 400_000, 86_400_000]) {
    world.clock.pass(ms);
    await world.settle(two);
    expect(await rowOf(payment)).toMatchObject({ state: "created", effectState: "unknown" });
  }
  world.rails.set("demo", world.rail);
  world.clock.pass(900_000);
  await world.settle(two);
  expect(await rowOf(payment)).toMatchObject({ state: "captured", effectState: "settled" });
  expect(await capturesOf(payment)).toBe(1);
});

/** The demo rail with its capture's answer replaced by what a careless or lying rail might say. */
function lying(
  say: (answer: Record<string, unknown>, payment: TakePayment) => unknown,
  payment: TakePayment,
): TakePayment {
  const { capture } = world.rail.abilities;
  const abilities = {
    ...world.rail.abilities,
    capture: async (...args: Parameters<NonNullable<typeof capture>>) =>
      say({ ...(await capture?.(...args)) }, payment) as never, // whatever somebody's code returns
  };
  return { ...payment, rail: { ...world.rail, abilities } };
}

test("a rail that took the money and said that it was not reached is found out before the charge expires", async () => {
  const payment = await world.pay({ ttlMs: 1_000 });
  const unreached = lying(() => ({ outcome: "unavailable", reason: "so it thought" }), payment);
  expect(await one.processor.take(unreached)).toMatchObject({ outcome: "unavailable" });
  world.clock.pass(61_000);
  await world.settle(one);
  expect(await rowOf(payment)).toMatchObject({ state: "captured", delivery: "undelivered" });
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "settled", again: true });
  expect(await capturesOf(payment)).toBe(1);
});

test("an answer that is incomplete, thrown or of no known kind is unknown, and the rail's look-up decides", async () => {
  const answers: ((answer: Record<string, unknown>) => unknown)[] = [
    () => undefined,
    () => "settled",
    () => ({ outcome: "settled" }),
    ({ reference }) => ({ outcome: "settled", reference }),
    ({ amount }) => ({ outcome: "settled", amount }),
    ({ amount }) => ({ outcome: "settled", amount, reference: "" }),
    ({ amount }) => ({ outcome: "settled", amount: Number((amount as Money).units), reference: "x" }),
    () => ({ outcome: "paid" }),
    () => {
      throw new Error("a bug of the rail");
    },
  ];
  for (const say of answers) {
    const payment = await world.pay();
    expect(await one.processor.take(lying(say, payment))).toMatchObject({ outcome: "unknown" });
    world.clock.pass(1_000);
    await world.settle(one);
    expect(await rowOf(payment)).toMatchObject({ state: "captured", delivery: "undelivered" });
    expect(await capturesOf(payment)).toBe(1);
  }
});

test("a rail that names the payer's secret as its reference is not believed, and the secret is stored nowhere", async () => {
  const payment = await world.pay();
  const { token } = payment.proof as { token: string };
  const leaking = lying((answer) => ({ ...answer, reference: token }), payment);
  expect(await one.processor.take(leaking)).toEqual({ outcome: "refused", slug: "verification-failed" });
  const row = await rowOf(payment);
  expect(row).toMatchObject({ state: "denied", effectReason: "reference-is-secret", reference: null });
  const where = { chargeId: row.id };
  const told = await world.database.client.chargeEvent.findMany({
    where,
    select: { type: true, detail: true },
  });
  expect(JSON.stringify(told)).not.toContain(token);
});

test("a pending network is asked by its own reference until it is done", async () => {
  const payment = await world.pay();
  const working = lying(({ reference }) => ({ outcome: "pending", reference }), payment);
  expect(await one.processor.take(working)).toMatchObject({ outcome: "unknown" });
  expect(await rowOf(payment)).toMatchObject({ state: "pending", reference: expect.stringMatching(/^dp_/) });
  world.clock.pass(1_000);
  await world.settle(one);
  expect(await rowOf(payment)).toMatchObject({ state: "captured", effectState: "settled" });
});

test("a store that fails while claiming takes nothing, and the credential works afterwards", async () => {
  const doomed = await world.start();
  const payment = await world.pay();
  await doomed.loseStore();
  await expect(doomed.processor.take(payment)).rejects.toMatchObject({ slug: "unavailable" });
  expect(await capturesOf(payment)).toBe(0);
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "settled" });
});

test("a store that fails after the capture answers unknown, and the money is found", async () => {
  const doomed = await world.start();
  const payment = await world.pay();
  const { capture } = world.rail.abilities;
  const cut = {
    ...world.rail,
    abilities: {
      ...world.rail.abilities,
      async capture(...args: Parameters<NonNullable<typeof capture>>) {
        const answer = await capture?.(...args);
        await doomed.loseStore();
        return answer ?? { outcome: "unknown" as const, reason: "" };
      },
    },
  };
  expect(await doomed.processor.take({ ...payment, rail: cut })).toMatchObject({ outcome: "unknown" });
  await doomed.die();
  await world.settle(one);
  expect(await rowOf(payment)).toMatchObject({ state: "captured", delivery: "undelivered" });
  expect(await capturesOf(payment)).toBe(1);
});
