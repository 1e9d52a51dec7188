import { mkdir, mkdtemp, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { hashSources } from "./source-hash.mjs";

let base = "";
const hash = (): Promise<string> => hashSources(["lib", "package.json", "nowhere"], base);

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "farebox-sources-"));
  await mkdir(join(base, "lib/generated"), { recursive: true });
  await writeFile(join(base, "lib/a.ts"), "one");
  await writeFile(join(base, "package.json"), "{}");
});

test("the same source has the same hash", async () => {
  expect(await hash()).toBe(await hash());
  expect(await hash()).toMatch(/^[0-9a-f]{64}$/);
});

test("a changed, renamed or added file changes the hash", async () => {
  const before = await hash();
  await writeFile(join(base, "lib/a.ts"), "two");
  const changed = await hash();
  await rename(join(base, "lib/a.ts"), join(base, "lib/b.ts"));
  const renamed = await hash();
  await writeFile(join(base, "lib/c.ts"), "");
  expect(new Set([before, changed, renamed, await hash()]).size).toBe(4);
});

test("tests and generated code do not ask for another build", async () => {
  const before = await hash();
  await writeFile(join(base, "lib/a.test.ts"), "test");
  await writeFile(join(base, "lib/a.int.test.ts"), "test");
  await writeFile(join(base, "lib/generated/client.ts"), "made");
  expect(await hash()).toBe(before);
});
