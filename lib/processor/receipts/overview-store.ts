import { type Store, sql, units } from "@/lib/db";
import { type Currency, Money } from "@/lib/money";
import type { Mode } from "../deps";

export type Span = Readonly<{ merchantId: string; mode: Mode; from: Date; to: Date }>;

type Decimal = { toFixed(): string };
type Coin = { currency: string; exponent: number };
const currencyOf = ({ currency: code, exponent }: Coin): Currency => ({ code, exponent });
const moneyOf = (sum: Decimal | null, coin: Coin): Money => Money.of(sum ? units(sum) : 0n, currencyOf(coin));

export type Income = Readonly<{
  currency: Currency;
  gross: Money;
  fees: Money;
  count: number;
  payers: number;
}>;

/** What came in, per currency, of receipts settled in a span. */
export async function sumIncome(store: Store, { merchantId, mode, from, to }: Span): Promise<Income[]> {
  const rows = await store.$queryRaw<
    (Coin & { gross: Decimal; fees: Decimal; count: bigint; payers: bigint })[]
  >(sql`
    select currency, exponent, sum(captured) as gross, sum(fee) as fees, count(*) as count, count(distinct payer) as payers
    from charge
    where merchant_id = ${merchantId} and mode = ${mode} and captured_at >= ${from}::timestamptz and captured_at < ${to}::timestamptz
    group by currency, exponent`);
  return rows.map((row) => ({
    currency: currencyOf(row),
    gross: moneyOf(row.gross, row),
    fees: moneyOf(row.fees, row),
    count: Number(row.count),
    payers: Number(row.payers),
  }));
}

/** What went back, per currency, of refunds settled in a span. */
export async function sumRefunds(store: Store, { merchantId, mode, from, to }: Span): Promise<Money[]> {
  const rows = await store.$queryRaw<(Coin & { total: Decimal })[]>(sql`
    select currency, exponent, sum(amount) as total
    from refund
    where merchant_id = ${merchantId} and mode = ${mode} and state = 'settled'
      and settled_at >= ${from}::timestamptz and settled_at < ${to}::timestamptz
    group by currency, exponent`);
  return rows.map((row) => moneyOf(row.total, row));
}

export type Bar = Readonly<{
  day: string;
  service: string;
  currency: Currency;
  gross: bigint;
  count: number;
}>;

/** Income per local day and service. A day is as long as its zone makes it. */
export async function sumDays(store: Store, span: Span & { timeZone: string }): Promise<Bar[]> {
  const { merchantId, mode, from, to, timeZone } = span;
  const rows = await store.$queryRaw<
    (Coin & { day: string; service: string; gross: Decimal; count: bigint })[]
  >(sql`
    select to_char(captured_at at time zone ${timeZone}, 'YYYY-MM-DD') as day, service_slug as service, currency, exponent,
      sum(captured) as gross, count(*) as count
    from charge
    where merchant_id = ${merchantId} and mode = ${mode} and captured_at >= ${from}::timestamptz and captured_at < ${to}::timestamptz
    group by 1, 2, 3, 4
    order by 1, 2, 3`);
  return rows.map((row) => ({
    day: row.day,
    service: row.service,
    currency: currencyOf(row),
    gross: units(row.gross),
    count: Number(row.count),
  }));
}

/** The local days that a span touches. */
export async function listDays(
  store: Store,
  { from, to, timeZone }: { from: Date; to: Date; timeZone: string },
): Promise<string[]> {
  const rows = await store.$queryRaw<{ day: string }[]>(sql`
    select to_char(day, 'YYYY-MM-DD') as day
    from generate_series(
      date_trunc('day', ${from}::timestamptz at time zone ${timeZone}),
      (${to}::timestamptz - interval '1 millisecond') at time zone ${timeZone},
      interval '1 day') as day`);
  return rows.map(({ day }) => day);
}

export async function countUnknown(store: Store, merchantId: string, mode: Mode): Promise<number> {
  return await store.charge.count({ where: { merchantId, mode, effectState: "unknown" } });
}
