import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type World } from "@/lib/testing/processor-world";
import type { Charge } from "./charges/charge";

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const facts = { status: 200, bytes: 13, upstreamMs: 5, totalMs: 9 };

/** Pays with a credential whose answer is recorded and has not left yet. */
async function payAndLeave() {
  const process = await world.start();
  const payment = await world.pay();
  const taken = await process.processor.take(payment);
  if (taken.outcome !== "settled") throw new Error(`The payment was ${taken.outcome}.`);
  await process.processor.delivered(taken.charge, { ...facts, isLeaving: true });
  return { process, payment, charge: taken.charge };
}

const rowOf = ({ id }: Charge) => world.database.client.charge.findUniqueOrThrow({ where: { id } });

test("an answer whose process died before its bytes left is delivered again, without a second charge", async () => {
  const { process, payment, charge } = await payAndLeave();
  const other = await world.start();
  expect(await other.processor.take(payment)).toEqual({ outcome: "in-progress" });
  await process.die();
  const captures = (await world.moves("capture")).length;

  const taken = await other.processor.take(payment);
  if (taken.outcome !== "settled") throw new Error(`The payment was ${taken.outcome}.`);
  expect(taken).toMatchObject({ again: true, charge: { id: charge.id, delivery: "undelivered" } });
  await other.processor.delivered(taken.charge, facts);
  expect(await rowOf(charge)).toMatchObject({ delivery: "delivered", owner: null, deliveryAttempts: 2 });
  expect(await other.processor.take(payment)).toMatchObject({ outcome: "used" });
  expect(await world.moves("capture")).toHaveLength(captures);
});

test("an answer that has left is delivered for good, also when its process dies", async () => {
  const { process, payment, charge } = await payAndLeave();
  expect(await process.processor.take(payment)).toEqual({ outcome: "in-progress" });
  process.processor.sent(charge);
  expect(await process.processor.take(payment)).toMatchObject({ outcome: "used" }); // noted at once, since it is asked for
  expect(await rowOf(charge)).toMatchObject({ delivery: "delivered", owner: null });
  await process.die();
  expect(await (await world.start()).processor.take(payment)).toMatchObject({ outcome: "used" });
});

test("answers that leave together are noted without anybody asking, and at the latest when the process stops", async () => {
  const { process, charge } = await payAndLeave();
  process.processor.sent(charge);
  await expect.poll(async () => (await rowOf(charge)).owner).toBeNull();

  const last = await payAndLeave();
  last.process.processor.sent(last.charge);
  await last.process.processor.close();
  expect(await rowOf(last.charge)).toMatchObject({ delivery: "delivered", owner: null });
});

test("a delivery in hand is not freed by the sweep for what nobody works on", async () => {
  const process = await world.start();
  const taken = await process.processor.take(await world.pay());
  if (taken.outcome !== "settled") throw new Error(`The payment was ${taken.outcome}.`);
  await process.processor.worker.find(({ kind }) => kind === "charges.own")?.run();
  await process.processor.delivered(taken.charge, facts);
  expect(await rowOf(taken.charge)).toMatchObject({ delivery: "delivered", owner: null });
});
