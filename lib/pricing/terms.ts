import type { z } from "zod";
import { assert } from "@/lib/kit";
import { listDecimals, type Price } from "@/lib/money";
import type { FieldFault } from "@/lib/problems";
import { compare, type Fraction, readFraction } from "./fraction";
import type { Identity } from "./request";
import { type Conditions, type RuleDocument, TermsDocument, type Uses, type Window } from "./schema";

type By =
  | "bodyBytes"
  | Readonly<{ json?: string | undefined; query?: string | undefined; header?: string | undefined }>;

export type HookCall = Readonly<{ url: string; secret: string; timeoutMs: number; fallback: Price | null }>;

/** What a rule does, amounts exact in the list currency. */
export type Effect =
  | Readonly<{ kind: "price"; amount: Fraction }>
  | Readonly<{ kind: "unit"; amount: Fraction; by: By; per: bigint; missing: Fraction | null }>
  | Readonly<{ kind: "hook"; hook: HookCall }>
  | Readonly<{ kind: "discount"; percent: Fraction | null; amount: Fraction | null; uses: Uses | null }>
  | Readonly<{ kind: "waive"; message: string | null; uses: Uses | null }>
  | Readonly<{ kind: "reject"; message: string }>
  | Readonly<{ kind: "allow" }>
  | Readonly<{ kind: "quota"; free: number; per: Identity; window: Window }>;

export type Rule = Readonly<{ id: string; when: Conditions; effect: Effect }>;

/** What one answer of a session costs in units: how many are counted, and how many make one. */
export type Meter = Readonly<{ per: bigint }> &
  Readonly<{ by: "events" | "calls" | "bytes" } | { by: "json"; pointer: string }>;

/** The terms of one endpoint, ready to be reckoned with. */
export type Terms = Readonly<{
  list: Price;
  rules: readonly Rule[];
  minimum: Fraction | null;
  maximum: Fraction | null;
  meter: Meter | null;
}>;

type Written = Readonly<{ rules?: unknown; minimum?: unknown; maximum?: unknown; meter?: unknown }>;
type About = Readonly<{ intent: "charge" | "session"; price: Price }>;
export type Reading<T> =
  | Readonly<{ ok: true; value: T }>
  | Readonly<{ ok: false; faults: readonly FieldFault[] }>;

const exact = (amount: string): Fraction => {
  const value = readFraction(amount);
  assert(value, "An amount that passed the schema reads.");
  return value;
};

function effectOf({ price, unit, hook, discount, waive, reject, quota }: RuleDocument["then"]): Effect {
  if (price) return { kind: "price", amount: exact(price.amount) };
  if (unit) {
    const missing = unit.default === undefined ? null : exact(String(unit.default));
    return {
      kind: "unit",
      amount: exact(unit.price.amount),
      by: unit.by,
      per: BigInt(unit.per ?? 1),
      missing,
    };
  }
  if (hook) return { kind: "hook", hook: { ...hook, fallback: hook.fallback ?? null } };
  if (discount) {
    return {
      kind: "discount",
      percent: discount.percent === undefined ? null : exact(discount.percent),
      amount: discount.amount ? exact(discount.amount.amount) : null,
      uses: discount.uses ?? null,
    };
  }
  if (waive) return { kind: "waive", message: waive.message ?? null, uses: waive.uses ?? null };
  if (reject) return { kind: "reject", message: reject.message };
  if (quota) return { kind: "quota", ...quota };
  return { kind: "allow" };
}

/** The name of a place in a document: `rules[0].when.json.pointer`. */
export const placeOf = (steps: readonly PropertyKey[]): string =>
  steps.reduce<string>(
    (place, step) =>
      typeof step === "number"
        ? `${place}[${step}]`
        : place === ""
          ? String(step)
          : `${place}.${String(step)}`,
    "",
  );

/** One test may be written without its list: then the list has no place of its own. */
function writtenPath(value: unknown, path: readonly PropertyKey[]): PropertyKey[] {
  let here = value;
  return path.filter((step) => {
    if (typeof step === "number" && !Array.isArray(here)) return false;
    here =
      typeof here === "object" && here !== null ? (here as Record<PropertyKey, unknown>)[step] : undefined;
    return true;
  });
}

/** What a schema found, in the words and places of the document. */
export function faultsOf(error: z.ZodError, value: unknown): FieldFault[] {
  return error.issues.flatMap((issue) => {
    const path = writtenPath(value, issue.path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: placeOf([...path, key]),
        message: "This key is not known here.",
      }));
    }
    const isMissing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
    return [{ path: placeOf(path), message: isMissing ? "This is required." : issue.message }];
  });
}

/** Every amount of the terms, with its place. */
function* amountsOf({ rules, minimum, maximum }: TermsDocument): Generator<[string, Price]> {
  if (minimum) yield ["minimum", minimum];
  if (maximum) yield ["maximum", maximum];
  for (const [place, { then: effects }] of rules.entries()) {
    const at = `rules[${place}].then`;
    if (effects.price) yield [`${at}.price`, effects.price];
    if (effects.unit) yield [`${at}.unit.price`, effects.unit.price];
    if (effects.hook?.fallback) yield [`${at}.hook.fallback`, effects.hook.fallback];
    if (effects.discount?.amount) yield [`${at}.discount.amount`, effects.discount.amount];
  }
}

/** What no schema of one value can see. */
function faultsBetween(terms: TermsDocument, { intent, price }: About): FieldFault[] {
  const faults: FieldFault[] = [];
  const complain = (path: string, message: string) => void faults.push({ path, message });
  for (const [place, { currency }] of amountsOf(terms)) {
    if (currency === price.currency) continue;
    complain(
      `${place}.currency`,
      `Prices of one endpoint have one currency; its list price is in ${price.currency}.`,
    );
  }
  const ids = terms.rules.map(({ id }) => id);
  for (const [place, { id, when, then: effects }] of terms.rules.entries()) {
    const at = `rules[${place}]`;
    if (ids.indexOf(id) !== place) complain(`${at}.id`, `Another rule of this endpoint is called "${id}".`);
    if (effects.unit && intent === "session") {
      complain(`${at}.then.unit`, "A session is priced by its unit; the meter counts it.");
    }
    const { amount } = when?.volume ?? {};
    const value = amount === undefined ? null : readFraction(amount);
    if (amount !== undefined && (value === null || value.n <= 0n)) {
      complain(`${at}.when.volume.amount`, 'Write a plain decimal greater than zero, such as "10".');
    }
    const { from, to } = when?.time ?? {};
    if (from !== undefined && to !== undefined && from.slice(0, 10) > to.slice(0, 10)) {
      complain(`${at}.when.time.to`, "This ends before it begins.");
    }
  }
  const { minimum, maximum, meter } = terms;
  if (minimum && maximum && compare(exact(minimum.amount), exact(maximum.amount)) > 0) {
    complain("maximum", "The maximum is less than the minimum.");
  }
  if (meter && intent !== "session") complain("meter", "Only a session has a meter.");
  return faults;
}

const given = (value: unknown): unknown => value ?? undefined;

/**
 * Reads an endpoint's `rules`, `minimum`, `maximum` and `meter`, secrets as plain text. Faults have paths from the
 * endpoint, such as `rules[0].when.json.pointer`.
 */
export function readTerms({ rules, minimum, maximum, meter }: Written, about: About): Reading<Terms> {
  const written = {
    rules: given(rules),
    minimum: given(minimum),
    maximum: given(maximum),
    meter: given(meter),
  };
  const parsed = TermsDocument.safeParse(written);
  if (!parsed.success) return { ok: false, faults: faultsOf(parsed.error, written) };
  const faults = faultsBetween(parsed.data, about);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: compile(parsed.data, about.price) };
}

function compile(document: TermsDocument, list: Price): Terms {
  const { minimum, maximum, meter } = document;
  return {
    list,
    rules: document.rules.map(({ id, when, then: effects }) => ({
      id,
      when: when ?? {},
      effect: effectOf(effects),
    })),
    minimum: minimum ? exact(minimum.amount) : null,
    maximum: maximum ? exact(maximum.amount) : null,
    meter: meter ? meterOf(meter) : null,
  };
}

function meterOf({ by, pointer, per = 1 }: NonNullable<TermsDocument["meter"]>): Meter {
  if (by !== "json") return { by, per: BigInt(per) };
  return { by, pointer: pointer ?? "", per: BigInt(per) };
}

/** What is sold, as far as its price goes: the catalogue's endpoint. */
export type EndpointTerms = Readonly<{ price: Price | null; terms: unknown }>;

const compiled = new WeakMap<object, Terms>();

/** The terms of an endpoint that is not free; one without rules has its list price. */
export function termsOf(endpoint: EndpointTerms): Terms {
  const known = compiled.get(endpoint);
  if (known) return known;
  assert(endpoint.price, "An endpoint that is not free has a price.");
  const plain = { list: endpoint.price, rules: [], minimum: null, maximum: null, meter: null };
  // safe: what the catalogue keeps as terms is what `readTerms` gave it.
  const terms = { ...((endpoint.terms as Terms | null) ?? plain), list: endpoint.price };
  compiled.set(endpoint, terms);
  return terms;
}

/** The decimals a price of these terms is rounded up to. */
export const placesOf = ({ list }: Terms): number => listDecimals(list.currency);

const ofMoment = ["time"];

/** Is every paying request at one moment asked the same price? Then the price can be told beforehand. */
export const isFixed = ({ rules }: Terms): boolean =>
  rules.every(({ when, effect }) => {
    if (effect.kind === "unit" || effect.kind === "hook") return false;
    if (effect.kind !== "price" && effect.kind !== "discount") return true;
    if (effect.kind === "discount" && effect.uses?.perIdentity !== undefined) return false;
    return Object.entries(when).every(
      ([name, condition]) =>
        condition === undefined ||
        ofMoment.includes(name) ||
        (name === "volume" && when.volume?.per === "endpoint"),
    );
  });
