import { errorText, within } from "@/lib/kit";
import { Money } from "@/lib/money";
import type { Call, Effect, Standing } from "@/lib/rails";
import type { ConnectedRail, Inside } from "../deps";
import type { Charge } from "./charge";

/** What a rail said about a payment, after it was compared with what we asked for. Only `unknown` leaves open whether money moved. */
export type Answer = Readonly<
  | { outcome: "settled"; reference: string; fee: Money; payer?: string }
  | { outcome: "declined" | "invalid" | "conflict"; reason: string; retryAfterMs?: number; problem?: string }
  | { outcome: "unavailable"; reason: string; retryAfterMs?: number }
  | { outcome: "unknown"; reason: string; reference?: string; isPending?: boolean }
  /** It says success, but not ours: another amount, or a reference that must not be shown. The money waits in suspense. */
  | { outcome: "stray"; reason: string; amount: Money }
>;

/** Time limits of a rail's verbs: those that may move money, and those that only read. */
export const effectLimitMs = 20_000;
export const readLimitMs = 5_000;

export type Paid = Readonly<{ charge: Charge; rail: ConnectedRail; proof: unknown }>;

const callOf = (deps: Inside, { charge, rail }: Omit<Paid, "proof">, signal: AbortSignal): Call => ({
  key: charge.effect.key,
  mode: charge.mode,
  signal,
  now: () => deps.clock.now(),
  recipients: [{ id: rail.merchant.slug, role: "seller", amount: charge.requested }],
  challengeId: charge.challengeId,
  currency: charge.requested.currency,
});

const isMoney = (value: unknown): value is Money => {
  const money = value as Money | null | undefined;
  return typeof money?.units === "bigint" && typeof money.currency?.code === "string";
};

const strings = (value: unknown): string[] =>
  typeof value === "string"
    ? [value]
    : value && typeof value === "object"
      ? Object.values(value).flatMap(strings)
      : [];

/** A rail may be anybody's code. What it reports is compared with what was asked before anything is believed. */
function believe(deps: Inside, { charge, proof }: Paid, said: unknown): Answer {
  const answer = (said ?? {}) as Record<string, unknown>;
  const { outcome, reference } = answer;
  const reason = typeof answer.reason === "string" ? answer.reason.slice(0, 200) : "";
  const wait = answer.retryAfterMs;
  const retryAfterMs = typeof wait === "number" && Number.isFinite(wait) ? { retryAfterMs: wait } : {};
  const isNamed = typeof reference === "string" && reference !== "" && reference.length <= 500;
  const named = isNamed ? { reference } : {};
  switch (outcome) {
    case "settled": {
      const { amount, payer, fee } = answer;
      if (!isMoney(amount) || !isNamed) return { outcome: "unknown", reason: "incomplete-answer" };
      if (!Money.equal(amount, charge.requested))
        return { outcome: "stray", reason: "amount-mismatch", amount };
      if (strings(proof).includes(reference))
        return { outcome: "stray", reason: "reference-is-secret", amount };
      return {
        outcome: "settled",
        reference,
        fee: feeOf(deps, charge, fee),
        ...(typeof payer === "string" && payer ? { payer: payer.slice(0, 300) } : {}),
      };
    }
    case "pending":
      return { outcome: "unknown", reason: "pending", isPending: true, ...named };
    case "declined":
    case "invalid":
    case "conflict":
      return {
        outcome,
        reason,
        ...retryAfterMs,
        ...(typeof answer.problem === "string" ? { problem: answer.problem } : {}),
      };
    case "unavailable":
      return { outcome, reason, ...retryAfterMs };
    case "unknown":
      return { outcome, reason, ...named };
    default:
      return { outcome: "unknown", reason: "answer-not-understood" };
  }
}

function feeOf({ log }: Inside, charge: Charge, fee: unknown): Money {
  const zero = Money.zero(charge.requested.currency);
  if (fee === undefined) return zero;
  if (isMoney(fee) && fee.units >= 0n && Money.equal(Money.of(0n, fee.currency), zero)) return fee;
  log("error", "rail.fee-not-understood", { charge: charge.id, rail: charge.rail });
  return zero;
}

/** Takes the money, once per key. A throw or a passed limit is `unknown`, never `declined`. */
export async function capture(deps: Inside, paid: Paid): Promise<Answer> {
  const { charge, rail, proof } = paid;
  const { abilities } = rail;
  if (!abilities.capture) return { outcome: "invalid", reason: "This rail takes no sale." };
  try {
    const said = await within(effectLimitMs, async (signal) => {
      const effect: Effect = { ...callOf(deps, paid, signal), final: true, since: charge.createdAt };
      return await abilities.capture?.(proof, charge.offer, effect);
    });
    return believe(deps, paid, said);
  } catch (error) {
    deps.log("warn", "rail.capture-failed", {
      charge: charge.id,
      rail: charge.rail,
      error: errorText(error),
    });
    return { outcome: "unknown", reason: "no-answer" };
  }
}

/** What stands at the rail under a reference, in its own words. Throws when it does not answer in time. */
export const lookUp = async (
  deps: Inside,
  asked: Omit<Paid, "proof">,
  reference: string,
): Promise<Standing> =>
  await within(readLimitMs, (signal) => asked.rail.abilities.lookup(reference, callOf(deps, asked, signal)));

/**
 * Asks the rail what became of an effect. `absent`: it looked for our key and has nothing under it. `null`: it cannot
 * look, or knows of nothing final. In both cases the call is repeated with its key.
 */
export async function inquire(deps: Inside, paid: Paid): Promise<Answer | "absent" | null> {
  const { charge, rail } = paid;
  const { abilities } = rail;
  if (charge.reference === null && !abilities.find) return null;
  try {
    const standing =
      charge.reference === null
        ? await within(readLimitMs, async (signal) =>
            abilities.find?.(charge.effect.key, callOf(deps, paid, signal)),
          )
        : await lookUp(deps, paid, charge.reference);
    if (standing?.outcome === "absent") return charge.reference === null ? "absent" : null;
    if (standing?.outcome !== "found") return { outcome: "unavailable", reason: "no-answer" };
    if (standing.captured.units > 0n) {
      const { reference, captured: amount, payer, fee } = standing;
      return believe(deps, paid, { outcome: "settled", reference, amount, payer, fee });
    }
    if (["declined", "voided", "expired"].includes(standing.state)) {
      return { outcome: "declined", reason: standing.state };
    }
    return null;
  } catch (error) {
    deps.log("warn", "rail.lookup-failed", { charge: charge.id, rail: charge.rail, error: errorText(error) });
    return { outcome: "unavailable", reason: "no-answer" };
  }
}
