import { errorText, type Log } from "@/lib/kit";

/** Something to do again and again: answers how much it did. */
export type Chore = Readonly<{ kind: string; everyMs: number; run(): Promise<number> }>;

export type Worker = Readonly<{ start(): void; stop(): Promise<void> }>;

/**
 * A fifth more or less each time: chores of one interval would else do their turns at the same instant for ever, and
 * whoever pays just then would wait for all of them.
 */
const around = (ms: number, random: () => number): number => Math.round(ms * (0.8 + 0.4 * random()));

/**
 * Does each chore at start and then at about its interval, one turn at a time. A chore that did something is asked again
 * at once; one that fails is told in the log and has its next turn.
 */
export function createWorker(chores: readonly Chore[], log: Log, random = Math.random): Worker {
  const timers = new Map<Chore, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let stopped = true;

  const turn = async (chore: Chore): Promise<void> => {
    let did = 0;
    try {
      did = await chore.run();
    } catch (error) {
      log("error", "worker.chore-failed", { kind: chore.kind, error: errorText(error) });
    }
    if (!stopped) plan(chore, did > 0 ? 0 : around(chore.everyMs, random));
  };

  const plan = (chore: Chore, delayMs: number): void => {
    const timer = setTimeout(() => {
      const work = turn(chore).finally(() => running.delete(work));
      running.add(work);
    }, delayMs);
    timers.set(chore, timer);
  };

  return {
    start() {
      stopped = false;
      for (const chore of chores) plan(chore, 0);
    },
    async stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
