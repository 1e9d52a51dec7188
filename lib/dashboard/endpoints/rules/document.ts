import { wholeNumber } from "../../forms/view";
import {
  type ConditionDraft,
  type ConditionKind,
  conditionKinds,
  type EffectDraft,
  effectKinds,
  emptyCondition,
  emptyEffect,
  type RuleDraft,
} from "./types";

type Values = Readonly<Record<string, unknown>>;

const isValues = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const valuesOf = (value: unknown): Values => (isValues(value) ? value : {});
const textOf = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";
const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** A value as it is typed: numbers, true, false and null plainly, and text that looks like one of them in quotes. */
export function typedOf(value: unknown): string {
  if (typeof value !== "string") return value === undefined ? "" : JSON.stringify(value);
  return typeof scalarOf(value) === "string" && !value.startsWith('"') ? value : JSON.stringify(value);
}

/** What is meant by a typed value. A number that is too long to be kept exactly goes on as text. */
export function scalarOf(typed: string): unknown {
  const text = typed.trim();
  if (/^(?:true|false|null|-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?)$/.test(text)) return JSON.parse(text);
  if (!/^".*"$/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A number where the document takes one; other text goes on as it is, to be judged there. */
const numeral = (text: string): unknown =>
  /^-?\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : text.trim();
const filled = (text: string): boolean => text.trim() !== "";
const maybe = (key: string, text: string, read: (text: string) => unknown): Values =>
  filled(text) ? { [key]: read(text) } : {};
const trimmed = (text: string): string => text.trim();

function testDraft(test: Values): Partial<ConditionDraft> {
  if ("equals" in test) return { test: "equals", value: typedOf(test.equals) };
  if (Array.isArray(test.in)) return { test: "in", list: test.in.map(typedOf).join("\n") };
  if ("startsWith" in test) return { test: "startsWith", value: textOf(test.startsWith) };
  if ("exists" in test) return { test: test.exists === false ? "missing" : "exists" };
  return { test: "range", min: textOf(test.min), max: textOf(test.max) };
}

function testDocument({ test, value, list, min, max }: ConditionDraft): Values {
  switch (test) {
    case "equals":
      return { equals: scalarOf(value) };
    case "in":
      return { in: linesOf(list).map(scalarOf) };
    case "range":
      return { ...maybe("min", min, numeral), ...maybe("max", max, numeral) };
    case "startsWith":
      return { startsWith: value };
    default:
      return { exists: test === "exists" };
  }
}

function conditionParts(kind: ConditionKind, value: unknown): Partial<ConditionDraft> {
  const values = valuesOf(value);
  switch (kind) {
    case "json":
      return { name: textOf(values.pointer), ...testDraft(values) };
    case "query":
    case "header":
    case "path":
      return { name: textOf(values.name), ...testDraft(values) };
    case "bodyBytes":
      return { min: textOf(values.min), max: textOf(values.max) };
    case "caller":
    case "payer":
    case "address":
      return { list: Array.isArray(value) ? value.map(textOf).join("\n") : "" };
    case "code":
      return { value: textOf(value) };
    case "time": {
      const hours = valuesOf(values.hours);
      const list = (Array.isArray(values.days) ? values.days : []) as ConditionDraft["days"]; // safe: judged when stored
      const limits = { from: textOf(values.from), to: textOf(values.to), days: list };
      return { ...limits, hoursFrom: textOf(hours.from), hoursTo: textOf(hours.to) };
    }
    case "volume": {
      const { per, window } = values as Pick<ConditionDraft, "per" | "window">; // safe: judged when stored
      const measure = "amount" in values ? "amount" : "requests";
      return { per, window, measure, value: textOf(values[measure]) };
    }
  }
}

function conditionValue(draft: ConditionDraft): unknown {
  const { kind, name, value, list, min, max, from, to, days, hoursFrom, hoursTo, per, window, measure } =
    draft;
  switch (kind) {
    case "json":
      return { pointer: name.trim(), ...testDocument(draft) };
    case "query":
    case "header":
    case "path":
      return { name: name.trim(), ...testDocument(draft) };
    case "bodyBytes":
      return { ...maybe("min", min, wholeNumber), ...maybe("max", max, wholeNumber) };
    case "caller":
    case "payer":
    case "address":
      return linesOf(list);
    case "code":
      return value.trim();
    case "time": {
      const hours = filled(hoursFrom + hoursTo) ? { hours: { from: hoursFrom, to: hoursTo } } : {};
      const limits = { ...maybe("from", from, trimmed), ...maybe("to", to, trimmed) };
      return { ...limits, ...(days.length > 0 ? { days } : {}), ...hours };
    }
    case "volume":
      return { per, window, [measure]: measure === "requests" ? wholeNumber(value) : value.trim() };
  }
}

/** The kinds that a rule can look at more than once. */
export const isListed = (kind: ConditionKind): boolean => ["json", "query", "header", "path"].includes(kind);

/** Conditions under their keys; several of a kind are a list. */
function whenOf(conditions: readonly ConditionDraft[]): Values {
  const kinds = conditionKinds.filter((kind) => conditions.some((each) => each.kind === kind));
  return Object.fromEntries(
    kinds.map((kind) => {
      const values = conditions.filter((each) => each.kind === kind).map(conditionValue);
      return [kind, values.length > 1 && isListed(kind) ? values : values[0]];
    }),
  );
}

function effectParts(kind: EffectDraft["kind"], effect: Values): Partial<EffectDraft> {
  const amountAt = (value: unknown): string => textOf(valuesOf(value).amount);
  const uses = valuesOf(effect.uses);
  const limited = { usesTotal: textOf(uses.total), usesEach: textOf(uses.perIdentity) };
  switch (kind) {
    case "price":
      return { amount: textOf(effect.amount) };
    case "unit": {
      const [by = "bodyBytes", name] = Object.entries(valuesOf(effect.by))[0] ?? [];
      const quantity = { by: by as EffectDraft["by"], byName: textOf(name) }; // safe: judged when stored
      const amount = amountAt(effect.price);
      return { ...quantity, amount, per: textOf(effect.per), missing: textOf(effect.default) };
    }
    case "discount":
      return "amount" in effect
        ? { discount: "amount", amount: amountAt(effect.amount), ...limited }
        : { discount: "percent", percent: textOf(effect.percent), ...limited };
    case "waive":
      return { message: textOf(effect.message), ...limited };
    case "reject":
      return { message: textOf(effect.message) };
    case "quota": {
      const { per: counted, window } = effect as {
        per: EffectDraft["counted"];
        window: EffectDraft["window"];
      }; // safe: judged when stored
      return { free: textOf(effect.free), counted, window };
    }
    case "hook": {
      const called = { url: textOf(effect.url), timeoutMs: textOf(effect.timeoutMs) };
      return { ...called, secretState: "kept", isStored: true, fallback: amountAt(effect.fallback) };
    }
    case "allow":
      return {};
  }
}

function usesOf({ usesTotal, usesEach }: EffectDraft): Values {
  const uses = { ...maybe("total", usesTotal, wholeNumber), ...maybe("perIdentity", usesEach, wholeNumber) };
  return Object.keys(uses).length === 0 ? {} : { uses };
}

function effectValue(draft: EffectDraft, currency: string): Values {
  const price = { amount: draft.amount.trim(), currency };
  const { by, byName, per, missing, message, window, free, counted, fallback, timeoutMs, secretState } =
    draft;
  switch (draft.kind) {
    case "price":
      return price;
    case "unit": {
      const where = by === "bodyBytes" ? by : { [by]: byName.trim() };
      return { price, by: where, ...maybe("per", per, wholeNumber), ...maybe("default", missing, numeral) };
    }
    case "discount": {
      const off = draft.discount === "percent" ? { percent: draft.percent.trim() } : { amount: price };
      return { ...off, ...usesOf(draft) };
    }
    case "waive":
      return { ...maybe("message", message, trimmed), ...usesOf(draft) };
    case "reject":
      return { message: message.trim() };
    case "quota":
      return { free: wholeNumber(free), per: counted, window };
    case "hook": {
      const secret = { $secret: secretState === "kept" ? null : draft.secret };
      const called = { url: draft.url.trim(), secret, timeoutMs: wholeNumber(timeoutMs) };
      return { ...called, ...maybe("fallback", fallback, (amount) => ({ amount: amount.trim(), currency })) };
    }
    case "allow":
      return {};
  }
}

/** Stored rules as they are edited. */
export const rulesDraft = (rules: readonly Values[] = []): RuleDraft[] =>
  rules.map((rule, key) => {
    const effects = valuesOf(rule.then);
    const kind = effectKinds.find((each) => each in effects) ?? "allow";
    const conditions = Object.entries(valuesOf(rule.when)).flatMap(([name, value]) => {
      const known = name as ConditionKind; // safe: judged when stored
      const items = isListed(known) && Array.isArray(value) ? value : [value];
      return items.map((item) => ({ kind: known, parts: conditionParts(known, item) }));
    });
    return {
      ...{ key, id: textOf(rule.id), isStored: true, title: textOf(rule.title) },
      conditions: conditions.map((each, place) => ({ ...emptyCondition(each.kind, place), ...each.parts })),
      effect: { ...emptyEffect(kind), ...effectParts(kind, valuesOf(effects[kind])) },
    };
  });

/** Rules as the document writes them, all amounts in the currency of the list price. */
export const rulesDocument = (rules: readonly RuleDraft[], currency: string): Values[] =>
  rules.map(({ id, title, conditions, effect }) => ({
    id: id.trim(),
    ...maybe("title", title, trimmed),
    ...(conditions.length > 0 ? { when: whenOf(conditions) } : {}),
    // biome-ignore lint/suspicious/noThenProperty: the document's own word; nothing awaits a document
    then: { [effect.kind]: effectValue(effect, currency) },
  }));
