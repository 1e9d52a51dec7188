import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase } from "@/lib/testing/database";
import { type Database, openDatabase, sql, withoutWaiting } from ".";

let database: Database;

beforeAll(async () => {
  const url = new URL(await testDatabase());
  url.searchParams.set("options", "-c synchronous_commit=on");
  database = openDatabase({ url: url.href, hotConnections: 1 });
  // What a commit waits for is told by a trigger that runs in it.
  await database.pool.query(`
    create table fact (name text);
    create table told (setting text);
    create function tell() returns trigger language plpgsql as $$ begin
      insert into told values (current_setting('synchronous_commit'));
      return null;
    end $$;
    create constraint trigger told after insert on fact deferrable initially deferred for each row execute function tell()`);
});
afterAll(() => database.close());

test("a commit does not wait where its statement says so, and the next one on the connection does", async () => {
  for (const condition of [withoutWaiting, sql`true`]) {
    const written = await database.ask(sql`
      with written as (insert into fact values ('a') returning name)
      select name from written where ${condition}`);
    expect(written).toEqual([{ name: "a" }]);
  }
  expect(await database.ask(sql`select setting from told`)).toEqual([{ setting: "off" }, { setting: "on" }]);
});
