import { joinSql, type Sql, sql } from "@/lib/db";
import { assert, newId } from "@/lib/kit";
import type { Money } from "@/lib/money";

/** One leg: minus leaves the account, plus arrives. */
export type Leg = Readonly<{ account: string; amount: Money }>;

/** One cause and the legs it posts. The key says what caused it; a cause posts once. */
export type Entry = Readonly<{
  key: string;
  reason: string;
  merchantId: string;
  mode: "test" | "live";
  chargeId?: string;
  /** The channel whose deposit it moves. */
  channelId?: string;
  at: Date;
  postings: readonly Leg[];
}>;

export function assertBalanced({ key, postings }: Entry): void {
  const sums = new Map<string, bigint>();
  for (const { amount } of postings) {
    const name = `${amount.currency.code}/${amount.currency.exponent}`;
    sums.set(name, (sums.get(name) ?? 0n) + amount.units);
  }
  assert(postings.length >= 2, `The entry ${key} has at least two legs.`);
  for (const [currency, sum] of sums) assert(sum === 0n, `The entry ${key} sums to zero in ${currency}.`);
}

const valuesOf = (postings: readonly Leg[]): Sql =>
  joinSql(
    postings.map(
      ({ account, amount }, place) =>
        sql`(${place}::int, ${account}::text, ${amount.units.toString()}::numeric, ${amount.currency.code}::text, ${amount.currency.exponent}::int)`,
    ),
  );

/**
 * Two steps of a `with` statement that post an entry, once for each row of an earlier step named `moved`: so that a
 * change of state and its postings are one statement, and neither happens without the other.
 */
export function entrySteps(entry: Entry): Sql {
  assertBalanced(entry);
  const { key, reason, merchantId, mode, chargeId, channelId, at, postings } = entry;
  return sql`
    entry_group as (
      insert into posting_group (id, key, reason, merchant_id, mode, charge_id, channel_id, at)
      select ${newId("pg")}, ${key}, ${reason}, ${merchantId}, ${mode}, ${chargeId ?? null}, ${channelId ?? null}, ${at}::timestamptz
      from moved
      returning id
    ),
    entry_legs as (
      insert into posting (group_id, account, units, currency, exponent)
      select entry_group.id, leg.account, leg.units, leg.currency, leg.exponent
      from entry_group, (values ${valuesOf(postings)}) as leg (place, account, units, currency, exponent)
      order by leg.place
    )`;
}
