import { type Database, type Store, sql, units } from "@/lib/db";
import { type Counter, nameOf, type StateKeys, type VolumeKey } from "./counters";

/** Whose counters: every row belongs to one endpoint of one merchant. */
export type Owner = Readonly<{ merchantId: string; endpointId: string }>;

/** The keys as one JSON parameter, numbered in their order. */
const rowsOf = (keys: readonly (Counter | VolumeKey)[]): string =>
  JSON.stringify(
    keys.map((key, n) => ({
      n,
      rule: "rule" in key ? key.rule : null,
      span: key.window,
      identity: key.identity,
      starts_at: key.startsAt.toISOString(),
      ends_at: key.endsAt?.toISOString() ?? null,
      most: "most" in key ? key.most : null,
    })),
  );

const columns = sql`as k (n int, rule text, span text, identity text, starts_at timestamptz, ends_at timestamptz, most int)`;

/** A counted amount is in the smallest decimals a list price of the currency can have. */
export type Counted = Readonly<{ requests: bigint; amount: bigint }>;

/** Everything that was counted under these keys, in one statement, by `nameOf`. What was never counted is left out. */
export async function readState(
  store: Store,
  { merchantId, endpointId }: Owner,
  { counters, volumes, currency }: StateKeys & { currency: string },
): Promise<{ used: Map<string, number>; volumes: Map<string, Counted> }> {
  const rows = await store.$queryRaw<
    { kind: string; n: number; requests: bigint; amount: { toFixed(): string } }[]
  >(sql`
    select 'count' as kind, k.n, c.used::bigint as requests, 0::numeric as amount
    from jsonb_to_recordset(${rowsOf(counters)}::jsonb) ${columns}
    join pricing_count c on c.merchant_id = ${merchantId} and c.endpoint_id = ${endpointId} and c.rule = k.rule
      and c.span = k.span and c.identity = k.identity and c.starts_at = k.starts_at
    union all
    select 'volume', k.n, v.requests, v.amount
    from jsonb_to_recordset(${rowsOf(volumes)}::jsonb) ${columns}
    join pricing_volume v on v.merchant_id = ${merchantId} and v.endpoint_id = ${endpointId}
      and v.span = k.span and v.identity = k.identity and v.starts_at = k.starts_at and v.currency = ${currency}`);
  const used = new Map<string, number>();
  const counted = new Map<string, Counted>();
  for (const { kind, n, requests, amount } of rows) {
    const key = kind === "count" ? counters[n] : volumes[n];
    if (!key) continue;
    if (kind === "count") used.set(nameOf(key), Number(requests));
    else counted.set(nameOf(key), { requests, amount: units(amount) });
  }
  return { used, volumes: counted };
}

class UsedUp extends Error {}

/** Runs `work` whole or not at all; `false` when something of it was used up. */
async function allOrNothing(database: Database, work: (store: Store) => Promise<boolean>): Promise<boolean> {
  try {
    return await database.transaction(async (store) => {
      if (!(await work(store))) throw new UsedUp();
      return true;
    });
  } catch (error) {
    if (error instanceof UsedUp) return false;
    throw error;
  }
}

/** Rows of `wanted` are taken in the order of their keys, so that two takers of the same rows take turns. */
const takeStep = ({ merchantId, endpointId }: Owner) => sql`
  taken as (
    insert into pricing_count as c (merchant_id, endpoint_id, rule, span, identity, starts_at, ends_at, used, most)
    select ${merchantId}, ${endpointId}, rule, span, identity, starts_at, ends_at, 1, most
    from wanted order by rule, span, identity
    on conflict (merchant_id, endpoint_id, rule, span, identity, starts_at)
    do update set used = c.used + 1, most = excluded.most where c.used < excluded.most
    returning 1
  )`;

/** Takes one of each, or nothing. Used up: `false`, and no row is written. */
export async function takeCounters(
  database: Database,
  owner: Owner,
  counters: readonly Counter[],
): Promise<boolean> {
  if (counters.length === 0) return true;
  const take = async (store: Store): Promise<boolean> => {
    const [row] = await store.$queryRaw<{ taken: bigint }[]>(sql`
      with wanted as (select * from jsonb_to_recordset(${rowsOf(counters)}::jsonb) ${columns}), ${takeStep(owner)}
      select count(*) as taken from taken`);
    return row?.taken === BigInt(counters.length);
  };
  return counters.length === 1 ? await take(database.client) : await allOrNothing(database, take);
}

/** Gives one of each back. */
export async function returnCounters(
  store: Store,
  { merchantId, endpointId }: Owner,
  counters: readonly Counter[],
): Promise<void> {
  if (counters.length === 0) return;
  await store.$executeRaw(sql`
    update pricing_count c set used = c.used - 1
    from jsonb_to_recordset(${rowsOf(counters)}::jsonb) ${columns}
    where c.merchant_id = ${merchantId} and c.endpoint_id = ${endpointId} and c.rule = k.rule and c.span = k.span
      and c.identity = k.identity and c.starts_at = k.starts_at and c.used > 0`);
}

export type Hold = Readonly<{ holder: string; at: Date; counters: readonly Counter[] }>;

/** Reserves one use of each for a holder, or nothing. What the holder has already is not taken again. */
export async function holdUses(
  database: Database,
  owner: Owner,
  { holder, at, counters }: Hold,
): Promise<boolean> {
  if (counters.length === 0) return true;
  const rows = rowsOf(counters);
  return await allOrNothing(database, async (store) => {
    const [row] = await store.$queryRaw<{ wanted: bigint; taken: bigint }[]>(sql`
      with asked as (select * from jsonb_to_recordset(${rows}::jsonb) ${columns}),
      held as (
        insert into pricing_use (merchant_id, holder, rule, endpoint_id, identities, state, reserved_at)
        select ${owner.merchantId}, ${holder}, rule, ${owner.endpointId}, array_agg(identity), 'reserved', ${at}::timestamptz
        from asked group by rule order by rule
        on conflict (merchant_id, holder, rule) do nothing
        returning rule
      ),
      wanted as (select asked.* from asked join held using (rule)), ${takeStep(owner)}
      select (select count(*) from wanted) as wanted, (select count(*) from taken) as taken`);
    return row !== undefined && row.wanted === row.taken;
  });
}

export type Holder = Readonly<{ merchantId: string; holder: string }>;

const asRows = (holders: readonly Holder[]): string =>
  JSON.stringify(holders.map(({ merchantId, holder }) => ({ merchant_id: merchantId, holder })));

export async function confirmUses(store: Store, holders: readonly Holder[]): Promise<void> {
  if (holders.length === 0) return;
  await store.$executeRaw(sql`
    update pricing_use u set state = 'confirmed'
    from jsonb_to_recordset(${asRows(holders)}::jsonb) as h (merchant_id text, holder text)
    where u.merchant_id = h.merchant_id and u.holder = h.holder and u.state = 'reserved'`);
}

/** Frees what is only reserved; what is confirmed stays used. */
export async function releaseUses(store: Store, holders: readonly Holder[]): Promise<void> {
  if (holders.length === 0) return;
  await store.$executeRaw(sql`
    with gone as (
      delete from pricing_use u
      using jsonb_to_recordset(${asRows(holders)}::jsonb) as h (merchant_id text, holder text)
      where u.merchant_id = h.merchant_id and u.holder = h.holder and u.state = 'reserved'
      returning u.*
    ),
    freed as (
      select merchant_id, endpoint_id, rule, identity, count(*)::int as times
      from gone, unnest(gone.identities) as identity
      group by merchant_id, endpoint_id, rule, identity
    )
    update pricing_count c set used = greatest(c.used - freed.times, 0)
    from freed
    where c.merchant_id = freed.merchant_id and c.endpoint_id = freed.endpoint_id and c.rule = freed.rule
      and c.identity = freed.identity and c.span = 'ever'`);
}

/** Whoever has held a use since before a time without being charged or refused, oldest first. */
export async function listForgotten(store: Store, before: Date): Promise<Holder[]> {
  const rows = await store.pricingUse.findMany({
    where: { state: "reserved", reservedAt: { lt: before } },
    distinct: ["merchantId", "holder"],
    orderBy: { reservedAt: "asc" },
    select: { merchantId: true, holder: true },
    take: 200,
  });
  return rows;
}

export type Bought = Readonly<{
  chargeId: string;
  at: Date;
  currency: string;
  amount: bigint;
  keys: readonly VolumeKey[];
}>;

/** Counts a charge under each key, once per charge. */
export async function countCharge(
  store: Store,
  { merchantId, endpointId }: Owner,
  { chargeId, at, currency, amount, keys }: Bought,
): Promise<void> {
  await store.$executeRaw(sql`
    with fresh as (
      insert into pricing_volume_charge (merchant_id, charge_id, at)
      values (${merchantId}, ${chargeId}, ${at}::timestamptz)
      on conflict do nothing
      returning 1
    )
    insert into pricing_volume as v (merchant_id, endpoint_id, span, identity, starts_at, currency, ends_at, requests, amount)
    select ${merchantId}, ${endpointId}, k.span, k.identity, k.starts_at, ${currency}, k.ends_at, 1, ${amount.toString()}::numeric
    from jsonb_to_recordset(${rowsOf(keys)}::jsonb) ${columns}
    where exists (select 1 from fresh)
    order by k.span, k.identity
    on conflict (merchant_id, endpoint_id, span, identity, starts_at, currency)
    do update set requests = v.requests + 1, amount = v.amount + excluded.amount`);
}

const prunedAtOnce = 2_000;
const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * 86_400_000);

/** Deletes windows that are over and what was kept to count once; answers how many rows went. */
export async function pruneCounts(store: Store, now: Date): Promise<number> {
  const [over, counted, used] = [daysBefore(now, 1), daysBefore(now, 40), daysBefore(now, 90)];
  const gone = await Promise.all([
    store.$executeRaw(sql`delete from pricing_count where ctid = any(array(
      select ctid from pricing_count where ends_at < ${over}::timestamptz limit ${prunedAtOnce}))`),
    store.$executeRaw(sql`delete from pricing_volume where ctid = any(array(
      select ctid from pricing_volume where ends_at < ${over}::timestamptz limit ${prunedAtOnce}))`),
    store.$executeRaw(sql`delete from pricing_volume_charge where ctid = any(array(
      select ctid from pricing_volume_charge where at < ${counted}::timestamptz limit ${prunedAtOnce}))`),
    store.$executeRaw(sql`delete from pricing_use where ctid = any(array(
      select ctid from pricing_use where state = 'confirmed' and reserved_at < ${used}::timestamptz limit ${prunedAtOnce}))`),
  ]);
  return gone.reduce((sum, rows) => sum + rows, 0);
}
