import type { Currency } from "@/lib/money";
import { Money } from "@/lib/money";
import type { Inside, Mode } from "../deps";
import * as refundStore from "../refunds/query-store";
import { receiptWhere } from "./filter";
import * as store from "./overview-store";
import { sumCharges } from "./store";

export type OverviewRequest = Readonly<{
  merchantId: string;
  mode: Mode;
  from: Date;
  to: Date;
  timeZone: string;
}>;

export type Figures = Readonly<{
  gross: Money;
  refunds: Money;
  fees: Money;
  /** gross − refunds − fees */
  net: Money;
  paidRequests: number;
  /** gross ÷ paid requests, half-even at the currency's places + 2; `null` without a request. */
  averagePrice: Money | null;
  uniquePayers: number;
}>;

export type Overview = Readonly<{
  currencies: readonly Readonly<{ currency: Currency; current: Figures; previous: Figures }>[];
  /** Local days, `YYYY-MM-DD`; each series has a value for each. */
  days: readonly string[];
  series: readonly Readonly<{
    service: string;
    currency: Currency;
    gross: readonly bigint[];
    count: readonly number[];
  }>[];
  undelivered: Readonly<{ count: number; sums: readonly Money[] }>;
  unknown: Readonly<{ count: number }>;
  failedRefunds: number;
}>;

/** An exact fraction, rounded half-even, with two places more than the currency has. */
export function average(gross: Money, count: number): Money | null {
  if (count === 0) return null;
  const divisor = BigInt(count);
  const scaled = gross.units * 100n;
  const floor = scaled / divisor;
  const twice = (scaled - floor * divisor) * 2n;
  const isUp = twice > divisor || (twice === divisor && floor % 2n === 1n);
  const { code, exponent } = gross.currency;
  return Money.of(isUp ? floor + 1n : floor, { code, exponent: exponent + 2 });
}

type Totals = Readonly<{ income: readonly store.Income[]; refunds: readonly Money[] }>;

async function totalsOf({ database }: Inside, span: store.Span): Promise<Totals> {
  const [income, refunds] = await Promise.all([
    store.sumIncome(database.client, span),
    store.sumRefunds(database.client, span),
  ]);
  return { income, refunds };
}

const isSame = (a: Currency, b: Currency): boolean => a.code === b.code && a.exponent === b.exponent;

function figuresOf({ income, refunds }: Totals, currency: Currency): Figures {
  const own = income.find((row) => isSame(row.currency, currency));
  const zero = Money.zero(currency);
  const gross = own?.gross ?? zero;
  const fees = own?.fees ?? zero;
  const back = refunds.find((sum) => isSame(sum.currency, currency)) ?? zero;
  return {
    gross,
    refunds: back,
    fees,
    net: Money.subtract(Money.subtract(gross, back), fees),
    paidRequests: own?.count ?? 0,
    averagePrice: average(gross, own?.count ?? 0),
    uniquePayers: own?.payers ?? 0,
  };
}

function currenciesOf(totals: readonly Totals[]): Currency[] {
  const all = totals.flatMap(({ income, refunds }) =>
    [...income, ...refunds].map(({ currency }) => currency),
  );
  const byName = new Map(all.map((currency) => [`${currency.code}/${currency.exponent}`, currency]));
  return [...byName.values()].sort((a, b) => a.code.localeCompare(b.code));
}

function seriesOf(bars: readonly store.Bar[], days: readonly string[]): Overview["series"] {
  const places = new Map(days.map((day, place) => [day, place]));
  const byName = new Map<string, { service: string; currency: Currency; gross: bigint[]; count: number[] }>();
  for (const { day, service, currency, gross, count } of bars) {
    const name = `${service}/${currency.code}/${currency.exponent}`;
    const line = byName.get(name) ?? {
      service,
      currency,
      gross: days.map(() => 0n),
      count: days.map(() => 0),
    };
    const place = places.get(day);
    if (place === undefined) continue;
    line.gross[place] = gross;
    line.count[place] = count;
    byName.set(name, line);
  }
  return [...byName.values()];
}

/** The figures of a range and of the one of equal length before it, per currency, and the days in between. */
export async function readOverview(deps: Inside, request: OverviewRequest): Promise<Overview> {
  const { client } = deps.database;
  const { merchantId, mode, from, to, timeZone } = request;
  const lengthMs = to.getTime() - from.getTime();
  const span = { merchantId, mode, from, to };
  const undeliveredWhere = receiptWhere(client.charge.fields, {
    merchantId,
    mode,
    delivery: ["undelivered"],
  });
  const [current, previous, bars, days, undelivered, unknown, failedRefunds] = await Promise.all([
    totalsOf(deps, span),
    totalsOf(deps, { ...span, from: new Date(from.getTime() - lengthMs), to: from }),
    store.sumDays(client, { ...span, timeZone }),
    store.listDays(client, { from, to, timeZone }),
    sumCharges(client, undeliveredWhere),
    store.countUnknown(client, merchantId, mode),
    refundStore.countRefunds(client, { merchantId, mode, state: "failed" }),
  ]);
  return {
    currencies: currenciesOf([current, previous]).map((currency) => ({
      currency,
      current: figuresOf(current, currency),
      previous: figuresOf(previous, currency),
    })),
    days,
    series: seriesOf(bars, days),
    undelivered: {
      count: undelivered.reduce((total, { count }) => total + count, 0),
      sums: undelivered.map(({ amount }) => amount),
    },
    unknown: { count: unknown },
    failedRefunds,
  };
}
