import { expect, test } from "vitest";
import { delayMsAfter } from "./backoff";

test("an unfinished effect is asked about quickly first, for seven days, and then no more", () => {
  const delays: number[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const delay = delayMsAfter(attempt);
    if (delay === null) break;
    delays.push(delay);
  }
  expect(delays.slice(0, 6)).toEqual([1_000, 2_000, 5_000, 10_000, 30_000, 60_000]);
  expect([...new Set(delays)].slice(5)).toEqual([60_000, 900_000, 3_600_000]);
  const total = delays.reduce((sum, delay) => sum + delay, 0);
  const week = 7 * 24 * 3_600_000;
  expect(total).toBeGreaterThanOrEqual(week);
  expect(total).toBeLessThan(week + 3_600_000);
});
