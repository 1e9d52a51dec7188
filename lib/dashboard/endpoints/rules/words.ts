import { showAmount } from "@/lib/money";
import type { ConditionDraft, ConditionKind, EffectDraft, EffectKind, RuleDraft, Window } from "./types";

export const conditionNames: Readonly<Record<ConditionKind, string>> = {
  json: "A value in the JSON body",
  query: "A query parameter",
  header: "A header",
  path: "A part of the path",
  bodyBytes: "The size of the body",
  caller: "The caller's key",
  payer: "The payer",
  address: "The caller's address",
  code: "A code",
  time: "The time",
  volume: "What was bought before",
};

export const testNames: Readonly<Record<ConditionDraft["test"], string>> = {
  equals: "is",
  in: "is one of",
  range: "is a number from … to …",
  startsWith: "starts with",
  exists: "is there",
  missing: "is not there",
};

export const effectNames: Readonly<Record<EffectKind, string>> = {
  price: "Set the price",
  unit: "Price by quantity",
  discount: "Discount",
  waive: "Free of charge",
  quota: "Free quota",
  reject: "Refuse",
  allow: "Allow",
  hook: "Ask my server",
};

/** What an effect does to the rules after it. */
export const effectHelp: Readonly<Record<EffectKind, string>> = {
  price: "The first rule that sets a price decides it; later ones are passed over.",
  unit: "Price × quantity in the request. The first rule that sets a price decides it.",
  discount: "Taken off the price, wherever the rule stands. Discounts add up in order.",
  waive: "The request is served without payment, and no later rule is read.",
  quota: "While units are left the request is free, and no later rule is read. Used up, it goes on.",
  reject: "403 before any payment is asked, and no later rule is read.",
  allow: "Later rules that refuse are passed over.",
  hook: "Your server is asked for the price by a signed call.",
};

export const identityNames = {
  address: "address",
  caller: "caller key",
  payer: "payer",
  endpoint: "everybody together",
} as const;

export const dayNames = {
  mon: "Mon",
  tue: "Tue",
  wed: "Wed",
  thu: "Thu",
  fri: "Fri",
  sat: "Sat",
  sun: "Sun",
} as const;

const lines = (list: string): string[] => list.split("\n").filter((line) => line.trim() !== "");

/** "a", "a or b", "a, b or 4 more". */
function choice(list: string): string {
  const names = lines(list);
  const shown = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} more`] : names;
  const last = shown.at(-1) ?? "…";
  return shown.length > 1 ? `${shown.slice(0, -1).join(", ")} or ${last}` : last;
}

const range = (min: string, max: string): string => {
  if (max.trim() === "") return `at least ${min || "…"}`;
  return min.trim() === "" ? `at most ${max}` : `${min} to ${max}`;
};

function testWords({ test, value, list, min, max }: ConditionDraft): string {
  switch (test) {
    case "equals":
      return `is ${value || "…"}`;
    case "in":
      return `is ${choice(list)}`;
    case "range":
      return `is ${range(min, max)}`;
    case "startsWith":
      return `starts with ${value || "…"}`;
    case "exists":
      return "is there";
    case "missing":
      return "is not there";
  }
}

const span = (window: Window): string => (window === "ever" ? "ever" : `this ${window}`);

function timeWords({ from, to, days, hoursFrom, hoursTo }: ConditionDraft): string {
  const parts = [
    from && `from ${from.replace("T", " ")}`,
    to && `until ${to.replace("T", " ")}`,
    days.length > 0 && days.map((day) => dayNames[day]).join(", "),
    (hoursFrom || hoursTo) && `${hoursFrom || "…"} to ${hoursTo || "…"}`,
  ];
  return parts.filter(Boolean).join(", ") || "at some time";
}

function conditionWords(draft: ConditionDraft, currency: string): string {
  const { kind, name, value, list, min, max, per, window, measure } = draft;
  switch (kind) {
    case "json":
      return `${name.trim() === "" ? "the body" : name.trim()} ${testWords(draft)}`;
    case "query":
      return `?${name || "…"} ${testWords(draft)}`;
    case "header":
      return `header ${name || "…"} ${testWords(draft)}`;
    case "path":
      return `{${name || "…"}} ${testWords(draft)}`;
    case "bodyBytes":
      return `body of ${range(min, max)} bytes`;
    case "caller":
      return `caller ${choice(list)}`;
    case "payer":
      return `payer ${choice(list)}`;
    case "address":
      return `address in ${choice(list)}`;
    case "code":
      return `code ${value || "…"}`;
    case "time":
      return timeWords(draft);
    case "volume": {
      const who = per === "endpoint" ? "by everybody together" : `by this ${identityNames[per]}`;
      const bought =
        measure === "requests" ? `${value || "…"} paid requests` : `${shown(value, currency)} paid`;
      return `from ${bought} ${span(window)} ${who}`;
    }
  }
}

const shown = (amount: string, currency: string): string =>
  /^\d+(?:\.\d+)?$/.test(amount.trim()) ? showAmount(amount.trim(), currency) : "…";

const grouped = (text: string): string =>
  /^\d{1,15}$/.test(text) ? Number(text).toLocaleString("en") : text;

/** What the rule does as a figure at the end of its line: "−50%", "$0.02", "403". */
export function effectFigure(effect: EffectDraft, currency: string): string {
  switch (effect.kind) {
    case "price":
    case "unit":
      return shown(effect.amount, currency);
    case "discount":
      return `−${effect.discount === "percent" ? `${effect.percent || "…"}%` : shown(effect.amount, currency)}`;
    case "waive":
    case "quota":
      return "free";
    case "reject":
      return "403";
    case "allow":
      return "allowed";
    case "hook":
      return "asked";
  }
}

function usesWords({ usesTotal, usesEach }: EffectDraft): string[] {
  const total = usesTotal.trim() === "" ? [] : [`${grouped(usesTotal.trim())} times in all`];
  return usesEach.trim() === "" ? total : [...total, `${grouped(usesEach.trim())} times each`];
}

/** The rest of what the rule does, in words. */
function effectDetails(effect: EffectDraft): string[] {
  switch (effect.kind) {
    case "unit": {
      const per = effect.per.trim() === "" ? "each" : `per ${grouped(effect.per.trim())}`;
      const where = { json: effect.byName, query: `?${effect.byName}`, header: `header ${effect.byName}` };
      return [`${per} of ${effect.by === "bodyBytes" ? "the body's bytes" : where[effect.by]}`];
    }
    case "quota": {
      const { free, counted, window } = effect;
      const each = counted === "endpoint" ? "for everybody together" : `per ${identityNames[counted]}`;
      return [`${grouped(free) || "…"} ${each}${window === "ever" ? ", once" : ` and ${window}`}`];
    }
    case "hook":
      return [URL.canParse(effect.url) ? new URL(effect.url).host : effect.url];
    case "discount":
    case "waive":
      return usesWords(effect);
    default:
      return [];
  }
}

/** One line for people: "payer 0xbad", "every request; 100 per caller key and day". */
export function ruleWords({ conditions, effect }: RuleDraft, currency: string): string {
  const when = conditions.map((condition) => conditionWords(condition, currency)).join(", and ");
  const details = effectDetails(effect).filter(Boolean).join(", ");
  return [when || "every request", details].filter(Boolean).join("; ");
}

export const ruleTitle = ({ title, effect }: RuleDraft): string => title.trim() || effectNames[effect.kind];

/** A name for a new rule that no other rule of the endpoint has. */
export function ruleIdOf(words: string, taken: readonly string[]): string {
  const plain = words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const base = plain.replace(/[^a-z0-9]+/g, "-").slice(0, 50).replace(/^-+|-+$/g, "") || "rule"; // biome-ignore format: one thought
  if (!taken.includes(base)) return base;
  const next = Array.from({ length: taken.length + 1 }, (_, place) => `${base}-${place + 2}`);
  return next.find((id) => !taken.includes(id)) ?? base;
}
