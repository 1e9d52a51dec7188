import type { Clock } from "@/lib/kit";

export type BreakerTerms = Readonly<{
  /** So many failures in a row, all within the window, open it. */
  failures: number;
  windowSeconds: number;
  /** How long nothing is let through after that. */
  openSeconds: number;
}>;

/** A failure is told in this many characters at most. */
const wordsMax = 200;

/**
 * What is known of one upstream, from its last calls.
 *
 *     closed ──failures──► open ──time──► half open ──success──► closed
 *                            ▲                └──────failure────────┐
 *                            └──────────────────────────────────────┘
 *
 * Half open, one call at a time is let through to try.
 */
export function createBreaker(clock: Clock) {
  let streak: number[] = [];
  let failures = 0;
  let openUntil: number | null = null;
  let isProbing = false;
  let lastSuccessAt: Date | null = null;
  let lastFailureAt: Date | null = null;
  let lastFailure: string | null = null;

  const now = () => clock.now().getTime();

  return {
    /** Milliseconds until something may be let through again; `null` when it may now. */
    closedForMs(terms: BreakerTerms | null): number | null {
      if (terms === null || openUntil === null) return null;
      return openUntil > now() ? openUntil - now() : null;
    },
    /** Lets a call through, or says for how many milliseconds none is. A probe must be ended. */
    admit(terms: BreakerTerms | null): { isProbe: boolean } | { closedForMs: number } {
      if (terms === null || openUntil === null) return { isProbe: false };
      const left = openUntil - now();
      if (left > 0) return { closedForMs: left };
      if (isProbing) return { closedForMs: 1_000 };
      isProbing = true;
      return { isProbe: true };
    },
    endProbe(): void {
      isProbing = false;
    },
    succeeded(): void {
      streak = [];
      failures = 0;
      openUntil = null;
      lastSuccessAt = clock.now();
    },
    failed(why: string, terms: BreakerTerms | null): void {
      lastFailureAt = clock.now();
      lastFailure = why.slice(0, wordsMax);
      failures += 1;
      if (terms === null) return;
      streak = [...streak, now()].slice(-terms.failures);
      const [first = 0] = streak;
      const isStreak = streak.length >= terms.failures && now() - first <= terms.windowSeconds * 1_000;
      const isTriedInVain = openUntil !== null && openUntil <= now();
      if (isTriedInVain || (openUntil === null && isStreak)) openUntil = now() + terms.openSeconds * 1_000;
    },
    facts: () => ({
      failures,
      isProbing,
      lastSuccessAt,
      lastFailureAt,
      lastFailure,
      openUntil: openUntil === null ? null : new Date(openUntil),
    }),
  };
}
