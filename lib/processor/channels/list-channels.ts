import type { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Inside, Mode } from "../deps";
import { type Page, type PageRequest, readPage, times } from "../paging";
import { type Channel, type ChannelRow, channelOf } from "./channel";
import type { ChannelEntry, ChannelFilter, ChannelTabs } from "./list";
import * as store from "./list-store";
import { findChannel } from "./query-store";
import { type ChannelSums, sumOpen } from "./sums-store";

/** Channels, newest first. */
export async function listChannels(
  { database }: Inside,
  filter: ChannelFilter,
  request: PageRequest = {},
): Promise<Page<Channel>> {
  const { client } = database;
  const where = store.channelWhere(filter);
  const page = await readPage<ChannelRow, Date>(request, {
    ...times,
    idOf: ({ id }) => id,
    valueOf: ({ openedAt }) => openedAt,
    fetch: (ask) => store.listRows(client, { where, ...ask }),
    countBefore: (edge) => store.countBefore(client, { where, edge }),
  });
  return { ...page, data: page.data.map(channelOf) };
}

export type ChannelDetail = Channel &
  Readonly<{
    timeline: readonly ChannelEntry[];
    postings: readonly Readonly<{ key: string; reason: string; at: Date; account: string; amount: Money }>[];
  }>;

export async function getChannel(
  deps: Inside,
  { merchantId, mode, id }: { merchantId: string; mode?: Mode; id: string },
): Promise<ChannelDetail> {
  const { client } = deps.database;
  const row = await findChannel(client, id);
  if (row?.merchantId !== merchantId || (mode && row.mode !== mode)) {
    throw new Problem("not-found", "There is no such channel.");
  }
  const [timeline, postings] = await Promise.all([
    store.listTimeline(client, id),
    deps.ledger.postingsOfChannel(id),
  ]);
  return { ...channelOf(row), timeline, postings };
}

export type ChannelSummary = Readonly<{ sums: readonly ChannelSums[]; tabs: ChannelTabs }>;

/** What is in channels now, per currency, and how many there are of each status. */
export async function summarizeChannels(
  { database }: Inside,
  { merchantId, mode }: { merchantId: string; mode?: Mode },
): Promise<ChannelSummary> {
  const [rows, counts] = await Promise.all([
    sumOpen(database.client, { merchantId, mode }),
    store.countTabs(database.client, { merchantId, ...(mode ? { mode } : {}) }),
  ]);
  return { sums: rows, tabs: counts };
}
