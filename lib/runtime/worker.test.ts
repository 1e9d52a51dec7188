import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createWorker } from "./worker";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("chores of one interval begin together and drift apart", async () => {
  const turns: [kind: string, at: number][] = [];
  const started = Date.now();
  const chore = (kind: string) => ({
    kind,
    everyMs: 1_000,
    async run() {
      turns.push([kind, Date.now() - started]);
      return 0;
    },
  });
  const shares = [0, 1, 0.5];
  const worker = createWorker(
    [chore("a"), chore("b")],
    () => undefined,
    () => shares.shift() ?? 0.5,
  );
  worker.start();
  await vi.advanceTimersByTimeAsync(1_900);
  expect(turns).toEqual([
    ["a", 0],
    ["b", 0],
    ["a", 800],
    ["b", 1_200],
    ["a", 1_800],
  ]);
  await worker.stop();
});

test("a chore that did something, or failed, has its next turn", async () => {
  const answers = [2, 1, new Error("lost"), 0];
  const logged: string[] = [];
  let turns = 0;
  const run = async () => {
    turns += 1;
    const answer = answers.shift() ?? 0;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const worker = createWorker(
    [{ kind: "sweep", everyMs: 1_000, run }],
    (_level, event) => void logged.push(event),
    () => 0.5,
  );
  worker.start();
  await vi.advanceTimersByTimeAsync(10);
  expect([turns, logged]).toEqual([3, ["worker.chore-failed"]]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(turns).toBe(4);
  await worker.stop();
});
