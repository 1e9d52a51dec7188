import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, isUniqueViolation, openDatabase } from "@/lib/db";
import { Money } from "@/lib/money";
import { testDatabase } from "@/lib/testing/database";
import { createLedger, type Entry, type Ledger } from ".";

const usd = { code: "USD", exponent: 2 };
const at = new Date("2026-11-21T10:00:00.123Z");

let database: Database;
let ledger: Ledger;

beforeAll(async () => {
  database = openDatabase({ url: await testDatabase() });
  ledger = createLedger({ database });
});
afterAll(() => database.close());

const anEntry = (facts: Partial<Entry> = {}): Entry => ({
  key: "ch_1:capture:1",
  reason: "charge.settled",
  merchantId: "m_1",
  mode: "test",
  chargeId: "ch_1",
  at,
  postings: [
    { account: "rail:demo", amount: Money.of(250n, usd) },
    { account: "merchant:sales", amount: Money.of(-250n, usd) },
  ],
  ...facts,
});

test("an entry changes the balances it names, at the time it names", async () => {
  await ledger.post(database.client, anEntry());
  expect(await ledger.balances({ merchantId: "m_1", mode: "test" })).toEqual([
    { account: "merchant:sales", amount: Money.of(-250n, usd) },
    { account: "rail:demo", amount: Money.of(250n, usd) },
  ]);
  expect(await ledger.balances({ merchantId: "m_1", mode: "live" })).toEqual([]);
  expect((await ledger.postingsOf("ch_1"))[0]?.at).toEqual(at);
});

test("one cause posts once", async () => {
  const again = ledger.post(database.client, anEntry());
  await expect(again).rejects.toSatisfy(isUniqueViolation);
});

test("amounts past 64 bits keep every digit", async () => {
  const wei = { code: "ETH", exponent: 18 };
  const huge = 10n ** 70n + 7n;
  await ledger.post(
    database.client,
    anEntry({
      key: "huge",
      merchantId: "m_2",
      postings: [
        { account: "rail:chain", amount: Money.of(huge, wei) },
        { account: "merchant:sales", amount: Money.of(-huge, wei) },
      ],
    }),
  );
  expect((await ledger.balances({ merchantId: "m_2" }))[1]?.amount).toEqual(Money.of(huge, wei));
});

test("an entry that does not sum to zero is refused before the database sees it", async () => {
  const postings = [
    { account: "rail:demo", amount: Money.of(250n, usd) },
    { account: "merchant:sales", amount: Money.of(-250n, { code: "EUR", exponent: 2 }) },
  ];
  await expect(ledger.post(database.client, anEntry({ key: "k2", postings }))).rejects.toThrow(
    "sums to zero",
  );
});

test("the database refuses an unbalanced group, an update and a delete by itself", async () => {
  const run = (text: string) => database.pool.query(text);
  await expect(
    run(`with g as (insert into posting_group values ('pg_x', 'x', 'r', 'm_1', 'test', null, now()) returning id)
      insert into posting (group_id, account, units, currency, exponent) select id, 'suspense', 1, 'USD', 2 from g`),
  ).rejects.toThrow("does not sum to zero");
  await expect(run("update posting set units = 1")).rejects.toThrow("append-only");
  await expect(run("delete from posting_group")).rejects.toThrow("append-only");
  await expect(run("truncate posting_group, posting")).rejects.toThrow("append-only");
});

test("verification counts the groups and names one that was forced out of balance", async () => {
  expect(await ledger.verify({})).toEqual({ checked: 2, violations: [] });
  await database.pool.query(`
    alter table posting disable trigger posting_append_only;
    update posting set units = units + 1 where account = 'rail:demo';
    alter table posting enable trigger posting_append_only;`);
  expect((await ledger.verify({ merchantId: "m_1" })).violations).toEqual([
    { rule: "I1", subject: "ch_1:capture:1", detail: "The group is off by 1 USD units." },
  ]);
});

test("times are the same instants in a database that lives in another zone", async () => {
  const url = new URL(await testDatabase());
  url.searchParams.set("options", "-c timezone=Asia/Kolkata");
  const abroad = openDatabase({ url: url.href });
  try {
    const books = createLedger({ database: abroad });
    await books.post(abroad.client, anEntry());
    expect((await books.postingsOf("ch_1"))[0]?.at).toEqual(at);
    const { rows } = await abroad.pool.query("select extract(epoch from at) * 1000 as ms from posting_group");
    expect(Number(rows[0].ms)).toBe(at.getTime());
  } finally {
    await abroad.close();
  }
});
