import { type Store, units } from "@/lib/db";
import { type Currency, Money } from "@/lib/money";
import { type Charge, chargeOf } from "../charges/charge";
import type { Edge, Order } from "../paging";
import type { ChargeWhere } from "./filter";
import type { TimelineEntry } from "./receipt";

type Listing<V> = Readonly<{ where: ChargeWhere; order: Order; after: Edge<V> | null; limit: number }>;

const byTime = (order: Order) => [{ capturedAt: order }, { id: order }];
const byAmount = (order: Order) => [{ captured: order }, { id: order }];
const byAge = (order: Order) => [{ createdAt: order }, { id: order }];

/** Rows behind an edge. The plain bound beside the exact one is what an index can start from. */
function behind(
  column: "capturedAt" | "captured" | "createdAt",
  { value, id, order }: Edge<Date | string>,
): ChargeWhere {
  const [beyond, from] = order === "asc" ? ["gt", "gte"] : ["lt", "lte"];
  return {
    AND: [
      { [column]: { [from as string]: value } },
      {
        OR: [
          { [column]: { [beyond as string]: value } },
          { [column]: value, id: { [beyond as string]: id } },
        ],
      },
    ],
  };
}

const columns = { time: "capturedAt", amount: "captured", age: "createdAt" } as const;
const orders = { time: byTime, amount: byAmount, age: byAge };
export type SortBy = keyof typeof columns;

export async function listCharges(
  store: Store,
  by: SortBy,
  { where, order, after, limit }: Listing<Date | string>,
): Promise<Charge[]> {
  const rows = await store.charge.findMany({
    where: after ? { AND: [where, behind(columns[by], after)] } : where,
    orderBy: orders[by](order),
    take: limit,
    omit: { sealedProof: true },
  });
  return rows.map((row) => chargeOf({ ...row, sealedProof: null }));
}

/** How many rows stand before an edge in the list's own order. */
export async function countBefore(
  store: Store,
  by: SortBy,
  { where, edge }: { where: ChargeWhere; edge: Edge<Date | string> },
): Promise<number> {
  const order = edge.order === "asc" ? "desc" : "asc";
  return await store.charge.count({ where: { AND: [where, behind(columns[by], { ...edge, order })] } });
}

export type Sums = Readonly<{
  currency: Currency;
  count: number;
  amount: Money;
  refunded: Money;
  fee: Money;
  net: Money;
}>;

export async function sumCharges(store: Store, where: ChargeWhere): Promise<Sums[]> {
  const rows = await store.charge.groupBy({
    by: ["currency", "exponent"],
    where,
    _count: true,
    _sum: { captured: true, refunded: true, fee: true },
    orderBy: { currency: "asc" },
  });
  return rows.map(({ currency: code, exponent, _count, _sum }) => {
    const currency = { code, exponent };
    const [amount, refunded, fee] = [_sum.captured, _sum.refunded, _sum.fee].map((sum) =>
      Money.of(sum ? units(sum) : 0n, currency),
    ) as [Money, Money, Money]; // safe: three in, three out
    const net = Money.subtract(Money.subtract(amount, refunded), fee);
    return { currency, count: _count, amount, refunded, fee, net };
  });
}

export async function findCharge(store: Store, where: ChargeWhere): Promise<Charge | null> {
  const row = await store.charge.findFirst({ where });
  return row && chargeOf(row);
}

export async function listTimeline(store: Store, chargeId: string): Promise<TimelineEntry[]> {
  const rows = await store.chargeEvent.findMany({
    where: { chargeId },
    orderBy: [{ at: "asc" }, { id: "asc" }],
    take: 1_000,
  });
  return rows.map(({ at, type, detail, durationMs }) => ({
    at,
    type,
    detail: detail as Record<string, unknown>,
    durationMs,
  }));
}

export async function countByDelivery(
  store: Store,
  where: ChargeWhere,
): Promise<ReadonlyMap<string, number>> {
  const rows = await store.charge.groupBy({ by: ["delivery"], where, _count: true });
  return new Map(rows.map(({ delivery, _count }) => [delivery, _count]));
}

export const countCharges = (store: Store, where: ChargeWhere): Promise<number> =>
  store.charge.count({ where });
