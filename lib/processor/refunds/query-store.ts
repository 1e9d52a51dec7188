import { type Store, sql } from "@/lib/db";
import { type Charge, chargeOf } from "../charges/charge";
import type { Mode } from "../deps";
import { type Refund, type RefundRow, refundOf } from "./refund";

async function withCharges(store: Store, rows: readonly RefundRow[]): Promise<Refund[]> {
  const charges = await store.charge.findMany({
    where: { id: { in: rows.map(({ chargeId }) => chargeId) } },
    select: { id: true, receiptId: true, railSlug: true },
  });
  const byId = new Map(charges.map((charge) => [charge.id, charge]));
  return rows.flatMap((row) => {
    const charge = byId.get(row.chargeId);
    return charge ? [refundOf(row, charge)] : [];
  });
}

export type RefundWhere = NonNullable<NonNullable<Parameters<Store["refund"]["findMany"]>[0]>["where"]>;

export async function findRefund(store: Store, where: RefundWhere): Promise<Refund | null> {
  const row = await store.refund.findFirst({ where });
  return row && ((await withCharges(store, [row]))[0] ?? null);
}

export async function findByRequest(store: Store, merchantId: string, requestKey: string) {
  const row = await store.refund.findFirst({ where: { merchantId, requestKey } });
  if (!row) return null;
  const [refund] = await withCharges(store, [row]);
  return refund ? { refund, hash: row.requestHash } : null;
}

type Listing = Readonly<{ where: RefundWhere; order: "asc" | "desc"; limit: number }>;

export async function listRefunds(store: Store, { where, order, limit }: Listing): Promise<Refund[]> {
  const rows = await store.refund.findMany({
    where,
    orderBy: [{ createdAt: order }, { id: order }],
    take: limit,
  });
  return await withCharges(store, rows);
}

export const countRefunds = (store: Store, where: RefundWhere): Promise<number> =>
  store.refund.count({ where });

export async function countByState(store: Store, where: RefundWhere): Promise<ReadonlyMap<string, number>> {
  const rows = await store.refund.groupBy({ by: ["state"], where, _count: true });
  return new Map(rows.map(({ state, _count }) => [state, _count]));
}

/** Open refunds that no job looks after. */
export async function listUnqueued(store: Store): Promise<{ id: string }[]> {
  return await store.$queryRaw<{ id: string }[]>(sql`
    select id from refund
    where state in ('requested', 'submitted') and not exists (select 1 from job where job.key = 'refund.submit:' || refund.id)
    order by created_at
    limit 200`);
}

type Named = Readonly<{ merchantId: string; mode?: Mode; receiptId: string }>;

/** The charge that a receipt stands for. */
export async function findReceipted(
  store: Store,
  { merchantId, mode, receiptId }: Named,
): Promise<Charge | null> {
  const row = await store.charge.findFirst({ where: { receiptId, merchantId, ...(mode ? { mode } : {}) } });
  return row && chargeOf(row);
}

/** What the rail called the money that goes back. */
export async function referenceOf(store: Store, { chargeId }: Refund): Promise<string> {
  const { reference } = await store.charge.findUniqueOrThrow({
    where: { id: chargeId },
    select: { reference: true },
  });
  return reference ?? "";
}
