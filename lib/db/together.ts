import { gather } from "@/lib/kit";
import type { Database } from "./database";

/** Two at a time: one computes while the other waits for the disk. More would only make each of them smaller. */
const batches = { lanes: 2, most: 64 } as const;

/**
 * A write that is one statement for all who ask for it at the same time: one round trip and one commit instead of many.
 * `write` answers in the order of its items; when it fails, each item is written alone.
 */
export function together<T, R>(
  write: (database: Pick<Database, "ask">, items: readonly T[]) => Promise<readonly R[]>,
): (database: Pick<Database, "ask">, item: T) => Promise<R> {
  const writers = new WeakMap<object, (item: T) => Promise<R>>();
  return (database, item) => {
    const known = writers.get(database);
    if (known) return known(item);
    const writer = gather((items: readonly T[]) => write(database, items), batches);
    writers.set(database, writer);
    return writer(item);
  };
}
