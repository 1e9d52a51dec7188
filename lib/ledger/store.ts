import { type Sql, type Store, sql, units } from "@/lib/db";
import { Money } from "@/lib/money";
import { type Entry, entrySteps } from "./entry";

export type Scope = Readonly<{ merchantId?: string; mode?: "test" | "live" }>;

type Decimal = { toFixed(): string };
type AmountRow = { units: Decimal; currency: string; exponent: number };

const moneyOf = (row: AmountRow): Money =>
  Money.of(units(row.units), { code: row.currency, exponent: row.exponent });

const within = ({ merchantId, mode }: Scope): Sql =>
  sql`${merchantId === undefined ? sql`true` : sql`g.merchant_id = ${merchantId}`}
    and ${mode === undefined ? sql`true` : sql`g.mode = ${mode}`}`;

export async function insertEntry(store: Store, entry: Entry): Promise<void> {
  await store.$executeRaw(sql`with moved as (select 1), ${entrySteps(entry)} select 1`);
}

export type Balance = Readonly<{ account: string; amount: Money }>;

export async function sumAccounts(store: Store, scope: Scope): Promise<Balance[]> {
  const rows = await store.$queryRaw<(AmountRow & { account: string })[]>(sql`
    select p.account, sum(p.units) as units, p.currency, p.exponent
    from posting p join posting_group g on g.id = p.group_id
    where ${within(scope)}
    group by p.account, p.currency, p.exponent
    order by p.account, p.currency`);
  return rows.map((row) => ({ account: row.account, amount: moneyOf(row) }));
}

export type Posted = Readonly<{
  key: string;
  reason: string;
  at: Date;
  account: string;
  amount: Money;
  chargeId: string | null;
}>;

type PostedRow = AmountRow & {
  key: string;
  reason: string;
  at: Date;
  account: string;
  charge_id: string | null;
};

async function listPosted(store: Store, where: Sql): Promise<Posted[]> {
  const rows = await store.$queryRaw<PostedRow[]>(sql`
    select g.key, g.reason, g.at, g.charge_id, p.account, p.units, p.currency, p.exponent
    from posting p join posting_group g on g.id = p.group_id
    where ${where}
    order by p.id
    limit 1000`);
  return rows.map((row) => ({
    key: row.key,
    reason: row.reason,
    at: row.at,
    account: row.account,
    amount: moneyOf(row),
    chargeId: row.charge_id,
  }));
}

export const listOfCharge = (store: Store, chargeId: string) =>
  listPosted(store, sql`g.charge_id = ${chargeId}`);

export const listOfChannel = (store: Store, channelId: string) =>
  listPosted(store, sql`g.channel_id = ${channelId}`);

export const listSuspense = (store: Store, scope: Scope) =>
  listPosted(store, sql`p.account = 'suspense' and ${within(scope)}`);

export async function countGroups(store: Store, scope: Scope): Promise<number> {
  const rows = await store.$queryRaw<{ groups: bigint }[]>(
    sql`select count(*) as groups from posting_group g where ${within(scope)}`,
  );
  return Number(rows[0]?.groups ?? 0n);
}

/** Groups without legs, and groups whose legs do not sum to zero. The triggers should leave none. */
export async function findUnbalanced(
  store: Store,
  scope: Scope,
): Promise<{ key: string; currency: string | null; off: string }[]> {
  return await store.$queryRaw<{ key: string; currency: string | null; off: string }[]>(sql`
    select g.key, p.currency, coalesce(sum(p.units), 0)::text as off
    from posting_group g left join posting p on p.group_id = g.id
    where ${within(scope)}
    group by g.key, p.currency, p.exponent
    having count(p.id) = 0 or sum(p.units) <> 0
    order by g.key
    limit 100`);
}
