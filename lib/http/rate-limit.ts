import type { Clock } from "@/lib/kit";
import { Problem } from "@/lib/problems";

const quotaUsual = 600;
const windowSeconds = 60;
const subjectsMax = 20_000;

type Window = { startedAt: number; used: number };

export type RateLimit = Readonly<{
  /** Counts one call; throws when the quota of this minute is used up. Answers the headers that say what is left. */
  take(subject: string): Record<string, string>;
}>;

/** `product.md` 10: 600 calls a minute per caller unless fewer are given, counted in this process's memory. */
export function createRateLimit(clock: Clock, quota = quotaUsual): RateLimit {
  const windows = new Map<string, Window>();

  const windowOf = (subject: string, now: number): Window => {
    const found = windows.get(subject);
    if (found && now - found.startedAt < windowSeconds * 1_000) return found;
    windows.delete(subject); // a new window goes to the end: the map stays in order of age
    const window = { startedAt: now, used: 0 };
    windows.set(subject, window);
    if (windows.size > subjectsMax) {
      const [oldest] = windows.keys();
      if (oldest !== undefined) windows.delete(oldest);
    }
    return window;
  };

  return {
    take(subject) {
      const now = clock.now().getTime();
      const window = windowOf(subject, now);
      const rest = Math.max(1, Math.ceil(windowSeconds - (now - window.startedAt) / 1_000));
      const left = quota - window.used;
      const headers = {
        "ratelimit-policy": `"default";q=${quota};w=${windowSeconds}`,
        ratelimit: `"default";r=${Math.max(0, left - 1)};t=${rest}`,
      };
      if (left <= 0) throw new Problem("rate-limited", undefined, { retryAfter: rest, headers });
      window.used += 1;
      return headers;
    },
  };
}
