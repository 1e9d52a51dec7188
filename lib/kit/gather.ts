type Limits = Readonly<{
  /** How many batches may be under way at once. */
  lanes: number;
  /** The largest batch. */
  most: number;
}>;

type Waiting<T, R> = Readonly<{ item: T; done(result: R): void; fail(error: unknown): void }>;

/**
 * Does together what is asked for at the same time, or while earlier batches are under way: a busy process makes few
 * large batches, an idle one begins at once. `work` answers in the order of its items, and does all of a batch or
 * nothing; when a batch fails, each of its items is tried alone, so that none fails for another's fault.
 */
export function gather<T, R>(
  work: (items: readonly T[]) => Promise<readonly R[]>,
  { lanes, most }: Limits,
): (item: T) => Promise<R> {
  const waiting: Waiting<T, R>[] = [];
  let running = 0;

  const alone = async ({ item, done, fail }: Waiting<T, R>): Promise<void> => {
    try {
      const [result] = await work([item]);
      done(result as R); // safe: work answers once for each item
    } catch (error) {
      fail(error);
    }
  };
  const together = async (batch: readonly Waiting<T, R>[]): Promise<void> => {
    const [only] = batch;
    if (only && batch.length === 1) return await alone(only);
    const results = await work(batch.map(({ item }) => item)).catch(() => null);
    if (results)
      batch.forEach(({ done }, place) => void done(results[place] as R)); // safe: as above
    else await Promise.all(batch.map(alone));
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) await together(waiting.splice(0, most));
    running -= 1;
  };

  return (item) =>
    new Promise((done, fail) => {
      waiting.push({ item, done, fail });
      if (running >= lanes) return;
      running += 1;
      setImmediate(() => void run()); // after everything that this turn of the loop brings in
    });
}
