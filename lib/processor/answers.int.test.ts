import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type Process, type World } from "@/lib/testing/processor-world";
import type { TakePayment } from ".";
import { sweepAnswers } from "./answers/store";

let world: World;
let one: Process;
let two: Process;

beforeAll(async () => {
  world = await createWorld();
  one = await world.start();
  two = await world.start();
});
afterAll(() => world.close());

const facts = { status: 200, bytes: 2, upstreamMs: 1, totalMs: 2 };
const answer = {
  status: 201,
  headers: { "content-type": "text/plain" },
  body: new TextEncoder().encode("ok"),
};
const find = (payment: TakePayment, process = one) =>
  process.processor.answers.find({
    merchantId: payment.merchantId,
    endpointId: payment.endpoint.id,
    key: payment.idempotencyKey ?? "",
    fingerprint: payment.fingerprint,
  });
async function deliver(
  payment: TakePayment,
  given: { status?: number; body?: Uint8Array | null; keepMs?: number } = {},
) {
  const taken = await one.processor.take(payment);
  if (taken.outcome !== "settled") throw new Error(`It ended as ${taken.outcome}.`);
  const key = payment.idempotencyKey ?? "";
  await one.processor.delivered(taken.charge, { ...facts, answer: { ...answer, ...given, key } });
  return taken.charge;
}

test("an answer is kept with its delivery and given again, also by another process", async () => {
  const payment = await world.pay({ idempotencyKey: "a" });
  expect(await find(payment)).toBeNull();
  const charge = await deliver(payment);
  const kept = await find(payment, two);
  expect(kept).toMatchObject({
    kind: "kept",
    status: 201,
    headers: answer.headers,
    chargeId: charge.id,
    receiptId: charge.receiptId,
  });
  if (kept?.kind !== "kept") throw new Error("It is kept.");
  expect(Buffer.from(kept.body).toString()).toBe("ok");
});

test("fifty payments under one key: one is taken, the others are told that it is in progress and claim nothing", async () => {
  const payments = await Promise.all(
    Array.from({ length: 50 }, () => world.pay({ idempotencyKey: "fifty" })),
  );
  const taken = await Promise.all(
    payments.map((payment, place) => (place % 2 ? one : two).processor.take(payment)),
  );
  expect(taken.filter(({ outcome }) => outcome === "settled")).toHaveLength(1);
  expect(taken.filter(({ outcome }) => outcome === "in-progress")).toHaveLength(49);
  const challenges = payments.map(({ challengeId }) => challengeId);
  expect(await world.database.client.charge.count({ where: { challengeId: { in: challenges } } })).toBe(1);
  const captures = (await world.moves("capture")).filter(({ challengeId }) =>
    challenges.includes(challengeId),
  );
  expect(captures).toHaveLength(1);
});

test("the same key with another request is a mismatch; at another endpoint or merchant it is another key", async () => {
  const payment = await world.pay({ idempotencyKey: "b" });
  await deliver(payment);
  expect(await find({ ...payment, fingerprint: Buffer.alloc(32, 1) })).toEqual({ kind: "mismatch" });
  expect(await find({ ...payment, endpoint: { ...payment.endpoint, id: "e_2" } })).toBeNull();
  expect(await find({ ...payment, merchantId: "m_2" })).toBeNull();
});

test("a body above the limit, or none, is not kept, and is still never charged again", async () => {
  for (const [key, body] of [
    ["big", new Uint8Array(1024 * 1024 + 1)],
    ["stream", null],
  ] as const) {
    const payment = await world.pay({ idempotencyKey: key });
    const charge = await deliver(payment, { body });
    expect(await find(payment)).toMatchObject({ kind: "not-kept", receiptId: charge.receiptId });
  }
  const largest = await world.pay({ idempotencyKey: "largest" });
  await deliver(largest, { body: new Uint8Array(1024 * 1024) });
  expect(await find(largest)).toMatchObject({ kind: "kept" });
});

test("a body that is not kept and whose process died before it left is delivered again under its key", async () => {
  const dying = await world.start();
  const payment = await world.pay({ idempotencyKey: "died" });
  const taken = await dying.processor.take(payment);
  if (taken.outcome !== "settled") throw new Error(`It ended as ${taken.outcome}.`);
  const unkept = { ...answer, body: null, key: "died" };
  await dying.processor.delivered(taken.charge, { ...facts, answer: unkept, isLeaving: true });
  expect(await find(payment)).toBeNull();
  expect(await one.processor.take(payment)).toEqual({ outcome: "in-progress" });

  await dying.die();
  const again = await one.processor.take(payment);
  expect(again).toMatchObject({ outcome: "settled", again: true });
  expect(await find(payment)).toBeNull();
  if (again.outcome !== "settled") throw new Error(`It ended as ${again.outcome}.`);
  await one.processor.delivered(again.charge, { ...facts, answer: unkept, isLeaving: true });
  one.processor.sent(again.charge);
  await expect.poll(async () => (await find(payment))?.kind).toBe("not-kept");
});

test("a key whose payment was refused or not reached begins anew with another credential", async () => {
  for (const behaviour of ["decline", "down"] as const) {
    const refused = await world.pay({ idempotencyKey: `new-${behaviour}`, behaviour });
    await one.processor.take(refused);
    expect(await find(refused)).toBeNull();
    const fresh = await world.pay({ idempotencyKey: `new-${behaviour}` });
    await deliver(fresh);
    expect(await find(fresh)).toMatchObject({ kind: "kept" });
  }
});

test("a released credential that is taken up again holds its key again", async () => {
  const payment = await world.pay({ idempotencyKey: "again", behaviour: "down" });
  await one.processor.take(payment);
  await world.database.client.demoPayment.updateMany({
    where: { challengeId: payment.challengeId },
    data: { behaviour: "approve" },
  });
  expect(await one.processor.take(payment)).toMatchObject({ outcome: "settled" });
  expect(await two.processor.take(await world.pay({ idempotencyKey: "again" }))).toEqual({
    outcome: "in-progress",
  });
});

test("an undelivered payment is redeemed under its key, and its answer is kept then", async () => {
  const payment = await world.pay({ idempotencyKey: "late" });
  const taken = await one.processor.take(payment);
  if (taken.outcome !== "settled") throw new Error("It settles.");
  await one.processor.undelivered(taken.charge, { ...facts, status: 503, reason: "status" });
  expect(await find(payment)).toBeNull();
  expect(await two.processor.take(await world.pay({ idempotencyKey: "late" }))).toEqual({
    outcome: "in-progress",
  });
  await deliver(payment);
  expect(await find(payment)).toMatchObject({ kind: "kept" });
});

test("a payment begun without a key is answered under one later, without taking over a key of another payment", async () => {
  const other = await world.pay({ idempotencyKey: "theirs" });
  await deliver(other, { status: 299 });
  for (const key of ["mine", "theirs"]) {
    const payment = await world.pay();
    const taken = await one.processor.take(payment);
    if (taken.outcome !== "settled") throw new Error("It settles.");
    await one.processor.delivered(taken.charge, { ...facts, answer: { ...answer, key } });
    const expected = key === "mine" ? 201 : 299;
    expect(await find({ ...payment, idempotencyKey: key })).toMatchObject({ kind: "kept", status: expected });
  }
});

test("a delivery that was written without its answer is not kept, and not charged again", async () => {
  const payment = await world.pay({ idempotencyKey: "unsaid" });
  const taken = await one.processor.take(payment);
  if (taken.outcome !== "settled") throw new Error("It settles.");
  await one.processor.delivered(taken.charge, facts);
  expect(await find(payment)).toMatchObject({ kind: "not-kept" });
});

test("an answer is given for its time and then forgotten; its key begins anew", async () => {
  const payment = await world.pay({ idempotencyKey: "old" });
  await deliver(payment, { keepMs: 1_000 });
  world.clock.pass(999);
  expect(await find(payment)).toMatchObject({ kind: "kept" });
  world.clock.pass(1);
  expect(await find(payment)).toBeNull();
  await deliver(await world.pay({ idempotencyKey: "old" }));
});

test("expired answers are swept, and the oldest bodies go where a merchant keeps too much", async () => {
  await world.database.client.storedAnswer.deleteMany();
  const body = new Uint8Array(100);
  const payments = [];
  for (const key of ["s1", "s2", "s3"]) {
    const payment = await world.pay({ idempotencyKey: key });
    await deliver(payment, { body });
    payments.push(payment);
    world.clock.pass(1_000);
  }
  expect(await sweepAnswers(world.database.client, world.clock.now(), 250)).toBe(1);
  const kinds = await Promise.all(payments.map(async (payment) => (await find(payment))?.kind));
  expect(kinds).toEqual(["not-kept", "kept", "kept"]);
  world.clock.pass(24 * 3_600_000);
  expect(await sweepAnswers(world.database.client, world.clock.now())).toBe(3);
  expect(await world.database.client.storedAnswer.count()).toBe(0);
});
