import { type Store, sql, units } from "@/lib/db";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Inside, Mode } from "../deps";
import { type Page, type PageRequest, readPage, times } from "../paging";
import { type Channel, type ChannelRow, channelOf } from "./channel";
import type { ChannelEntry, ChannelFilter, ChannelTabs } from "./list";
import * as store from "./list-store";

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
  const row = await client.channel.findUnique({ where: { id } });
  if (row?.merchantId !== merchantId || (mode && row.mode !== mode)) {
    throw new Problem("not-found", "There is no such channel.");
  }
  const [timeline, postings] = await Promise.all([
    store.listTimeline(client, id),
    deps.ledger.postingsOfChannel(id),
  ]);
  return { ...channelOf(row), timeline, postings };
}

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

type Decimal = { toFixed(): string };
type SumRow = { currency: string; exponent: number; count: bigint } & Record<
  "deposits" | "accepted" | "spent" | "settled" | "at_risk" | "owed",
  Decimal
>;

async function sumOpen(
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
