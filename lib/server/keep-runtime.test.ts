import { expect, test } from "vitest";
import { keepRuntime, type ServedRuntime } from "./keep-runtime";

const log = () => undefined;

/** Runtimes that note what is done to them, and how each is told that its database went away. */
function fakeRuntimes(failures: number[] = []) {
  const notes: string[] = [];
  const lose: (() => void)[] = [];
  let count = 0;
  const open = async (onLost: () => void): Promise<ServedRuntime> => {
    count += 1;
    const name = count;
    if (failures.includes(name)) throw new Error("not yet");
    lose[name] = onLost;
    const note = (what: string) => async () => void notes.push(`${what} ${name}`);
    return {
      gateway: { handle: async () => new Response(String(name)), ownsHost: async () => false },
      worker: { start: note("start"), stop: note("stop") },
      firstRun: async () => ({ setupUrl: null, payCommand: null }),
      setDraining: () => undefined,
      close: note("close"),
    };
  };
  return { open, notes, lose };
}

const waits: number[] = [];
const wait = async (ms: number): Promise<void> => {
  waits.push(ms);
  await new Promise(setImmediate);
};

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate);
}

test("a runtime that lost its database is replaced, worker and all", async () => {
  const { open, notes, lose } = fakeRuntimes([2, 3]);
  const kept = await keepRuntime({ open, log, wait });
  const first = kept.current();
  await kept.startWorker();
  lose[1]?.();
  expect(kept.current()).toBeNull();
  await until(() => kept.current() !== null);
  expect(kept.current()).not.toBe(first);
  expect(notes).toEqual(["start 1", "stop 1", "close 1", "start 4"]);
  await kept.close();
  expect(notes.at(-1)).toBe("close 4");
});

test("the waits between attempts grow", async () => {
  waits.length = 0;
  const { open, lose } = fakeRuntimes([2, 3, 4]);
  const kept = await keepRuntime({ open, log, wait });
  lose[1]?.();
  await until(() => kept.current() !== null);
  expect(waits.slice(1)).toEqual([250, 500, 1000]);
  await kept.close();
});

test("a runtime is told lost once, and a closed one is not replaced", async () => {
  const { open, notes, lose } = fakeRuntimes();
  const kept = await keepRuntime({ open, log, wait });
  lose[1]?.();
  lose[1]?.();
  await until(() => kept.current() !== null);
  await kept.close();
  lose[2]?.();
  expect(notes).toEqual(["close 1", "close 2"]);
});

test("a runtime that is lost while it opens is closed and opened again", async () => {
  const { open, notes, lose } = fakeRuntimes();
  const kept = await keepRuntime({ open, log, wait });
  const opening = async (onLost: () => void): Promise<ServedRuntime> => {
    const runtime = await open(onLost);
    onLost();
    return runtime;
  };
  await expect(keepRuntime({ open: opening, log, wait })).rejects.toThrow("went away again");
  expect(notes).toEqual(["close 2"]);
  lose[1]?.();
  await until(() => kept.current() !== null);
  await kept.close();
});

test("stopping while the database is away does not wait for it to come back", async () => {
  const { open, lose } = fakeRuntimes(Array.from({ length: 1_000 }, (_, at) => at + 2));
  const kept = await keepRuntime({ open, log, wait });
  lose[1]?.();
  await kept.stopWorker();
  await kept.close();
  expect(kept.current()).toBeNull();
});
