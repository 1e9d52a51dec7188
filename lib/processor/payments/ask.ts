import { errorText, FailpointReached, failpoint, within } from "@/lib/kit";
import type { Money } from "@/lib/money";
import type { Action, Ask, Effect, Standing } from "@/lib/rails";
import { effectLimitMs, readLimitMs } from "../charges/ask-rail";
import type { ConnectedRail, Inside } from "../deps";
import type { Payment, PaymentOperation } from "./payment";

/** What a rail said about one operation, after it was compared with what we asked for. */
export type Said = Readonly<
  | { outcome: "offered"; offer: Record<string, unknown> }
  | { outcome: "held"; reference: string; amount: Money; payer?: string; expiresAt?: Date }
  | { outcome: "settled"; reference: string; amount: Money; payer?: string; fee?: Money }
  | { outcome: "voided"; reference: string }
  | { outcome: "pending"; reference: string }
  | { outcome: "action"; reference: string; action: Action }
  | { outcome: "declined" | "invalid" | "conflict"; reason: string }
  | { outcome: "unavailable"; reason: string }
  | { outcome: "unknown"; reason: string; reference?: string }
>;

export type Asking = Readonly<{
  payment: Payment;
  operation: PaymentOperation;
  rail: ConnectedRail;
  /** Parsed by the rail's own schema. */
  proof: unknown;
}>;

const noAnswer: Said = { outcome: "unknown", reason: "no-answer" };
const actionKinds = ["redirect", "code", "slip", "wallet"];

const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" && value.length <= 500 ? value : null;

const isMoneyOf = ({ amount }: Payment, value: unknown): value is Money => {
  const money = value as Money | null | undefined;
  return (
    typeof money?.units === "bigint" &&
    money.units >= 0n &&
    money.currency?.code === amount.currency.code &&
    money.currency.exponent === amount.currency.exponent
  );
};

/** A rail may be anybody's code: what it reports is believed only where it is whole and about the amount we asked for. */
function believe({ payment, operation }: Omit<Asking, "rail" | "proof">, said: unknown): Said {
  const answer = (said ?? {}) as Record<string, unknown>;
  const reference = text(answer.reference);
  const reason = text(answer.reason)?.slice(0, 200) ?? String(answer.outcome ?? "");
  switch (answer.outcome) {
    case "held":
    case "settled": {
      const { amount, payer, expiresAt, fee } = answer;
      if (!reference || !isMoneyOf(payment, amount))
        return { outcome: "unknown", reason: "incomplete-answer" };
      if (amount.units !== operation.amount.units)
        return { outcome: "unknown", reason: "amount-mismatch", reference };
      const about = {
        reference,
        amount,
        ...(text(payer) === null ? {} : { payer: String(payer).slice(0, 300) }),
      };
      if (answer.outcome === "settled")
        return { outcome: "settled", ...about, ...(isMoneyOf(payment, fee) ? { fee } : {}) };
      return { outcome: "held", ...about, ...(expiresAt instanceof Date ? { expiresAt } : {}) };
    }
    case "voided":
    case "pending":
      return reference
        ? { outcome: answer.outcome, reference }
        : { outcome: "unknown", reason: "incomplete-answer" };
    case "action": {
      const action = answer.action as Action | undefined;
      return reference && actionKinds.includes(action?.kind ?? "")
        ? { outcome: "action", reference, action: action as Action }
        : { outcome: "unknown", reason: "incomplete-answer" };
    }
    case "declined":
    case "invalid":
    case "conflict":
    case "unavailable":
      return { outcome: answer.outcome, reason };
    case "unknown":
      return { outcome: "unknown", reason, ...(reference ? { reference } : {}) };
    default:
      return { outcome: "unknown", reason: "answer-not-understood" };
  }
}

const callOf = (deps: Inside, { payment, rail }: Pick<Asking, "payment" | "rail">, signal: AbortSignal) => ({
  mode: payment.mode,
  signal,
  now: () => deps.clock.now(),
  recipients: [{ id: rail.merchant.slug, role: "seller" as const, amount: payment.amount }],
});

async function offer(deps: Inside, asking: Asking): Promise<Said> {
  const { payment, operation, rail } = asking;
  const isFirst = Object.keys(payment.offer).length === 0;
  try {
    const said = await within(readLimitMs, async (signal) => {
      const ask: Ask = {
        ...callOf(deps, asking, signal),
        recipients: [{ id: rail.merchant.slug, role: "seller", amount: operation.amount }],
        key: operation.effectKey,
        reference: payment.id,
        ttlSeconds: Math.round((payment.expiresAt.getTime() - payment.createdAt.getTime()) / 1_000),
        ...(payment.description === null ? {} : { description: payment.description }),
        ...(payment.returnUrl === null ? {} : { returnUrl: payment.returnUrl }),
      };
      const { abilities } = rail;
      return isFirst || !abilities.update
        ? await abilities.offer(operation.amount, ask)
        : await abilities.update(payment.offer, operation.amount, ask);
    });
    if ("outcome" in said) {
      const refusal = believe(asking, said);
      return refusal.outcome === "unknown" ? { outcome: "unavailable", reason: refusal.reason } : refusal;
    }
    const parsed = rail.definition.offer.safeParse(said);
    return parsed.success
      ? { outcome: "offered", offer: parsed.data }
      : { outcome: "invalid", reason: "The rail's offer was not understood." };
  } catch (error) {
    deps.log("warn", "rail.offer-failed", { charge: payment.id, rail: rail.slug, error: errorText(error) });
    return { outcome: "unavailable", reason: "no-answer" };
  }
}

/** Has the rail do it, once per key. A throw or a passed limit is `unknown`, never `declined`. */
export async function perform(deps: Inside, asking: Asking): Promise<Said> {
  const { payment, operation, rail, proof } = asking;
  if (operation.kind === "offer") return await offer(deps, asking);
  const { holds, capture } = rail.abilities;
  try {
    await failpoint("before-rail");
    const said = await within(effectLimitMs, async (signal) => {
      const call = { ...callOf(deps, asking, signal), key: operation.effectKey };
      const effect: Effect = { ...call, challengeId: payment.id, final: operation.isFinal };
      const hold = payment.reference ?? "";
      if (operation.kind === "capture") return await holds?.capture(hold, operation.amount, effect);
      if (operation.kind === "void") return await holds?.void(hold, effect);
      return holds
        ? await holds.authorize(proof, payment.offer, effect)
        : await capture?.(proof, payment.offer, effect);
    });
    await failpoint("after-rail");
    return believe(asking, said);
  } catch (error) {
    if (error instanceof FailpointReached) throw error;
    deps.log("warn", "rail.effect-failed", {
      charge: payment.id,
      rail: rail.slug,
      kind: operation.kind,
      error: errorText(error),
    });
    return noAnswer;
  }
}

/** The network's whole truth about a reference, or about our key. */
export async function look(
  deps: Inside,
  { payment, rail }: Pick<Asking, "payment" | "rail">,
  by: { reference: string } | { key: string },
): Promise<Standing> {
  try {
    const standing = await within(readLimitMs, async (signal) => {
      const call = { ...callOf(deps, { payment, rail }, signal), key: payment.effect.key };
      return "reference" in by
        ? await rail.abilities.lookup(by.reference, call)
        : await rail.abilities.find?.(by.key, call);
    });
    if (standing?.outcome === "absent") return standing;
    const isWhole =
      standing?.outcome === "found" &&
      [standing.held, standing.captured, standing.refunded].every((money) => isMoneyOf(payment, money));
    return isWhole && standing ? standing : { outcome: "unavailable", reason: "no-answer" };
  } catch (error) {
    deps.log("warn", "rail.lookup-failed", { charge: payment.id, rail: rail.slug, error: errorText(error) });
    return { outcome: "unavailable", reason: "no-answer" };
  }
}

type Known = Said | "nothing" | "not-yet";

/** What became of an operation, from the totals: a charge has one unfinished effect, so that they decide it. */
function readStanding({ payment, operation }: Asking, standing: Standing): Known {
  if (standing.outcome === "absent") return "nothing";
  if (standing.outcome === "unavailable") return { outcome: "unavailable", reason: standing.reason };
  const { reference, captured, held, state, payer } = standing;
  const about = { reference, ...(payer ? { payer } : {}) };
  if (operation.kind === "authorize") {
    if (captured.units > 0n)
      return believe({ payment, operation }, { outcome: "settled", amount: captured, ...about });
    if (state === "held") return believe({ payment, operation }, { outcome: "held", amount: held, ...about });
    return state === "waiting" ? { outcome: "pending", reference } : { outcome: "declined", reason: state };
  }
  const taken = captured.units - payment.captured.units;
  if (operation.kind === "capture") {
    if (taken === operation.amount.units) return { outcome: "settled", amount: operation.amount, ...about };
    if (taken !== 0n) return { outcome: "unknown", reason: "amount-mismatch" };
    return state === "voided" || state === "expired" ? { outcome: "conflict", reason: state } : "not-yet";
  }
  if (taken !== 0n) return { outcome: "unknown", reason: "amount-mismatch" };
  return held.units === 0n && state !== "held" && state !== "waiting"
    ? { outcome: "voided", reference }
    : "not-yet";
}

/**
 * Finds out what became of an operation whose answer nobody has: by look-up, else by our key, else by the same call
 * with the same key (contracts/rail.md §2). `isRepeat` is false where the rail has nothing under our key.
 */
export async function performAgain(
  deps: Inside,
  asking: Asking,
): Promise<Readonly<{ said: Said; isRepeat: boolean }>> {
  const { payment, operation, rail } = asking;
  if (operation.kind === "offer") return { said: await perform(deps, asking), isRepeat: false };
  await failpoint("in-recovery");
  const byReference = payment.reference !== null;
  if (byReference || rail.abilities.find) {
    const by = byReference ? { reference: payment.reference } : { key: operation.effectKey };
    const known = readStanding(asking, await look(deps, asking, by));
    if (typeof known === "object") return { said: known, isRepeat: true };
    if (known === "nothing" && !byReference) return { said: await perform(deps, asking), isRepeat: false };
  }
  if (operation.kind === "authorize" && asking.proof === null)
    return { said: { outcome: "unavailable", reason: "proof-not-kept" }, isRepeat: true };
  return { said: await perform(deps, asking), isRepeat: true };
}
