import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase } from "@/lib/db";
import { testDatabase } from "@/lib/testing/database";
import { createJobs, type Jobs } from ".";

let database: Database;
let jobs: Jobs;
let now = new Date("2026-11-21T10:00:00Z");
const clock = { now: () => now };
const pass = (ms: number) => {
  now = new Date(now.getTime() + ms);
};

beforeAll(async () => {
  database = openDatabase({ url: await testDatabase() });
  jobs = createJobs({ database, clock, log: () => undefined });
});
beforeEach(() => database.client.job.deleteMany());
afterAll(() => database.close());

const aJob = (key: string) => ({ kind: "count", key, payload: { key }, runAt: now });

test("a due job runs once, however many workers ask", async () => {
  for (let place = 0; place < 20; place += 1) await jobs.enqueue(database.client, aJob(`k${place}`));
  const seen: unknown[] = [];
  const count = async ({ key }: Record<string, unknown>) => {
    seen.push(key);
    return "done" as const;
  };
  await Promise.all(Array.from({ length: 8 }, () => jobs.work({ count }, 5)));
  expect(seen).toHaveLength(20);
  expect(new Set(seen).size).toBe(20);
  expect(await database.client.job.count()).toBe(0);
});

test("a job keyed like an open one wakes it instead of doubling it", async () => {
  await jobs.enqueue(database.client, { ...aJob("one"), runAt: new Date(now.getTime() + 60_000) });
  await jobs.enqueue(database.client, aJob("one"));
  let runs = 0;
  await jobs.work({
    count: async () => {
      runs += 1;
      return "done";
    },
  });
  expect(runs).toBe(1);
  expect(await database.client.job.count()).toBe(0);
});

test("a job that fails comes back after its delay, and not before", async () => {
  await jobs.enqueue(database.client, aJob("flaky"));
  const attempts: number[] = [];
  const handlers = {
    count: async (_payload: unknown, attempt: number) => {
      attempts.push(attempt);
      if (attempt < 3) throw new Error("not yet");
      return "done" as const;
    },
  };
  expect(await jobs.work(handlers)).toBe(1);
  expect(await jobs.work(handlers)).toBe(0);
  pass(1_000);
  expect(await jobs.work(handlers)).toBe(1);
  pass(1_000);
  expect(await jobs.work(handlers)).toBe(0);
  pass(1_000);
  expect(await jobs.work(handlers)).toBe(1);
  expect(attempts).toEqual([1, 2, 3]);
});

test("a job whose worker died is run by another after the lease", async () => {
  await jobs.enqueue(database.client, aJob("orphan"));
  await new Promise<void>((started) => {
    void jobs.work({
      count() {
        started();
        return new Promise(() => undefined);
      },
    });
  });
  const handlers = { count: async () => "done" as const };
  expect(await jobs.work(handlers)).toBe(0);
  pass(28_000);
  expect(await jobs.work(handlers)).toBe(1);
});

test("a worker that comes back late does not delete what another has taken since", async () => {
  await jobs.enqueue(database.client, aJob("late"));
  let finish: (done: "done") => void = () => undefined;
  let slow: Promise<number> | undefined;
  await new Promise<void>((started) => {
    slow = jobs.work({
      count: () =>
        new Promise((resolve) => {
          finish = resolve;
          started();
        }),
    });
  });
  pass(28_000);
  await jobs.work({ count: async () => ({ again: "still open" }) });
  finish("done");
  await slow;
  expect(await database.client.job.findFirst()).toMatchObject({ attempts: 2, lastError: "still open" });
});

test("after seven days a job is given up loudly and stays listed", async () => {
  const events: string[] = [];
  const loud = createJobs({ database, clock, log: (_level, event) => void events.push(event) });
  await loud.enqueue(database.client, aJob("hopeless"));
  await database.client.job.updateMany({ data: { attempts: 10_000 } });
  await loud.work({ count: async () => ({ again: "the rail has not said" }) });
  expect(events).toEqual(["job.given-up"]);
  expect(await loud.list("given_up")).toMatchObject([
    { key: "hopeless", lastError: "the rail has not said" },
  ]);
  expect(await loud.counts()).toMatchObject([{ kind: "count", state: "given_up", count: 1 }]);
  pass(60_000);
  expect(await loud.work({ count: async () => "done" })).toBe(0);
});
