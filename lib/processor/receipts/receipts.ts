import { Problem } from "@/lib/problems";
import type { Inside, Mode } from "../deps";
import { listOf as listDisputes } from "../disputes/store";
import { type Page, type PageRequest, readPage, times } from "../paging";
import * as refunds from "../refunds/query-store";
import { type ReceiptFilter, receiptWhere } from "./filter";
import { type Receipt, type ReceiptDetail, receiptOf } from "./receipt";
import * as store from "./store";

export type Named = Readonly<{ merchantId: string; mode?: Mode; id: string }>;

const whereOf = ({ database }: Inside, filter: ReceiptFilter) =>
  receiptWhere(database.client.charge.fields, filter);

const exactly = {
  parse: (text: string) => (/^\d{1,78}$/.test(text) ? text : null),
  print: (text: string) => text,
};

/** One page of receipts, newest first unless the request says otherwise. */
export async function listReceipts(
  deps: Inside,
  filter: ReceiptFilter,
  request: PageRequest = {},
): Promise<Page<Receipt>> {
  const { client } = deps.database;
  const where = whereOf(deps, filter);
  const idOf = ({ chargeId }: Receipt) => chargeId;
  if (request.sort === "amount" || request.sort === "-amount") {
    return await readPage<Receipt, string>(request, {
      ...exactly,
      idOf,
      valueOf: ({ amount }) => amount.units.toString(),
      fetch: async (ask) => (await store.listCharges(client, "amount", { where, ...ask })).map(receiptOf),
      countBefore: (edge) => store.countBefore(client, "amount", { where, edge }),
    });
  }
  return await readPage<Receipt, Date>(request, {
    ...times,
    idOf,
    valueOf: ({ createdAt }) => createdAt,
    fetch: async (ask) => (await store.listCharges(client, "time", { where, ...ask })).map(receiptOf),
    countBefore: (edge) => store.countBefore(client, "time", { where, edge }),
  });
}

export type Summary = Readonly<{ count: number; sums: readonly store.Sums[] }>;

/** Count and sums per currency over everything that matches. Currencies are never added together. */
export async function summarizeReceipts(deps: Inside, filter: ReceiptFilter): Promise<Summary> {
  const sums = await store.sumCharges(deps.database.client, whereOf(deps, filter));
  return { sums, count: sums.reduce((total, { count }) => total + count, 0) };
}

export type ReceiptTabs = Readonly<
  Record<"all" | "delivered" | "undelivered" | "refunded" | "disputed", number>
>;

/** The counts of the list's tabs, under its other filters. */
export async function countReceiptTabs(deps: Inside, filter: ReceiptFilter): Promise<ReceiptTabs> {
  const { status: _, delivery: __, ...rest } = filter;
  const { client } = deps.database;
  const [byDelivery, refunded, disputed] = await Promise.all([
    store.countByDelivery(client, whereOf(deps, rest)),
    store.countCharges(client, whereOf(deps, { ...rest, status: ["partially_refunded", "refunded"] })),
    store.countCharges(client, whereOf(deps, { ...rest, status: ["disputed"] })),
  ]);
  let all = 0;
  for (const count of byDelivery.values()) all += count;
  return {
    all,
    delivered: byDelivery.get("delivered") ?? 0,
    undelivered: byDelivery.get("undelivered") ?? 0,
    refunded,
    disputed,
  };
}

export async function findReceipt(deps: Inside, { merchantId, mode, id }: Named): Promise<Receipt | null> {
  const charge = await store.findCharge(deps.database.client, {
    receiptId: id,
    merchantId,
    ...(mode ? { mode } : {}),
  });
  return charge && receiptOf(charge);
}

/** One receipt with everything that happened to it. */
export async function getReceipt(deps: Inside, named: Named): Promise<ReceiptDetail> {
  const { client } = deps.database;
  const receipt = await findReceipt(deps, named);
  if (!receipt) throw new Problem("not-found", "There is no such receipt.");
  const [timeline, returned, postings, disputes] = await Promise.all([
    store.listTimeline(client, receipt.chargeId),
    refunds.listRefunds(client, { where: { chargeId: receipt.chargeId }, order: "asc", limit: 1_000 }),
    deps.ledger.postingsOf(receipt.chargeId),
    listDisputes(client, receipt.chargeId),
  ]);
  return { ...receipt, timeline, refunds: returned, postings, disputes };
}

const batch = 1_000;

/** All matching receipts, oldest first, in batches: memory stays flat however many there are. */
export async function* streamReceipts(
  deps: Inside,
  filter: ReceiptFilter,
): AsyncGenerator<readonly Receipt[]> {
  const where = whereOf(deps, filter);
  let after: { value: Date; id: string; order: "asc" } | null = null;
  for (;;) {
    const charges = await store.listCharges(deps.database.client, "time", {
      where,
      order: "asc",
      after,
      limit: batch,
    });
    if (charges.length > 0) yield charges.map(receiptOf);
    const last = charges.at(-1);
    if (charges.length < batch || !last?.capturedAt) return;
    after = { value: last.capturedAt, id: last.id, order: "asc" };
  }
}
