import { type Sql, sql } from "@/lib/db";
import { newId } from "@/lib/kit";
import { assertBalanced, type Entry } from "./entry";

/**
 * {@link entrySteps} for many charges at once: each entry is posted when an earlier step named `moved` has a row with
 * the id of its charge.
 */
export function entryListSteps(entries: readonly (Entry & { chargeId: string })[]): Sql {
  entries.forEach(assertBalanced);
  const groups = entries.map(({ key, reason, merchantId, mode, chargeId, at }) => ({
    id: newId("pg"),
    ...{ key, reason, merchant: merchantId, mode, charge: chargeId, at },
  }));
  const legs = entries.flatMap(({ postings }, place) =>
    postings.map(({ account, amount: { units, currency } }) => ({
      group: groups[place]?.id,
      ...{ account, units: units.toString(), currency: currency.code, exponent: currency.exponent },
    })),
  );
  return sql`
    entry_group as (
      insert into posting_group (id, key, reason, merchant_id, mode, charge_id, at)
      select entry.id, entry.key, entry.reason, entry.merchant, entry.mode, moved.id, entry.at
      from jsonb_to_recordset(${JSON.stringify(groups)}::jsonb)
        as entry (id text, key text, reason text, merchant text, mode text, charge text, at timestamptz)
      join moved on moved.id = entry.charge
      returning id
    ),
    entry_legs as (
      insert into posting (group_id, account, units, currency, exponent)
      select entry_group.id, leg.account, leg.units, leg.currency, leg.exponent
      from rows from (
        jsonb_to_recordset(${JSON.stringify(legs)}::jsonb) as ("group" text, account text, units numeric, currency text, exponent int)
      ) with ordinality as leg ("group", account, units, currency, exponent, place)
      join entry_group on entry_group.id = leg."group"
      order by leg.place
    )`;
}
