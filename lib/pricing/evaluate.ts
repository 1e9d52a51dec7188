import type { Price } from "@/lib/money";
import { type Moment, plainlyHolds, type Verdict, type Volume, volumeHolds } from "./conditions";
import { type Counter, countersOfUses, nameOf, quotaCounter, volumeKey } from "./counters";
import { zero } from "./fraction";
import { quantityOf } from "./quantity";
import { type Found, type Reckoned, reckon, type Step } from "./reckon";
import { type PricedRequest, Unreadable } from "./request";
import type { Window } from "./schema";
import type { HookCall, Rule, Terms } from "./terms";

/** What is left of a free quota that a request met, for the `RateLimit` headers. */
export type QuotaLeft = Readonly<{
  rule: string;
  limit: number;
  remaining: number;
  window: Window;
  resetsAt: Date | null;
}>;

/** What the merchant's hook said; `none` when it gave no answer that can be used. */
export type HookAnswer =
  | Readonly<{ kind: "price"; price: Price }>
  | Readonly<{ kind: "free" | "reject"; message: string | null }>
  | Readonly<{ kind: "none"; why: string }>;

/** What is counted and answered outside the request. What is not in a map was never counted, or not asked. */
export type State = Moment &
  Readonly<{
    used: ReadonlyMap<string, number>;
    volumes: ReadonlyMap<string, Volume>;
    hooks: ReadonlyMap<string, HookAnswer>;
  }>;

type Outcome =
  | Readonly<{
      kind: "priced";
      price: Price;
      rule: string | null;
      rules: readonly string[];
      uses: readonly Counter[];
      /** Is it the list price, with no rule, minimum or maximum behind it? */
      isListPrice: boolean;
    }>
  | Readonly<{
      kind: "free";
      by: "waive" | "quota" | "zero";
      rule: string | null;
      message: string | null;
      /** Of each of these one is to be taken. */
      counters: readonly Counter[];
    }>
  | Readonly<{ kind: "rejected"; by: "rule" | "request"; rule: string | null; message: string }>
  | Readonly<{ kind: "hook"; rule: string; hook: HookCall }>
  | Readonly<{ kind: "unavailable"; rule: string; why: string }>;

/** What a request costs at a moment, and how that came about. */
export type Decision = Readonly<{ trace: readonly Step[]; quotas: readonly QuotaLeft[] }> & Outcome;

type Walk = {
  readonly terms: Terms;
  readonly request: PricedRequest;
  readonly state: State;
  readonly trace: Step[];
  readonly quotas: QuotaLeft[];
  readonly discounts: Extract<Found, { kind: "discount" }>[];
  allowedBy: string | null;
  setter: Rule | null;
};

function noted({ trace }: Walk, { id, effect }: Rule, matched: boolean, words: string): null {
  trace.push({ rule: id, kind: effect.kind, matched, words: words.trim() });
  return null;
}

const noVolume: Volume = { requests: 0n, amount: zero };

function holds({ request, state }: Walk, { when }: Rule): Verdict {
  const plain = plainlyHolds(when, { request, moment: state });
  if (!plain.holds || !when.volume) return plain;
  const key = volumeKey(when.volume, request, state);
  const volume = volumeHolds(when.volume, key && (state.volumes.get(nameOf(key)) ?? noVolume));
  const isAlone = Object.keys(when).length === 1;
  return {
    holds: volume.holds,
    words: isAlone || !volume.holds ? volume.words : `${plain.words} ${volume.words}`,
  };
}

const isLeft = ({ used }: State, counter: Counter): boolean =>
  (used.get(nameOf(counter)) ?? 0) < counter.most;

/** The counters that a matching limited rule takes from, or why it does not apply any more. */
function limited(walk: Walk, { id, effect }: Rule): readonly Counter[] | string {
  if (effect.kind !== "discount" && effect.kind !== "waive") return [];
  const counters = countersOfUses(id, effect.uses, walk.request);
  if (counters === null) return "Nobody is known to count its uses for.";
  return counters.every((counter) => isLeft(walk.state, counter)) ? counters : "All its uses are used up.";
}

/** A quota that has units left; otherwise the line that says why not is written. */
function quotaWithUnits(walk: Walk, rule: Rule & { effect: { kind: "quota" } }, why: string): Counter | null {
  const counter = quotaCounter(rule, walk.request, walk.state);
  const { per, window } = rule.effect;
  if (!counter) {
    return noted(walk, rule, false, `${why} No ${per} is known to count for.`);
  }
  const used = Math.min(walk.state.used.get(nameOf(counter)) ?? 0, counter.most);
  const remaining = counter.most - used;
  walk.quotas.push({ rule: rule.id, limit: counter.most, remaining, window, resetsAt: counter.endsAt });
  const span = window === "ever" ? "" : ` this ${window}`;
  const left = `${used} of ${counter.most} free requests${span} are used by this ${per}`;
  noted(walk, rule, remaining > 0, `${why} ${left}${remaining > 0 ? "; this one is free." : "."}`);
  return remaining > 0 ? counter : null;
}

/** What one rule does to the walk; an outcome when it ends there. */
function apply(walk: Walk, rule: Rule): Outcome | null {
  const { id, effect } = rule;
  const verdict = holds(walk, rule);
  const no = (words: string): null => noted(walk, rule, false, words);
  const yes = (words: string): null => noted(walk, rule, true, `${verdict.words} ${words}`);
  if (!verdict.holds) return no(verdict.words);

  switch (effect.kind) {
    case "reject":
      if (walk.allowedBy !== null) return no(`Passed over: rule "${walk.allowedBy}" allows the request.`);
      yes(`Refused: ${effect.message}`);
      return { kind: "rejected", by: "rule", rule: id, message: effect.message };
    case "allow":
      walk.allowedBy ??= id;
      return yes("Later reject rules are passed over.");
    case "waive": {
      const counters = limited(walk, rule);
      if (typeof counters === "string") return no(counters);
      yes("Free of charge.");
      return { kind: "free", by: "waive", rule: id, message: effect.message, counters };
    }
    case "quota": {
      const counter = quotaWithUnits(walk, { ...rule, effect }, verdict.words);
      return counter && { kind: "free", by: "quota", rule: id, message: null, counters: [counter] };
    }
    case "discount": {
      const counters = limited(walk, rule);
      if (typeof counters === "string") return no(counters);
      walk.discounts.push({ kind: "discount", id, effect, counters });
      return yes("The price is lowered.");
    }
    default:
      if (walk.setter !== null) return no(`Passed over: rule "${walk.setter.id}" has set the price.`);
      walk.setter = rule;
      return yes("It sets the price.");
  }
}

/** The price before discounts: of the rule that sets it, or the list price. */
function found(walk: Walk): Exclude<Found, { kind: "discount" }> | Outcome {
  const { setter, terms, request, state } = walk;
  if (!setter) return { kind: "list" };
  const { id, effect } = setter;
  if (effect.kind === "price") return { kind: "set", id, amount: effect.amount };
  if (effect.kind === "unit") return { kind: "unit", id, effect, quantity: quantityOf(effect, request) };
  if (effect.kind !== "hook") return { kind: "list" };
  const answer = state.hooks.get(id);
  if (!answer) return { kind: "hook", rule: id, hook: effect.hook };
  switch (answer.kind) {
    case "price":
      return { kind: "told", id, price: answer.price, why: "The hook answered." };
    case "free":
      return { kind: "free", by: "waive", rule: id, message: answer.message, counters: [] };
    case "reject":
      return {
        kind: "rejected",
        by: "rule",
        rule: id,
        message: answer.message ?? "This request is not served.",
      };
    case "none": {
      const { fallback } = effect.hook;
      if (!fallback) return { kind: "unavailable", rule: id, why: answer.why };
      return { kind: "told", id, price: { ...fallback, currency: terms.list.currency }, why: answer.why };
    }
  }
}

function priced(walk: Walk): Outcome {
  const start = found(walk);
  if (start.kind !== "list" && start.kind !== "set" && start.kind !== "unit" && start.kind !== "told")
    return start;
  const { price, isZero, steps }: Reckoned = reckon(walk.terms, start, walk.discounts);
  walk.trace.push(...steps);
  const rules = [...("id" in start ? [start.id] : []), ...walk.discounts.map(({ id }) => id)];
  const rule = rules[0] ?? null;
  const uses = walk.discounts.flatMap(({ counters }) => counters);
  // A list price of zero stays a price: some rails can prove a payer without moving money.
  const isChanged = rule !== null || walk.terms.minimum !== null || walk.terms.maximum !== null;
  if (isZero && isChanged) return { kind: "free", by: "zero", rule, message: null, counters: uses };
  const isListPrice = rule === null && steps.every(({ kind, matched }) => kind === "start" || !matched);
  return { kind: "priced", price, rule, rules, uses, isListPrice };
}

function walkRules(walk: Walk): Outcome {
  for (const [place, rule] of walk.terms.rules.entries()) {
    const outcome = apply(walk, rule);
    if (!outcome) continue;
    for (const later of walk.terms.rules.slice(place + 1)) {
      noted(walk, later, false, `Not reached: rule "${rule.id}" decided.`);
    }
    return outcome;
  }
  return priced(walk);
}

const listPrices = new WeakMap<Terms, Decision>();
const isPlain = ({ rules, minimum, maximum }: Terms): boolean =>
  rules.length === 0 && minimum === null && maximum === null;

/**
 * What a request costs. Pure and exact: the same terms, request and state give the same decision, and no request makes
 * it throw. Rules are read top to bottom as docs/pricing.md says. A list price that nothing changes is reckoned once.
 */
export function evaluate(terms: Terms, request: PricedRequest, state: State): Decision {
  const known = listPrices.get(terms);
  if (known) return known;
  const decision = decide(terms, request, state);
  if (isPlain(terms)) listPrices.set(terms, decision);
  return decision;
}

function decide(terms: Terms, request: PricedRequest, state: State): Decision {
  const walk: Walk = {
    ...{ terms, request, state, trace: [], quotas: [], discounts: [] },
    ...{ allowedBy: null, setter: null },
  };
  const { trace, quotas } = walk;
  try {
    return { trace, quotas, ...walkRules(walk) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    for (const rule of terms.rules.slice(trace.length)) {
      noted(
        walk,
        rule,
        false,
        trace.length === 0 || rule === terms.rules[trace.length] ? error.message : "Not reached.",
      );
    }
    return { trace, quotas, kind: "rejected", by: "request", rule: null, message: error.message };
  }
}
