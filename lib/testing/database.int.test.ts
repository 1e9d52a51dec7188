import { Client } from "pg";
import { expect, test } from "vitest";
import { testDatabase } from "./database";

async function run(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test("every test database is migrated and alone", async () => {
  const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
  await run(one, "create table mine (id int)");
  expect(await run(other, "select to_regclass('mine') as mine")).toEqual([{ mine: null }]);
  expect(
    await run(other, "select count(*)::int as unfinished from _prisma_migrations where finished_at is null"),
  ).toEqual([{ unfinished: 0 }]);
});
