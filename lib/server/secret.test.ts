import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { loadSecret } from "./secret";

let dataDir = "";
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "farebox-secret-"));
});

test("the secret is made once, long enough and for its owner only", async () => {
  const secret = await loadSecret(dataDir);
  expect(secret.length).toBeGreaterThanOrEqual(32);
  expect(await loadSecret(dataDir)).toBe(secret);
  expect((await stat(join(dataDir, "secret"))).mode & 0o777).toBe(0o600);
});

test("processes that start together agree on one secret", async () => {
  const secrets = await Promise.all(Array.from({ length: 8 }, () => loadSecret(dataDir)));
  expect(new Set(secrets).size).toBe(1);
});

test("a database whose secret is lost is refused, and no new one is made", async () => {
  await writeFile(join(dataDir, "postgres.json"), "{}");
  await expect(loadSecret(dataDir)).rejects.toThrow("restore it from a backup, or set FAREBOX_SECRET");
  await expect(readFile(join(dataDir, "secret"))).rejects.toThrow("ENOENT");
});

test("a secret that was cut off is refused", async () => {
  await writeFile(join(dataDir, "secret"), "short");
  await expect(loadSecret(dataDir)).rejects.toThrow("fewer than 32 bytes");
});
