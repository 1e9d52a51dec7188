import { errorText, within } from "@/lib/kit";
import type { Money } from "@/lib/money";
import { railSlug, type Slug } from "@/lib/problems";
import type { Effect, Refused, Sessions } from "@/lib/rails";
import { effectLimitMs } from "../charges/ask-rail";
import type { ConnectedRail, Inside } from "../deps";

/** What a rail refused, as the runtime acts on it. */
export type No = Readonly<
  | { outcome: "refused"; slug: Slug; reason: string; retryAfterMs?: number }
  | { outcome: "unavailable"; reason: string; retryAfterMs: number }
  | { outcome: "unknown"; reason: string; retryAfterMs: number }
>;

export const retryUnavailableMs = 1_000;
export const retryUnknownMs = 5_000;

const generic: Record<"declined" | "invalid" | "conflict", Slug> = {
  declined: "verification-failed",
  invalid: "verification-failed",
  conflict: "invalid-challenge",
};

export function noOf(said: Refused): No {
  const reason = String(said.reason).slice(0, 200);
  switch (said.outcome) {
    case "unavailable":
      return { outcome: "unavailable", reason, retryAfterMs: said.retryAfterMs ?? retryUnavailableMs };
    case "unknown":
      return { outcome: "unknown", reason, retryAfterMs: retryUnknownMs };
    default: {
      const slug = railSlug(said.problem, generic[said.outcome] ?? "verification-failed");
      const wait = said.retryAfterMs === undefined ? {} : { retryAfterMs: said.retryAfterMs };
      return { outcome: "refused", slug, reason, ...wait };
    }
  }
}

const fallbacks = {
  malformed: "invalid-payload",
  unknownChallenge: "invalid-challenge",
  wrongProof: "verification-failed",
  expired: "payment-expired",
  notFound: "invalid-challenge",
  closed: "invalid-challenge",
  insufficient: "payment-insufficient",
} as const;

/** The problem for what the runtime finds out by itself, in the method's own words where it has some. */
export const problemOf = (sessions: Sessions, what: keyof typeof fallbacks): Slug =>
  railSlug(sessions.words.problems?.[what], fallbacks[what]);

export const refusal = (sessions: Sessions, what: keyof typeof fallbacks): No => ({
  outcome: "refused",
  slug: problemOf(sessions, what),
  reason: what,
});

type Told = Readonly<{ key: string; rail: ConnectedRail; amount: Money; limitMs?: number }> &
  Pick<Effect, "challengeId" | "offer">;

/** Has a rail do something, within its time. A throw or a passed limit is `unknown`: money may have moved. */
export async function ask<T>(
  deps: Inside,
  { key, rail, amount, limitMs = effectLimitMs, ...more }: Told,
  act: (effect: Effect) => Promise<T>,
): Promise<T | Extract<Refused, { outcome: "unknown" }>> {
  try {
    return await within(limitMs, (signal) =>
      act({
        key,
        mode: rail.mode,
        signal,
        now: () => deps.clock.now(),
        recipients: [{ id: rail.merchant.slug, role: "seller", amount }],
        ...more,
      }),
    );
  } catch (error) {
    deps.log("warn", "rail.session-failed", { rail: rail.slug, reason: key, error: errorText(error) });
    return { outcome: "unknown", reason: "no-answer" };
  }
}

/** Are these amounts of this currency, and none below zero? A rail may be anybody's code. */
export const areMoney = (like: Money, ...amounts: readonly unknown[]): boolean =>
  amounts.every((value) => {
    const money = value as Money | null | undefined;
    return (
      typeof money?.units === "bigint" &&
      money.units >= 0n &&
      money.currency?.code === like.currency.code &&
      money.currency.exponent === like.currency.exponent
    );
  });
