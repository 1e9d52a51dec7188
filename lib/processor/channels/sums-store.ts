import { type Store, sql, units } from "@/lib/db";
import { Money } from "@/lib/money";
import type { Mode } from "../deps";

export type ChannelSums = Readonly<{
  currency: Money["currency"];
  count: number;
  /** Of channels that are not closed: put in and not spent. */
  deposits: Money;
  accepted: Money;
  spent: Money;
  settled: Money;
  /** Spent and not yet in the merchant's hands. */
  atRisk: Money;
  /** Of closed ones: what could not be sent back. */
  owed: Money;
}>;

type Decimal = { toFixed(): string };
type SumRow = { currency: string; exponent: number; count: bigint } & Record<
  "deposits" | "accepted" | "spent" | "settled" | "at_risk" | "owed",
  Decimal
>;

/** What is in channels now, per currency. */
export async function sumOpen(
  client: Store,
  { merchantId, mode }: { merchantId: string; mode: Mode | undefined },
): Promise<ChannelSums[]> {
  const rows = await client.$queryRaw<SumRow[]>(sql`
    select currency, exponent, count(*) filter (where status <> 'closed') as count,
      coalesce(sum(deposit - spent - refunded) filter (where status <> 'closed'), 0) as deposits,
      coalesce(sum(accepted) filter (where status <> 'closed'), 0) as accepted,
      coalesce(sum(spent) filter (where status <> 'closed'), 0) as spent,
      coalesce(sum(case when prepaid then spent else settled end) filter (where status <> 'closed'), 0) as settled,
      coalesce(sum(greatest(spent - settled, 0)) filter (where status <> 'closed' and not prepaid), 0) as at_risk,
      coalesce(sum(deposit - spent - refunded) filter (where status = 'closed'), 0) as owed
    from channel
    where merchant_id = ${merchantId} and ${mode === undefined ? sql`true` : sql`mode = ${mode}`}
    group by currency, exponent
    order by currency`);
  return rows.map((row) => {
    const currency = { code: row.currency, exponent: row.exponent };
    const money = (value: Decimal) => Money.of(units(value), currency);
    return {
      currency,
      count: Number(row.count),
      deposits: money(row.deposits),
      accepted: money(row.accepted),
      spent: money(row.spent),
      settled: money(row.settled),
      atRisk: money(row.at_risk),
      owed: money(row.owed),
    };
  });
}
