import { Problem } from "@/lib/problems";

/** Runs at most `runningMax` pieces of work at once and lets `waitingMax` wait; whoever comes after that is sent away. */
export function createTurns({ runningMax, waitingMax }: { runningMax: number; waitingMax: number }) {
  let running = 0;
  const waiting: (() => void)[] = [];

  return async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running < runningMax) running += 1;
    else if (waiting.length < waitingMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else {
      const detail = "Too many people are signing in at once. Try again in a moment.";
      throw new Problem("unavailable", detail, { retryAfter: 5 });
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift(); // takes over the place, so that nobody slips in between
      if (next) next();
      else running -= 1;
    }
  };
}
