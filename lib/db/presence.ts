import { randomInt } from "node:crypto";
import { Client } from "pg";
import { errorText, type Log, log as standardLog } from "@/lib/kit";
import { sql } from "./database";

/** First half of every presence lock; the second half is the process's number. */
const presenceClass = 0x66_62_6f_78; // "fbox"

export type Presence = {
  /** This process's number: rows it works on carry it as `owner`. */
  number: number;
  close(): Promise<void>;
};

/**
 * Marks this process as alive for as long as its connection lives, with a session advisory lock. A row whose
 * `owner` holds no such lock belongs to nobody: `kill -9` frees it at once, and a slow process keeps it.
 *
 * `onLost` is called when the connection breaks: the process then no longer owns what it works on and must stop.
 */
export async function openPresence(
  url: string,
  { onLost, log = standardLog }: { onLost: () => void; log?: Log },
): Promise<Presence> {
  const client = new Client({ connectionString: url, application_name: "farebox presence", keepAlive: true });
  let closing = false;
  client.on("error", (error) => {
    log("error", "database.presence-lost", { error: errorText(error) });
    if (!closing) onLost();
    closing = true;
  });
  await client.connect();
  for (;;) {
    const number = randomInt(1, 0x7fff_ffff);
    const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1, $2) as held", [
      presenceClass,
      number,
    ]);
    if (!rows[0]?.held) continue;
    return {
      number,
      async close() {
        closing = true;
        await client.end();
      },
    };
  }
}

/** The numbers of all processes alive on this database, for `owner = any(…)` and `owner <> all(…)`. */
export const aliveOwners = sql`(
  select coalesce(array_agg(objid::bigint::int), '{}')
  from pg_locks
  where locktype = 'advisory' and granted and classid = ${presenceClass}::int::oid and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())
)::int[]`; // the cast makes it an array to any(), which would read a bare subquery row by row
