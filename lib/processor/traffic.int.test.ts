import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type Process, type World } from "@/lib/testing/processor-world";

let world: World;
let one: Process;
let two: Process;

beforeAll(async () => {
  world = await createWorld();
  one = await world.start();
  two = await world.start();
});
afterAll(() => world.close());

const visited = (endpointId: string) => ({ merchantId: "m_1", mode: "test" as const, endpointId });
const rows = () => world.database.client.trafficCount.count();
const quarterMs = 15 * 60_000;

test("requests are counted in memory, and one row each is written once their quarter of an hour is over", async () => {
  const from = world.clock.now();
  for (let count = 0; count < 10_000; count += 1) one.processor.traffic.count(visited("e_1"), "challenged");
  one.processor.traffic.count(visited("e_1"), "paid");
  two.processor.traffic.count(visited("e_1"), "paid");
  await Promise.all([one.processor.traffic.fold(), two.processor.traffic.fold()]);
  expect(await rows()).toBe(0);

  world.clock.pass(quarterMs);
  one.processor.traffic.count(visited("e_1"), "paid"); // of the next quarter
  await Promise.all([one.processor.traffic.fold(), two.processor.traffic.fold()]);
  expect(await rows()).toBe(2);
  const span = { merchantId: "m_1", mode: "test" as const, from, to: world.clock.now() };
  expect(await one.processor.traffic.read(span)).toMatchObject({ challenged: 10_000, paid: 2, free: 0 });
  expect(await one.processor.traffic.read({ ...span, merchantId: "m_2" })).toMatchObject({ challenged: 0 });

  await one.processor.traffic.flush();
  expect(await rows()).toBe(3);
  await one.processor.traffic.flush();
  expect(await rows()).toBe(3);
});

test("what could not be written is written later, with what came meanwhile", async () => {
  const from = world.clock.now();
  const lost = await world.start();
  await lost.loseStore();
  lost.processor.traffic.count(visited("e_2"), "failed");
  await expect(lost.processor.traffic.flush()).rejects.toThrow();
  const writing = two.processor.traffic;
  writing.count(visited("e_3"), "failed");
  const flushing = writing.fold();
  writing.count(visited("e_3"), "failed");
  await flushing;
  world.clock.pass(quarterMs);
  await writing.fold();
  const read = await writing.read({
    merchantId: "m_1",
    mode: "test",
    from: new Date(from.getTime() - quarterMs),
    to: world.clock.now(),
  });
  expect(read.byEndpoint).toContainEqual({ endpointId: "e_3", outcome: "failed", count: 2 });
});
