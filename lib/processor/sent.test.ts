import fc from "fast-check";
import { expect, test } from "vitest";
import { createHands } from "./hands";
import { createSent } from "./sent";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function open(note: (ids: readonly string[]) => Promise<void> = turn) {
  const noted: string[] = [];
  const hands = createHands();
  const log = () => undefined;
  const sent = createSent({
    hands,
    log,
    async note(ids) {
      await note(ids);
      noted.push(...ids);
    },
  });
  const leave = (id: string) => {
    hands.take(id);
    sent.add(id);
  };
  return { sent, hands, noted, leave };
}

test("whatever leaves, is asked for and is flushed when, each is noted once and then in nobody's hands", async () => {
  const step = fc.constantFrom("leave", "settle", "flush", "turn");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { sent, hands, noted, leave } = open();
      const left: string[] = [];
      const running: Promise<unknown>[] = [];
      for (const each of steps) {
        if (each === "leave") left.push(`ch_${left.length}`);
        if (each === "leave") leave(left.at(-1) ?? "");
        if (each === "settle") running.push(sent.settle(left.at(-1) ?? ""));
        if (each === "flush") running.push(sent.flush());
        if (each === "turn") await turn();
      }
      await Promise.all(running);
      await sent.flush();
      expect(noted.toSorted()).toEqual(left.toSorted());
      expect(hands.all()).toEqual([]);
    }),
  );
});

test("one that is asked for is noted before the answer; of one that does not wait nothing is said", async () => {
  const { sent, hands, noted, leave } = open();
  leave("ch_1");
  expect(await sent.settle("ch_1")).toBe(true);
  expect(noted).toEqual(["ch_1"]);
  expect(hands.has("ch_1")).toBe(false);
  expect(await sent.settle("ch_1")).toBe(false);
});

test("those that leave while others are noted share the next statement", async () => {
  const batches: number[] = [];
  const { sent, leave } = open(async (ids) => {
    batches.push(ids.length);
    await turn();
  });
  leave("ch_1");
  const first = sent.flush();
  for (const id of ["ch_2", "ch_3", "ch_4"]) leave(id);
  await first;
  expect(batches).toEqual([1, 3]);
});
