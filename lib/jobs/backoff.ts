const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const firstDelays = [1, 2, 5, 10, 30].map((seconds) => seconds * second);
const sums = firstDelays.reduce((total, delay) => total + delay, 0);

/**
 * When an unfinished effect is asked about again: after 1, 2, 5, 10, 30 s, then each minute to 1 h, each 15 min to
 * 24 h, hourly to 7 days (contracts/rail.md §2). `null` after that: it is put before a person. `attempt` counts from 1.
 */
export function delayMsAfter(attempt: number): number | null {
  const early = firstDelays[attempt - 1];
  if (early !== undefined) return early;
  let left = attempt - firstDelays.length;
  let elapsed = sums;
  for (const [step, until] of [
    [minute, hour],
    [15 * minute, 24 * hour],
    [hour, 7 * 24 * hour],
  ] as const) {
    const steps = Math.ceil((until - elapsed) / step);
    if (left <= steps) return step;
    left -= steps;
    elapsed += steps * step;
  }
  return null;
}
