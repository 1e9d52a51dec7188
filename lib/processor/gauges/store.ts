import { type Store, sql, units } from "@/lib/db";

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

type ChannelGauge = Readonly<{
  rail: string;
  status: string;
  currency: string;
  count: number;
  atRisk: bigint;
}>;

/** Channels by rail and status, with what was spent on them and is not in the merchant's hands. */
export async function countChannels(store: Store): Promise<readonly ChannelGauge[]> {
  type Row = Omit<ChannelGauge, "count" | "atRisk"> & { count: bigint; at_risk: { toFixed(): string } };
  const rows = await store.$queryRaw<Row[]>(sql`
    select rail_slug as rail, status, currency, count(*) as count,
      coalesce(sum(greatest(spent - settled, 0)) filter (where status <> 'closed' and not prepaid), 0) as at_risk
    from channel
    group by 1, 2, 3`);
  return rows.map(({ at_risk: atRisk, count, ...row }) => ({
    ...row,
    count: Number(count),
    atRisk: units(atRisk),
  }));
}
