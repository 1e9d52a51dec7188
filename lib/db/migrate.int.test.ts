import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeEach, expect, inject, test } from "vitest";
import { migrate } from "./migrate";

const folders: string[] = [];
let count = 0;
let url = "";
let directory = "";

const log = () => undefined;

async function query<T extends object>(text: string, at = url): Promise<T[]> {
  const client = new Client({ connectionString: at });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

async function write(name: string, script: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, "migration.sql"), script);
}

beforeEach(async () => {
  const name = `migrate_${process.pid}_${count}`;
  count += 1;
  await query(`create database ${name}`, inject("databaseUrl"));
  const own = new URL(inject("databaseUrl"));
  own.pathname = `/${name}`;
  url = own.href;
  directory = await mkdtemp(join(tmpdir(), "farebox-migrations-"));
  folders.push(directory);
  await write("2_second", "alter table a add column two int; create table b (id int);");
  await write("1_first", "create table a (id int); insert into a values (1);");
});

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

test("migrations are applied once, in the order of their names", async () => {
  expect(await migrate({ url, directory, log })).toEqual(["1_first", "2_second"]);
  expect(await migrate({ url, directory, log })).toEqual([]);
  expect(await query("select * from a")).toEqual([{ id: 1, two: null }]);
});

test("the history is what Prisma would have written", async () => {
  await migrate({ url, directory, log });
  const rows = await query<Record<string, unknown>>("select * from _prisma_migrations order by started_at");
  expect(rows[0]).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    checksum: "2d33ef6c999c92ee97f5cba9d10cd8e0b73f817f44cf4b515d6fd1b7bab92507",
    migration_name: "1_first",
    logs: null,
    rolled_back_at: null,
    started_at: expect.any(Date),
    finished_at: expect.any(Date),
    applied_steps_count: 1,
  });
});

test("processes that start together apply each migration once", async () => {
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate({ url, directory, log })));
  expect(applied.flat().sort()).toEqual(["1_first", "2_second"]);
});

test("a migration that fails leaves nothing behind and can be repaired", async () => {
  await write("3_third", "create table c (id int); select * from nowhere;");
  await expect(migrate({ url, directory, log })).rejects.toThrow(/3_third cannot be applied.*nowhere/);
  expect(await query("select to_regclass('c') as c, to_regclass('b')::text as b")).toEqual([
    { c: null, b: "b" },
  ]);

  await write("3_third", "create table c (id int);");
  expect(await migrate({ url, directory, log })).toEqual(["3_third"]);
});

test("a schema newer than this release is refused", async () => {
  await migrate({ url, directory, log });
  await rm(join(directory, "2_second"), { recursive: true });
  await expect(migrate({ url, directory, log })).rejects.toThrow("newer than this release (it has 2_second)");
});

test("a migration that was changed afterwards is refused", async () => {
  await migrate({ url, directory, log });
  await write("1_first", "create table other (id int);");
  await expect(migrate({ url, directory, log })).rejects.toThrow("1_first was changed");
});

test("a migration that never finished is refused until it is resolved", async () => {
  await migrate({ url, directory, log });
  await query("update _prisma_migrations set finished_at = null where migration_name = '2_second'");
  await expect(migrate({ url, directory, log })).rejects.toThrow("2_second began in this database");
});

test("a database that belongs to something else is left alone", async () => {
  await query("create table theirs (id int)");
  await expect(migrate({ url, directory, log })).rejects.toThrow("not Farebox's");
  expect(await query("select to_regclass('_prisma_migrations') as history")).toEqual([{ history: null }]);
});

test("an address where nobody answers is told without its password", async () => {
  const nowhere = "postgresql://u:hunter2@127.0.0.1:1/db";
  const fault = await migrate({ url: nowhere, directory, log }).catch((error: unknown) => error);
  expect(String(fault)).toContain("The database db at 127.0.0.1:1 cannot be used");
  expect(String(fault)).not.toContain("hunter2");
});
