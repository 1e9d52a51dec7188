import type { Store } from "@/lib/db";
import type { Edge, Order } from "../paging";
import type { ChannelRow } from "./channel";
import type { ChannelEntry, ChannelFilter, ChannelTabs } from "./list";

type ChannelWhere = NonNullable<NonNullable<Parameters<Store["channel"]["findMany"]>[0]>["where"]>;

/** Closed, and something of its deposit has gone nowhere. */
const owed: ChannelWhere = { status: "closed", refundState: "failed" };

export function channelWhere(filter: ChannelFilter): ChannelWhere {
  const { merchantId, mode, from, to, status, service, rail, payer, q } = filter;
  const text = q?.trim();
  const parts: (ChannelWhere | false | undefined)[] = [
    { merchantId },
    mode && { mode },
    from && { openedAt: { gte: from } },
    to && { openedAt: { lt: to } },
    status && { status: { in: [...status] } },
    service && { serviceSlug: { in: [...service] } },
    rail && { railSlug: { in: [...rail] } },
    payer !== undefined && { payer },
    filter.owed && owed,
    text !== undefined && text !== "" && { OR: [{ id: text }, { payer: text }, { refundReference: text }] },
  ];
  return { AND: parts.filter((part) => typeof part === "object") };
}

type Reading = Readonly<{
  where: ChannelWhere;
  order: Order;
  after: Edge<Date> | null;
  limit: number;
}>;

const beyond = ({ value, id, order }: Edge<Date>): ChannelWhere => {
  const past = order === "asc" ? "gt" : "lt";
  return { OR: [{ openedAt: { [past]: value } }, { openedAt: value, id: { [past]: id } }] };
};

export const listRows = (store: Store, { where, order, after, limit }: Reading): Promise<ChannelRow[]> =>
  store.channel.findMany({
    where: after ? { AND: [where, beyond(after)] } : where,
    orderBy: [{ openedAt: order }, { id: order }],
    take: limit,
  });

export const countBefore = (
  store: Store,
  { where, edge }: { where: ChannelWhere; edge: Edge<Date> },
): Promise<number> => {
  const order: Order = edge.order === "asc" ? "desc" : "asc";
  return store.channel.count({ where: { AND: [where, beyond({ ...edge, order })] } });
};

export async function listTimeline(store: Store, channelId: string): Promise<ChannelEntry[]> {
  const rows = await store.channelEvent.findMany({
    where: { channelId },
    orderBy: { id: "asc" },
    take: 500,
  });
  return rows.map(({ at, type, detail }) => ({ at, type, detail: detail as Record<string, unknown> }));
}

export async function countTabs(
  store: Store,
  where: { merchantId: string; mode?: string },
): Promise<ChannelTabs> {
  const [groups, owedCount] = await Promise.all([
    store.channel.groupBy({ by: ["status"], where, _count: { _all: true } }),
    store.channel.count({ where: { AND: [where, owed] } }),
  ]);
  const of = (status: string) => groups.find((group) => group.status === status)?._count._all ?? 0;
  const [open, closing, closed] = [of("open"), of("closing"), of("closed")];
  return { all: open + closing + closed, open, closing, closed, owed: owedCount };
}
