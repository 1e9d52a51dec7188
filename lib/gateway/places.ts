type Waiter = { settle(hasPlace: boolean): void };

export type PlaceTerms = Readonly<{
  /** Calls under way at once; `null` is as many as come. */
  max: number | null;
  /** How long to wait for somebody to leave. */
  queueMs: number;
  /** The wait is over when the caller goes away. */
  signal: AbortSignal;
}>;

/** Places for calls under way. Who finds none waits in turn, for a written time, and never behind more than there are places. */
export function createPlaces() {
  const waiting = new Set<Waiter>();
  let inFlight = 0;
  let limit = Number.POSITIVE_INFINITY;

  const letIn = (): void => {
    for (const waiter of waiting) {
      if (inFlight >= limit) return;
      inFlight += 1;
      waiter.settle(true);
    }
  };

  const wait = ({ queueMs, signal }: PlaceTerms): Promise<boolean> =>
    new Promise((resolve) => {
      const giveUp = () => waiter.settle(false);
      const timer = setTimeout(giveUp, queueMs);
      const waiter: Waiter = {
        settle(hasPlace) {
          waiting.delete(waiter);
          clearTimeout(timer);
          signal.removeEventListener("abort", giveUp);
          resolve(hasPlace);
        },
      };
      waiting.add(waiter);
      signal.addEventListener("abort", giveUp);
    });

  return {
    /** True when the caller has a place now, which it leaves once. */
    async take(terms: PlaceTerms): Promise<boolean> {
      limit = terms.max ?? Number.POSITIVE_INFINITY;
      if (inFlight < limit && waiting.size === 0) {
        inFlight += 1;
        return true;
      }
      if (terms.queueMs === 0 || waiting.size >= limit || terms.signal.aborted) return false;
      const waited = wait(terms);
      letIn(); // the limit may have been raised meanwhile
      return await waited;
    },
    leave(): void {
      inFlight -= 1;
      letIn();
    },
    inFlight: () => inFlight,
    waiting: () => waiting.size,
  };
}
