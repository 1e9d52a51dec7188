import { compare, readFraction } from "./fraction";
import type { Exact } from "./json-text";
import type { ValueTest } from "./schema";

type Scalar = string | number | boolean | null;

const shownMax = 60;
const clip = (text: string): string => (text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);
const show = (value: Scalar): string =>
  typeof value === "string" ? JSON.stringify(clip(value)) : String(value);

export function showExact(value: Exact): string {
  switch (value.kind) {
    case "string":
      return show(value.text);
    case "number":
      return clip(value.text);
    case "boolean":
      return String(value.value);
    case "null":
      return "null";
    default:
      return `an ${value.kind}`;
  }
}

const sameNumber = (a: string, b: string): boolean => {
  const [left, right] = [readFraction(a), readFraction(b)];
  return left !== null && right !== null ? compare(left, right) === 0 : a === b;
};

/** Text is text and a number is its value: `5`, `5.0` and `5e0` are one. */
function isSame(value: Exact, wanted: Scalar): boolean {
  switch (value.kind) {
    case "string":
      return value.text === wanted;
    case "number":
      return typeof wanted === "number" && sameNumber(value.text, String(wanted));
    case "boolean":
      return value.value === wanted;
    case "null":
      return wanted === null;
    default:
      return false;
  }
}

/** Text of a query, header or path says numbers, too. */
export const asText = (text: string): Exact => ({ kind: "string", text });
const isSameText = (text: string, wanted: Scalar): boolean =>
  typeof wanted === "number" ? sameNumber(text, String(wanted)) : text === String(wanted);

type Found = Readonly<{ value: Exact | null; isText: boolean }>;

function isInRange(value: Exact, { min, max }: ValueTest): boolean {
  const text = value.kind === "number" || value.kind === "string" ? value.text : "";
  const number = readFraction(text);
  if (number === null) return false;
  const [low, high] = [min, max].map((bound) => (bound === undefined ? null : readFraction(String(bound))));
  return (!low || compare(number, low) >= 0) && (!high || compare(number, high) <= 0);
}

/** Does what was found pass, and what a test wants, in words. */
export function passes({ value, isText }: Found, test: ValueTest): { holds: boolean; wanted: string } {
  const { equals, in: list, min, max, exists, startsWith } = test;
  const same = (wanted: Scalar): boolean => {
    if (value === null) return false;
    return isText && value.kind === "string" ? isSameText(value.text, wanted) : isSame(value, wanted);
  };
  if (exists !== undefined) {
    return { holds: (value !== null) === exists, wanted: exists ? "anything" : "nothing" };
  }
  if (equals !== undefined) return { holds: same(equals), wanted: show(equals) };
  if (list !== undefined) {
    return { holds: list.some(same), wanted: `one of ${clip(list.map(show).join(", "))}` };
  }
  if (startsWith !== undefined) {
    const holds = value?.kind === "string" && value.text.startsWith(startsWith);
    return { holds, wanted: `a text that starts with ${show(startsWith)}` };
  }
  const wanted = [min === undefined ? [] : [`at least ${min}`], max === undefined ? [] : [`at most ${max}`]]
    .flat()
    .join(" and ");
  const isNumber = value?.kind === "number" || (isText && value !== null);
  return { holds: isNumber && value !== null && isInRange(value, test), wanted };
}
