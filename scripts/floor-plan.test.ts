import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkFloorPlan } from "./floor-plan.mjs";

/** A small house in which everything is in its place, and what is added to spoil it. */
const sound = {
  "lib/kit/index.ts": "export const kit = 1;",
  "lib/db/index.ts": 'import { kit } from "@/lib/kit"; export const db = kit;',
  "lib/catalog/index.ts": 'export { store } from "./store";',
  "lib/catalog/store.ts": 'import { db } from "@/lib/db"; export const store = db;',
  "lib/catalog/catalog.test.ts": 'import { aThing } from "@/lib/testing/builders"; import "@/lib/gateway";',
  "lib/testing/builders.ts": 'import { store } from "@/lib/catalog/store"; export const aThing = store;',
  "lib/gateway/index.ts": 'import type { Store } from "@/lib/catalog"; export type Gate = Store;',
  "lib/runtime/index.ts": 'import "@/lib/gateway"; export const runtime = 1;',
  "lib/dashboard/rails/view.ts": "export type View = 1;",
  "lib/dashboard/rails/loaders.ts": 'import { runtime } from "@/lib/runtime"; export const load = runtime;',
  "components/rails/card.tsx":
    'import type { View } from "@/lib/dashboard/rails/view"; export const Card = (view: { of: View }) => <div>{view.of}</div>;',
  "packages/client/pay.ts": "export const pay = 1;",
  "packages/stall/src/a.ts": 'import { pay } from "../../client/pay"; export const a = pay;',
  "app/page.tsx":
    'import { load } from "@/lib/dashboard/rails/loaders"; import { Card } from "@/components/rails/card";',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "farebox-house-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function brokenIn(spoiled: Record<string, string>): Promise<string[]> {
  const base = await mkdtemp(join(folder, "house-"));
  for (const [path, text] of Object.entries({ ...sound, ...spoiled })) {
    await mkdir(dirname(join(base, path)), { recursive: true });
    await writeFile(join(base, path), text);
  }
  return (await checkFloorPlan(base)).broken;
}

test("a house in which everything is in its place passes", async () => {
  expect(await brokenIn({})).toEqual([]);
});

test.each([
  ["upward", "lib/db/up.ts", 'import "@/lib/catalog";', "lib/db/up.ts → lib/catalog/index.ts: room db"],
  [
    "upward for a type alone",
    "lib/kit/up.ts",
    'import type { Db } from "@/lib/db";',
    "lib/kit/up.ts → lib/db/index.ts: room kit",
  ],
  [
    "upward inside a type",
    "lib/kit/up.ts",
    'export type Db = import("@/lib/db").Db;',
    "lib/kit/up.ts → lib/db/index.ts: room kit",
  ],
  [
    "upward when it is needed",
    "lib/net/late.ts",
    'export const late = () => import("../catalog");',
    "lib/net/late.ts → lib/catalog/index.ts: room net",
  ],
  [
    "upward by handing on",
    "lib/money/all.ts",
    'export { db } from "../db";',
    "lib/money/all.ts → lib/db/index.ts: room money",
  ],
  [
    "a neighbour",
    "lib/ledger/index.ts",
    'import { store } from "@/lib/catalog";',
    "lib/ledger/index.ts → lib/catalog/index.ts: room ledger",
  ],
  [
    "a package from the house that it leaves",
    "packages/shop/src/money.ts",
    'import { kit } from "@/lib/kit";',
    "packages/shop/src/money.ts → lib/kit/index.ts: packages leave the house",
  ],
  [
    "one package from another",
    "packages/shop/src/other.ts",
    'import { a } from "../../stall/src/a";',
    "packages/shop/src/other.ts → packages/stall/src/a.ts: packages leave the house",
  ],
  [
    "the house from a package",
    "lib/gateway/shop.ts",
    'import { pay } from "../../packages/client/pay";',
    "lib/gateway/shop.ts → packages/client/pay.ts: the house needs no package",
  ],
  [
    "past the front door",
    "lib/gateway/side.ts",
    'import { store } from "../catalog/store";',
    "lib/gateway/side.ts → lib/catalog/store.ts: front door",
  ],
  [
    "a loader from the browser's side",
    "components/rails/list.tsx",
    'import { load } from "@/lib/dashboard/rails/loaders";',
    "components/rails/list.tsx → lib/dashboard/rails/loaders.ts: components see actions and views",
  ],
  [
    "one rail from another",
    "lib/rails/a/rail.ts",
    'import "../b/rail";',
    "lib/rails/a/rail.ts → lib/rails/b/rail.ts: rails are strangers",
  ],
  [
    "React below the street",
    "lib/gateway/page.tsx",
    'import { cache } from "react";',
    "lib/gateway/page.tsx → react: below the street",
  ],
  [
    "Next below the street",
    "lib/catalog/cookies.ts",
    'import { cookies } from "next/headers";',
    "lib/catalog/cookies.ts → next/headers: below the street",
  ],
  [
    "a builder of tests",
    "lib/catalog/made.ts",
    'import { aThing } from "@/lib/testing/builders";',
    "lib/catalog/made.ts → lib/testing/builders.ts: tests only",
  ],
  [
    "a room that nobody drew",
    "lib/attic/index.ts",
    'import "@/lib/kit";',
    "lib/attic/index.ts → lib/kit/index.ts: unknown room",
  ],
])("an import of %s is named", async (_what, path, text, sentence) => {
  const other = { "lib/rails/b/rail.ts": "export const b = 1;" };
  expect(await brokenIn({ ...other, [path]: text })).toContain(sentence);
});

test("a cycle is named with its way round", async () => {
  const broken = await brokenIn({
    "lib/kit/a.ts": 'import "./b";',
    "lib/kit/b.ts": 'import "./c";',
    "lib/kit/c.ts": 'import "./a";',
  });
  expect(broken).toHaveLength(1);
  expect(broken[0]).toMatch(/^lib\/kit\/a\.ts → .*lib\/kit\/c\.ts.*: cycle$/);
});

test("a file that cannot be read stops the check", async () => {
  await expect(brokenIn({ "lib/kit/odd.ts": "const = ;" })).rejects.toThrow("lib/kit/odd.ts cannot be read");
});

/** Every TypeScript file of `lib` that is no test, with its text. */
async function* sources(place = "lib"): AsyncGenerator<[path: string, text: string]> {
  for (const entry of await readdir(place, { withFileTypes: true })) {
    const path = `${place}/${entry.name}`;
    if (["lib/db/generated", "lib/testing"].includes(path)) continue;
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path)) yield [path, await readFile(path, "utf8")];
  }
}

test("the database is asked in a room's store only", async () => {
  const verbs =
    "find(?:Unique|First|Many)(?:OrThrow)?|create(?:Many)?|update(?:Many)?|upsert|delete(?:Many)?|count|aggregate|groupBy";
  const question = new RegExp(
    `\\$(?:query|execute)Raw(?!\`select 1\`)|\\b(?:client|db|tx|store)\\.\\w+\\.(?:${verbs})\\(`,
  );
  const elsewhere: string[] = [];
  for await (const [path, text] of sources()) {
    if (question.test(text) && !/[/-]store\.ts$/.test(path) && !path.startsWith("lib/db/"))
      elsewhere.push(path);
  }
  expect(elsewhere).toEqual([]);
});
