import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { loadSecrets } from "./secret";

let dataDir = "";
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "farebox-secret-"));
});

test("the secret is made once, long enough and for its owner only", async () => {
  const [secret, ...others] = (await loadSecrets(dataDir)).all();
  expect(secret?.length).toBeGreaterThanOrEqual(32);
  expect(others).toEqual([]);
  expect((await loadSecrets(dataDir)).all()).toEqual([secret]);
  expect((await stat(join(dataDir, "secret"))).mode & 0o777).toBe(0o600);
});

test("processes that start together agree on one secret", async () => {
  const loaded = await Promise.all(Array.from({ length: 8 }, () => loadSecrets(dataDir)));
  expect(new Set(loaded.map(({ all }) => all().join())).size).toBe(1);
});

test("who runs already sees a new secret at once, and whoever starts sees both", async () => {
  const running = await loadSecrets(dataDir);
  const other = await loadSecrets(dataDir);
  const old = running.all();
  const both = ["n".repeat(40), ...old];
  await other.replace?.(old, both);
  expect(running.all()).toEqual(both);
  expect((await loadSecrets(dataDir)).all()).toEqual(both);
  expect((await stat(join(dataDir, "secret"))).mode & 0o777).toBe(0o600);
});

test("of two who replace the secret at once, one is refused", async () => {
  const { all, replace } = await loadSecrets(dataDir);
  const old = all();
  const both = ["a", "b"].map((letter) => replace?.(old, [letter.repeat(40), ...old]));
  const ends = await Promise.allSettled(both);
  expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(all()).toHaveLength(2);
});

test("a file that is damaged or gone while we run leaves us with what we know", async () => {
  const { all } = await loadSecrets(dataDir);
  const known = all();
  await writeFile(join(dataDir, "secret"), "short");
  expect(all()).toEqual(known);
  await rm(join(dataDir, "secret"));
  expect(all()).toEqual(known);
});

test("a database whose secret is lost is refused, and no new one is made", async () => {
  await writeFile(join(dataDir, "postgres.json"), "{}");
  await expect(loadSecrets(dataDir)).rejects.toThrow("restore it from a backup, or set FAREBOX_SECRET");
  await expect(readFile(join(dataDir, "secret"))).rejects.toThrow("ENOENT");
});

test("a secret that was cut off is refused", async () => {
  await writeFile(join(dataDir, "secret"), "short");
  await expect(loadSecrets(dataDir)).rejects.toThrow("fewer than 32 bytes");
});
