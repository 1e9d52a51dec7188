import { type Store, sql } from "@/lib/db";
import type { Mode } from "../deps";

/** What became of a request to something that is sold. */
export type TrafficOutcome = "challenged" | "refused" | "paid" | "free" | "failed";

export type Visited = Readonly<{ merchantId: string; mode: Mode; endpointId: string }>;

export type TrafficRow = Visited & { outcome: TrafficOutcome; quarter: Date; count: number };

/** Adds counts to their rows, all in one statement; several processes may add to the same row. */
export async function addCounts(store: Store, rows: readonly TrafficRow[]): Promise<void> {
  const pick = <T>(of: (row: TrafficRow) => T): T[] => rows.map(of);
  await store.$executeRaw(sql`
    insert into traffic_count (endpoint_id, merchant_id, mode, outcome, quarter, count)
    select * from unnest(
      ${pick(({ endpointId }) => endpointId)}::text[], ${pick(({ merchantId }) => merchantId)}::text[],
      ${pick(({ mode }) => mode)}::text[], ${pick(({ outcome }) => outcome)}::text[],
      ${pick(({ quarter }) => quarter)}::timestamptz[], ${pick(({ count }) => count)}::bigint[])
    on conflict (endpoint_id, outcome, quarter) do update set count = traffic_count.count + excluded.count`);
}

export type TrafficSum = Readonly<{ endpointId: string; outcome: TrafficOutcome; count: number }>;

export async function sumCounts(
  store: Store,
  { merchantId, mode, from, to }: { merchantId: string; mode: Mode; from: Date; to: Date },
): Promise<TrafficSum[]> {
  const rows = await store.$queryRaw<{ endpoint_id: string; outcome: TrafficOutcome; count: bigint }[]>(sql`
    select endpoint_id, outcome, sum(count)::bigint as count
    from traffic_count
    where merchant_id = ${merchantId} and mode = ${mode} and quarter >= ${from}::timestamptz and quarter < ${to}::timestamptz
    group by 1, 2`);
  return rows.map(({ endpoint_id: endpointId, outcome, count }) => ({
    endpointId,
    outcome,
    count: Number(count),
  }));
}
