import type { Inside, Mode } from "../deps";
import type { TrafficOutcome, Visited } from "./store";
import * as store from "./store";

const quarterMs = 15 * 60_000;
const quarterOf = (at: Date): number => at.getTime() - (at.getTime() % quarterMs);

/**
 * Counts requests in memory and writes one row per endpoint, outcome and quarter of an hour, once the quarter is over:
 * unpaid traffic writes nothing while it lasts (`decisions.md` 8). A process that is killed loses its running quarter;
 * one that stops writes it first.
 */
export function createTraffic({ database, clock }: Pick<Inside, "database" | "clock">) {
  const counts = new Map<string, store.TrafficRow>();

  /** Writes what is over, or everything. What could not be written is kept for the next turn. */
  const write = async (isDue: (row: store.TrafficRow) => boolean): Promise<number> => {
    const due = [...counts].filter(([, row]) => isDue(row));
    if (due.length === 0) return 0;
    const rows = due.map(([, row]) => ({ ...row }));
    await store.addCounts(database.client, rows);
    for (const [place, [key, row]] of due.entries()) {
      row.count -= rows[place]?.count ?? 0; // requests that came while it was being written stay
      if (row.count === 0) counts.delete(key);
    }
    return due.length;
  };

  return {
    count(visited: Visited, outcome: TrafficOutcome): void {
      const quarter = quarterOf(clock.now());
      const key = `${visited.endpointId}/${outcome}/${quarter}`;
      const row = counts.get(key);
      if (row) row.count += 1;
      else counts.set(key, { ...visited, outcome, quarter: new Date(quarter), count: 1 });
    },
    /** Writes the quarters that are over. */
    async fold(): Promise<number> {
      const running = quarterOf(clock.now());
      await write(({ quarter }) => quarter.getTime() < running);
      return 0; // nothing more is due before the next quarter
    },
    /** Writes everything, also of the running quarter: the process stops. */
    async flush(): Promise<void> {
      await write(() => true);
    },
  };
}

export type Traffic = ReturnType<typeof createTraffic>;

type TrafficRequest = Readonly<{ merchantId: string; mode: Mode; from: Date; to: Date }>;

/** Requests by outcome in whole quarters of an hour of `[from, to)`; of all endpoints together, and of each. */
export async function readTraffic({ database }: Inside, request: TrafficRequest) {
  const rows = await store.sumCounts(database.client, request);
  const total = (outcome: TrafficOutcome): number =>
    rows.reduce((sum, row) => sum + (row.outcome === outcome ? row.count : 0), 0);
  return {
    challenged: total("challenged"),
    refused: total("refused"),
    paid: total("paid"),
    free: total("free"),
    failed: total("failed"),
    byEndpoint: rows,
  };
}
