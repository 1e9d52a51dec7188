import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Money } from "@/lib/money";
import { createWorld, type Process, type World } from "@/lib/testing/processor-world";
import type { Payment, PaymentAnswer } from ".";

const usd = { code: "USD", exponent: 2 };
const cents = (units: bigint) => Money.of(units, usd);
const origin = "http://farebox.test";

let world: World;
let process: Process;
let counter = 0;

beforeAll(async () => {
  world = await createWorld();
  process = await world.start();
});
afterAll(() => world.close());

const fresh = (name: string) => {
  counter += 1;
  return `${name}-${counter}`;
};
const railOf = (slug: string) => {
  const rail = world.rails.get(slug);
  if (!rail) throw new Error(slug);
  return rail;
};
const opening = (rail: string, facts: object = {}) => ({
  ...{ merchantId: "m_1", mode: "test" as const, rail: railOf(rail), connector: "shop" },
  ...{ externalRef: fresh("order"), amount: cents(10_000n), key: fresh("key"), automatic: false },
  requestId: "rq",
  ...facts,
});
const done = (answer: PaymentAnswer): Payment => {
  if (answer.outcome !== "done")
    throw new Error(
      `${answer.outcome}: ${JSON.stringify(Object.values(answer).filter((value) => typeof value === "string"))}`,
    );
  return answer.payment;
};
const open = async (rail: string, facts: object = {}) =>
  done(await process.processor.payments.open(opening(rail, facts)));
const post = async (path: string, body: object) => {
  const answer = await world.demo.handle(
    new Request(`${origin}/demo/wallet/${path}`, { method: "POST", body: JSON.stringify(body) }),
  );
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as { token: string };
};
const payFor = async (payment: Payment, behaviour = "approve") =>
  await post("payments", {
    ...{ challengeId: payment.id, amount: payment.amount.units.toString(), currency: "usd" },
    ...{ recipient: "acme", behaviour, payer: "ann" },
  });
const authorize = async (payment: Payment, behaviour?: string) =>
  await process.processor.payments.authorize({
    ...{ merchantId: "m_1", id: payment.id },
    proof: await payFor(payment, behaviour),
  });
const held = async () => done(await authorize(await open("demo-hold")));
const capture = (payment: Payment, units?: bigint, facts: object = {}) =>
  process.processor.payments.capture({
    ...{ merchantId: "m_1", id: payment.id, key: fresh("capt") },
    ...(units === undefined ? {} : { amount: cents(units) }),
    ...facts,
  });
const about = async (payment: Payment, type: string) =>
  (await world.moves())
    .filter((move) => move.challengeId === payment.id && move.type === type)
    .map(({ amount }) => amount);
const read = (payment: Payment) => process.processor.payments.retrieve({ merchantId: "m_1", id: payment.id });
const consistent = async () => {
  await world.settle(process);
  const { violations } = await process.processor.verify({ rails: true });
  expect(violations).toEqual([]);
};

describe("opening", () => {
  test("the same key and request are one payment, also fifty at once", async () => {
    const input = opening("demo-slip");
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => process.processor.payments.open(input)),
    );
    const ids = new Set(answers.map((answer) => done(answer).id));
    expect(ids.size).toBe(1);
    expect(done(answers[0] as PaymentAnswer)).toMatchObject({
      status: "requires_action",
      nextAction: { kind: "code", scheme: "pix" },
    });
    expect(
      await process.processor.payments.find({ merchantId: "m_1", externalRef: input.externalRef }),
    ).toHaveLength(1);
  });

  test("the same key with another request is refused", async () => {
    const input = opening("demo-hold");
    await process.processor.payments.open(input);
    const again = await process.processor.payments.open({ ...input, amount: cents(1n) });
    expect(again).toMatchObject({ outcome: "refused", code: "key_reused" });
  });

  test("a rail that wants a proof asks for it, and another amount can be asked for until it has one", async () => {
    const payment = await open("demo-hold");
    expect(payment.status).toBe("created");
    const where = { merchantId: "m_1", id: payment.id };
    expect(done(await process.processor.payments.authorize(where))).toMatchObject({
      status: "requires_action",
      nextAction: { kind: "wallet" },
    });
    const updated = done(await process.processor.payments.update({ ...where, amount: cents(7_000n) }));
    expect(updated.amount).toEqual(cents(7_000n));
    expect(done(await authorize(updated)).authorized).toEqual(cents(7_000n));
    expect(await process.processor.payments.update({ ...where, amount: cents(1n) })).toMatchObject({
      outcome: "refused",
      code: "not_open",
    });
  });
});

describe("a hold", () => {
  test("is taken in two parts, and no more", async () => {
    const payment = await held();
    expect(payment).toMatchObject({ status: "authorized", authorized: cents(10_000n), captured: cents(0n) });
    expect(await about(payment, "hold")).toEqual(["10000"]);
    expect(done(await capture(payment, 6_000n))).toMatchObject({
      status: "authorized",
      captured: cents(6_000n),
    });
    expect(await capture(payment, 4_001n)).toMatchObject({ outcome: "refused", code: "over_capture" });
    const whole = done(await capture(payment, 4_000n));
    expect(whole).toMatchObject({ status: "captured", captured: cents(10_000n) });
    expect(await about(payment, "capture")).toEqual(["6000", "4000"]);
    await consistent();
  });

  test("authorized fifty times at once is held once", async () => {
    const payment = await open("demo-hold");
    const proof = await payFor(payment);
    const where = { merchantId: "m_1", id: payment.id };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => process.processor.payments.authorize({ ...where, proof })),
    );
    expect(new Set(answers.map((answer) => done(answer).status))).toEqual(new Set(["authorized"]));
    expect(await about(payment, "hold")).toEqual(["10000"]);
  });

  test("captured fifty times at once under one key is captured once; under many keys never above the hold", async () => {
    const [one, many] = [await held(), await held()];
    const key = fresh("capt");
    const same = await Promise.all(Array.from({ length: 50 }, () => capture(one, 6_000n, { key })));
    expect(new Set(same.map((answer) => answer.outcome))).toEqual(new Set(["done"]));
    expect(await about(one, "capture")).toEqual(["6000"]);
    const answers = await Promise.all(Array.from({ length: 5 }, () => capture(many, 6_000n)));
    expect(answers.filter(({ outcome }) => outcome === "done")).toHaveLength(1);
    expect(await about(many, "capture")).toEqual(["6000"]);
    await consistent();
  }, 30_000);

  test("one key does not stand for two captures", async () => {
    const payment = await held();
    const key = fresh("capt");
    await capture(payment, 1_000n, { key });
    expect(await capture(payment, 2_000n, { key })).toMatchObject({ outcome: "refused", code: "key_reused" });
  });

  test("let go, it is let go once, and nothing can be captured", async () => {
    const payment = await held();
    const where = { merchantId: "m_1", id: payment.id };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => process.processor.payments.void(where)),
    );
    expect(new Set(answers.map((answer) => done(answer).status))).toEqual(new Set(["voided"]));
    expect(await about(payment, "void")).toEqual(["10000"]);
    expect(await capture(payment, 1n)).toMatchObject({ outcome: "refused", code: "not_capturable" });
    const partly = await held();
    await capture(partly, 3_000n);
    const ended = done(await process.processor.payments.void({ merchantId: "m_1", id: partly.id }));
    expect(ended).toMatchObject({ status: "captured", captured: cents(3_000n), released: cents(7_000n) });
    await consistent();
  });

  test("taken whole at once when it is to be", async () => {
    const payment = await open("demo-hold", { automatic: true });
    expect(done(await authorize(payment))).toMatchObject({ status: "captured", captured: cents(10_000n) });
    expect(await about(payment, "capture")).toEqual(["10000"]);
  });

  test("declined it stays declined", async () => {
    const payment = await open("demo-hold");
    expect(await authorize(payment, "decline")).toMatchObject({ outcome: "refused", code: "declined" });
    expect((await read(payment)).status).toBe("denied");
    expect(await authorize(payment)).toMatchObject({ outcome: "refused", code: "declined" });
    expect(await about(payment, "hold")).toEqual([]);
  });

  test("of a rail that is down nothing is held", async () => {
    const payment = await open("demo-hold");
    expect(await authorize(payment, "down")).toMatchObject({ outcome: "unavailable" });
    expect(await about(payment, "hold")).toEqual([]);
    expect((await read(payment)).status).toBe("created");
  });

  test("of which the answer was lost is neither held nor refused until the rail says", async () => {
    const payment = await open("demo-hold");
    expect(await authorize(payment, "unknown")).toMatchObject({
      outcome: "unknown",
      payment: { status: "created" },
    });
    world.clock.pass(6_000);
    await world.settle(process);
    expect((await read(payment)).status).toBe("authorized");
    const first = await capture(payment, 6_000n, { key: "lost" });
    expect(first).toMatchObject({ outcome: "unknown", payment: { captured: cents(0n) } });
    world.clock.pass(6_000);
    await world.settle(process);
    expect(await capture(payment, 6_000n, { key: "lost" })).toMatchObject({
      outcome: "done",
      operation: { amount: cents(6_000n) },
    });
    expect(await about(payment, "capture")).toEqual(["6000"]);
    await consistent();
  });

  test("the money of one proof pays one payment", async () => {
    const [one, two] = [await open("demo-hold"), await open("demo-hold")];
    const proof = await payFor(one);
    await process.processor.payments.authorize({ merchantId: "m_1", id: one.id, proof });
    const answer = await process.processor.payments.authorize({ merchantId: "m_1", id: two.id, proof });
    expect(answer).toMatchObject({ outcome: "refused", code: "conflict" });
  });
});

test("a sale rail is paid with its proof, and a capture of it moves nothing", async () => {
  const payment = await open("demo");
  const answers = await Promise.all(Array.from({ length: 5 }, () => payFor(payment)));
  const proof = answers[0];
  const paid = done(await process.processor.payments.authorize({ merchantId: "m_1", id: payment.id, proof }));
  expect(paid).toMatchObject({ status: "captured", captured: cents(10_000n) });
  expect(done(await capture(paid))).toMatchObject({ status: "captured" });
  expect(await about(payment, "capture")).toEqual(["10000"]);
  await consistent();
});

describe("a refund", () => {
  const refund = (payment: Payment, units: bigint, key = fresh("ref")) =>
    process.processor.payments.refund({
      ...{ merchantId: "m_1", id: payment.id, amount: cents(units), key },
      actor: "key:k",
    });

  test("of a part captured comes back once per key and never above it", async () => {
    const payment = await held();
    expect(await refund(payment, 1n)).toMatchObject({ outcome: "refused", code: "nothing_captured" });
    await capture(payment, 6_000n);
    const key = fresh("ref");
    const answers = await Promise.all(Array.from({ length: 5 }, () => refund(payment, 3_000n, key)));
    expect(new Set(answers.map((answer) => done(answer).id))).toEqual(new Set([payment.id]));
    expect(await about(payment, "refund")).toEqual(["3000"]);
    expect(await refund(payment, 3_001n)).toMatchObject({ outcome: "refused", code: "over_refund" });
    expect(await refund(payment, 1n, key)).toMatchObject({ outcome: "refused", code: "key_reused" });
    expect(done(await capture(payment, 4_000n)).status).toBe("captured");
    expect(
      await process.processor.payments.findRefund({ merchantId: "m_1", id: payment.id, key }),
    ).toMatchObject({
      status: "settled",
      amount: cents(3_000n),
    });
    await consistent();
  });
});

describe("a crash", () => {
  test.each(["before-rail", "after-rail"])("%s is repaired, and the money is held once", async (place) => {
    const doomed = await world.start();
    const payment = await open("demo-hold");
    const proof = await payFor(payment);
    const { configureFailpoints } = await import("@/lib/kit");
    configureFailpoints(`${place}:1:throw`);
    const dying = doomed.processor.payments.authorize({ merchantId: "m_1", id: payment.id, proof });
    await dying.catch(() => undefined);
    configureFailpoints(null);
    await doomed.die();
    await world.settle(process);
    expect((await read(payment)).status).toBe("authorized");
    expect(await about(payment, "hold")).toEqual(["10000"]);
    await consistent();
  });
});

describe("a slip", () => {
  const pay = (payment: Payment, body: object = {}) => post(`slips/${payment.offer.slip}/payments`, body);

  test("is paid by whoever has it, and seen by looking", async () => {
    const payment = await open("demo-slip");
    const where = { merchantId: "m_1", id: payment.id };
    expect(done(await process.processor.payments.authorize(where)).status).toBe("requires_action");
    await pay(payment);
    expect(done(await process.processor.payments.authorize(where)).status).toBe("captured");
    await consistent();
  });

  test("is seen by a job when nobody asks", async () => {
    const payment = await open("demo-slip");
    await pay(payment);
    world.clock.pass(2_000);
    await world.settle(process);
    expect((await read(payment)).status).toBe("captured");
  });

  test("expires when nothing came in time, and not while its network is silent", async () => {
    const [paid, unpaid] = [
      await open("demo-slip", { ttlSeconds: 60 }),
      await open("demo-slip", { ttlSeconds: 60 }),
    ];
    world.clock.pass(58_000);
    await pay(paid, { behaviour: "down" });
    world.clock.pass(3_000);
    await world.settle(process);
    expect((await read(paid)).status).toBe("requires_action");
    expect((await read(unpaid)).status).toBe("expired");
    world.clock.pass(60_000);
    await world.settle(process);
    expect((await read(paid)).status).toBe("captured");
  });
});

describe("money that no sale explains", () => {
  const pay = (payment: Payment, body: object = {}) => post(`slips/${payment.offer.slip}/payments`, body);
  const strays = async (payment: Payment) =>
    await world.database.client.charge.findMany({ where: { parentId: payment.id } });
  const lookAgain = async () => {
    world.clock.pass(16 * 60_000);
    await world.settle(process);
  };
  const back = async (payment: Payment) =>
    (await world.moves("refund")).filter(({ challengeId }) => challengeId === payment.offer.slip);

  test("of a surplus the price is taken and the rest goes back", async () => {
    const payment = await open("demo-slip");
    await pay(payment, { amount: "10500" });
    await lookAgain();
    expect(await read(payment)).toMatchObject({ status: "captured", captured: cents(10_000n) });
    expect((await back(payment)).map(({ amount }) => amount)).toEqual(["500"]);
    expect(await strays(payment)).toHaveLength(1);
    await lookAgain();
    expect(await strays(payment)).toHaveLength(1);
    await consistent();
  });

  test("paid twice, a shortfall, and after a void: all of it goes back, once", async () => {
    const [twice, short, ended] = [
      await open("demo-slip"),
      await open("demo-slip", { ttlSeconds: 60 }),
      await open("demo-slip"),
    ];
    await pay(twice);
    await pay(twice);
    await pay(short, { amount: "4000" });
    await process.processor.payments.void({ merchantId: "m_1", id: ended.id });
    await pay(ended);
    await lookAgain();
    await lookAgain();
    expect((await back(twice)).map(({ amount }) => amount)).toEqual(["10000"]);
    expect((await back(short)).map(({ amount }) => amount)).toEqual(["4000"]);
    expect((await back(ended)).map(({ amount }) => amount)).toEqual(["10000"]);
    expect((await read(short)).status).toBe("expired");
    await consistent();
  });

  test("late money is taken until it was told that the payment has expired, and goes back after that", async () => {
    const [silent, told] = [
      await open("demo-slip", { ttlSeconds: 60 }),
      await open("demo-slip", { ttlSeconds: 60 }),
    ];
    world.clock.pass(61_000);
    await world.settle(process);
    expect((await read(told)).status).toBe("expired");
    await pay(silent);
    await pay(told);
    await lookAgain();
    expect((await read(silent)).status).toBe("captured");
    expect((await read(told)).status).toBe("expired");
    expect((await back(told)).map(({ amount }) => amount)).toEqual(["10000"]);
    expect(await back(silent)).toEqual([]);
    await consistent();
  });
});

test("a payment that was never paid is ended without asking a rail", async () => {
  const payment = await open("demo-hold");
  const where = { merchantId: "m_1", id: payment.id };
  expect(done(await process.processor.payments.void(where)).status).toBe("voided");
  expect(await authorize(payment)).toMatchObject({ outcome: "done", payment: { status: "voided" } });
  expect(await about(payment, "hold")).toEqual([]);
});
