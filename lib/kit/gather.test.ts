import { expect, test } from "vitest";
import { gather } from "./gather";

/** Work whose batches end when the test says so. */
function heldWork(fails: (items: readonly number[]) => boolean = () => false) {
  const batches: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const work = async (items: readonly number[]) => {
    batches.push(items);
    await new Promise<void>((end) => ends.push(end));
    if (fails(items)) throw new Error(`no ${items.join(" ")}`);
    return items.map((item) => item * 10);
  };
  const turn = () => new Promise((done) => setImmediate(done));
  const endAll = async () => {
    for (let turns = 0; turns < 10; turns += 1) {
      for (const end of ends.splice(0)) end();
      await turn();
    }
  };
  return { batches, work, turn, endAll };
}

test("what is asked for in one turn is done together, each with its own result", async () => {
  const { batches, work, turn, endAll } = heldWork();
  const ask = gather(work, { lanes: 2, most: 10 });
  const asked = [1, 2, 3].map(ask);
  await turn();
  expect(batches).toEqual([[1, 2, 3]]);
  await endAll();
  expect(await Promise.all(asked)).toEqual([10, 20, 30]);
});

test("no more batches than lanes are under way, and what comes meanwhile goes into the next", async () => {
  const { batches, work, turn, endAll } = heldWork();
  const ask = gather(work, { lanes: 1, most: 2 });
  const asked = [ask(1)];
  await turn();
  asked.push(ask(2), ask(3), ask(4));
  await turn();
  expect(batches).toEqual([[1]]);
  await endAll();
  expect(batches).toEqual([[1], [2, 3], [4]]);
  expect(await Promise.all(asked)).toEqual([10, 20, 30, 40]);
});

test("a batch that fails is tried item by item, and only the guilty one fails", async () => {
  const { batches, work, endAll } = heldWork((items) => items.includes(2));
  const ask = gather(work, { lanes: 1, most: 10 });
  const asked = Promise.allSettled([1, 2, 3].map(ask));
  await endAll();
  expect(batches).toEqual([[1, 2, 3], [1], [2], [3]]);
  expect((await asked).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});
