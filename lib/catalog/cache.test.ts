import { expect, test } from "vitest";
import { createCache } from "./cache";
import type { Snapshot } from "./types";

/** A database of one number, a clock, and a count of how often each was asked for. */
function aWorld() {
  const world = { version: 1n, now: 1_000_000, reads: 0, asked: 0, isDown: false, hold: Promise.resolve() };
  const snapshotNow = (): Snapshot => ({
    version: world.version,
    merchants: [],
    findMerchant: () => null,
    findMerchantById: () => null,
    findByDomain: () => null,
  });
  const cache = createCache({
    async read() {
      world.reads += 1;
      const seen = snapshotNow();
      await world.hold;
      if (world.isDown) throw new Error("down");
      return seen;
    },
    async readVersion() {
      world.asked += 1;
      if (world.isDown) throw new Error("down");
      return world.version;
    },
    clock: { now: () => new Date(world.now) },
    log: () => undefined,
  });
  const versionSeen = async () => (await cache.current()).version;
  return { world, cache, versionSeen };
}

test("nothing is read twice while nothing changes", async () => {
  const { world, versionSeen } = aWorld();
  await Promise.all([versionSeen(), versionSeen(), versionSeen()]);
  world.now += 3_600_000;
  await versionSeen();
  expect(world).toMatchObject({ reads: 1, asked: 0 });
});

test("a change that is told is seen by whoever asks next", async () => {
  const { world, cache, versionSeen } = aWorld();
  await versionSeen();
  world.version = 2n;
  cache.invalidate();
  expect(await versionSeen()).toBe(2n);
});

test("a reading that was under way when the change came does not count", async () => {
  const { world, cache, versionSeen } = aWorld();
  let release = () => {};
  world.hold = new Promise((resolve) => {
    release = resolve;
  });
  const early = versionSeen();
  world.version = 2n;
  cache.invalidate();
  const late = versionSeen();
  release();
  expect(await late).toBe(2n);
  await early;
});

test("while nobody tells of changes, the version is asked for, every half second at most", async () => {
  const { world, cache, versionSeen } = aWorld();
  await versionSeen();
  cache.setSilent(true);
  world.version = 2n;
  world.now += 499;
  expect(await versionSeen()).toBe(1n);
  world.now += 1;
  expect(await versionSeen()).toBe(2n);
  world.now += 500;
  await Promise.all([versionSeen(), versionSeen()]);
  expect(world).toMatchObject({ reads: 2, asked: 2 });
});

test("a database that is down leaves the last snapshot in use, and is tried again", async () => {
  const { world, cache, versionSeen } = aWorld();
  await versionSeen();
  world.isDown = true;
  world.version = 2n;
  cache.invalidate();
  expect(await versionSeen()).toBe(1n);
  expect(await versionSeen()).toBe(1n);
  expect(world.reads).toBe(2);
  world.isDown = false;
  world.now += 500;
  expect(await versionSeen()).toBe(2n);
});

test("without any snapshot the fault is the caller's to see, and the next try is fresh", async () => {
  const { world, versionSeen } = aWorld();
  world.isDown = true;
  await expect(versionSeen()).rejects.toThrow("down");
  world.isDown = false;
  expect(await versionSeen()).toBe(1n);
});
