import { Problem } from "@/lib/problems";
import type { Inside, Mode } from "../deps";
import { type Edge, type Page, type PageRequest, readPage, times } from "../paging";
import * as store from "./query-store";
import { type Refund, refundStatuses } from "./refund";

export type RefundFilter = Readonly<{
  merchantId: string;
  mode?: Mode;
  status?: readonly string[];
  receiptId?: string;
  /** Of the request for it; half open. */
  from?: Date;
  to?: Date;
  /** A refund, receipt or charge id, or the rail's reference; whole. */
  q?: string;
}>;

async function whereOf(deps: Inside, filter: RefundFilter): Promise<store.RefundWhere> {
  const { merchantId, mode, status, receiptId, from, to } = filter;
  const q = filter.q?.trim();
  const idsOf = async (receipt: string) => {
    const charge = await store.findReceipted(deps.database.client, { merchantId, receiptId: receipt });
    return charge ? [charge.id] : [];
  };
  const parts: (store.RefundWhere | undefined | false | "")[] = [
    { merchantId },
    mode && { mode },
    status && { state: { in: [...status] } },
    receiptId !== undefined && { chargeId: { in: await idsOf(receiptId) } },
    from && { createdAt: { gte: from } },
    to && { createdAt: { lt: to } },
    q && {
      OR: [{ id: q }, { chargeId: q }, { reference: q }, { chargeId: { in: await idsOf(q) } }],
    },
  ];
  return { AND: parts.filter((part) => typeof part === "object") };
}

function behind({ value, id, order }: Edge<Date>): store.RefundWhere {
  const beyond = order === "asc" ? { gt: value } : { lt: value };
  const next = order === "asc" ? { gt: id } : { lt: id };
  return { OR: [{ createdAt: beyond }, { createdAt: value, id: next }] };
}

export async function listRefunds(
  deps: Inside,
  filter: RefundFilter,
  { sort: _, ...request }: PageRequest = {},
): Promise<Page<Refund>> {
  const { client } = deps.database;
  const where = await whereOf(deps, filter);
  return await readPage<Refund, Date>(request, {
    ...times,
    idOf: ({ id }) => id,
    valueOf: ({ createdAt }) => createdAt,
    fetch: ({ order, after, limit }) =>
      store.listRefunds(client, { where: after ? { AND: [where, behind(after)] } : where, order, limit }),
    countBefore: (edge) =>
      store.countRefunds(client, {
        AND: [where, behind({ ...edge, order: edge.order === "asc" ? "desc" : "asc" })],
      }),
  });
}

export type RefundTabs = Readonly<Record<"all" | Refund["status"], number>>;

export async function countRefundTabs(deps: Inside, filter: RefundFilter): Promise<RefundTabs> {
  const { status: _, ...rest } = filter;
  const counts = await store.countByState(deps.database.client, await whereOf(deps, rest));
  const of = (state: string) => counts.get(state) ?? 0;
  return {
    all: refundStatuses.reduce((total, state) => total + of(state), 0),
    requested: of("requested"),
    submitted: of("submitted"),
    settled: of("settled"),
    failed: of("failed"),
  };
}

export async function getRefund(
  { database }: Inside,
  { merchantId, mode, id }: { merchantId: string; mode?: Mode; id: string },
): Promise<Refund> {
  const refund = await store.findRefund(database.client, { id, merchantId, ...(mode ? { mode } : {}) });
  if (!refund) throw new Problem("not-found", "There is no such refund.");
  return refund;
}
