import { type Store, sql } from "@/lib/db";

/** Charges that somebody waits for: paid and not served, and those of which the rail has not said what became of them. */
export async function countWaiting(store: Store): Promise<{ undelivered: number; unknown: number }> {
  const rows = await store.$queryRaw<{ undelivered: bigint; unknown: bigint }[]>(sql`
    select
      (select count(*) from charge where delivery = 'undelivered') as undelivered,
      (select count(*) from charge where effect_state = 'unknown') as unknown`);
  return { undelivered: Number(rows[0]?.undelivered ?? 0), unknown: Number(rows[0]?.unknown ?? 0) };
}

export async function countRefunds(
  store: Store,
): Promise<readonly { merchant: string; rail: string; status: string; count: number }[]> {
  const rows = await store.$queryRaw<{ merchant: string; rail: string; status: string; count: bigint }[]>(sql`
    select refund.merchant_id as merchant, rail_slug as rail, case refund.state when 'unknown' then 'submitted' else refund.state end as status, count(*) as count
    from refund join charge on charge.id = refund.charge_id
    group by 1, 2, 3`);
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
