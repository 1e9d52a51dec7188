import { assert } from "@/lib/kit";

/** One challenge of a `WWW-Authenticate` value, of whatever scheme. */
export type AuthElement = {
  readonly scheme: string;
  /** By lower-case name. */
  readonly params: Map<string, string>;
  /** Does a name stand twice? */
  repeats: boolean;
  /** The name whose quotes are never closed; its value is unknown. */
  unclosed: string | null;
};

type Cursor = { readonly text: string; at: number };

const spaces = /[ \t]*/y;
const gap = /[ \t,]*/y;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const token68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
const bareValue = /[^ \t,"]*/y;
const quotedRun = /[^"\\]*/y;
const unicodeEscape = /u[0-9A-Fa-f]{4}/y;

function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? "";
  cursor.at += found.length;
  return found;
}

const next = (cursor: Cursor): string => cursor.text.charAt(cursor.at);
const isDone = (cursor: Cursor): boolean => cursor.at >= cursor.text.length;

/** A quoted string, its quoted pairs and `\uXXXX` resolved; `null` when the quotes are never closed. */
function readQuoted(cursor: Cursor): string | null {
  cursor.at += 1;
  let value = "";
  for (;;) {
    value += take(cursor, quotedRun);
    const mark = next(cursor);
    cursor.at += 1;
    if (mark === '"') return value;
    const unicode = take(cursor, unicodeEscape);
    if (unicode) {
      value += String.fromCharCode(Number.parseInt(unicode.slice(1), 16));
    } else {
      if (isDone(cursor)) return null;
      value += next(cursor);
      cursor.at += 1;
    }
  }
}

/** Reads parameters up to the next scheme. `false` when what follows cannot be understood any more. */
function readParams(cursor: Cursor, element: AuthElement): boolean {
  for (;;) {
    const start = cursor.at;
    const between = take(cursor, gap);
    if (isDone(cursor)) return true;
    const name = take(cursor, token).toLowerCase();
    if (!name) return false;
    take(cursor, spaces);
    if (next(cursor) !== "=") {
      cursor.at = start;
      return between.includes(",");
    }
    cursor.at += 1;
    take(cursor, spaces);
    const value = next(cursor) === '"' ? readQuoted(cursor) : take(cursor, bareValue);
    if (element.params.has(name)) element.repeats = true;
    if (value === null) {
      element.unclosed = name;
      return false;
    }
    element.params.set(name, value);
    take(cursor, spaces);
    if (!isDone(cursor) && next(cursor) !== ",") return false;
  }
}

/**
 * Reads a `WWW-Authenticate` value in one pass (RFC 9110 §11.6.1). What comes after text that is no challenge is not
 * read: a broken writer must not lend a stranger's text the look of a challenge.
 */
export function readAuthElements(text: string): AuthElement[] {
  const cursor = { text, at: 0 };
  const elements: AuthElement[] = [];
  for (;;) {
    take(cursor, gap);
    const scheme = take(cursor, token).toLowerCase();
    if (!scheme || (!isDone(cursor) && !/[ \t,]/.test(next(cursor)))) return elements;
    const element: AuthElement = { scheme, params: new Map(), repeats: false, unclosed: null };
    elements.push(element);
    const apart = take(cursor, spaces);
    if (apart && take(cursor, token68)) continue;
    if (!readParams(cursor, element)) return elements;
  }
}

const plain = /^[\t !#-[\]-~]*$/;
const control = /(?!\t)\p{Cc}/u;

/** A quoted string that stays within one line of Latin-1; what is beyond it becomes `\uXXXX`, as stock clients read it. */
export function quote(value: string): string {
  if (plain.test(value)) return `"${value}"`;
  assert(!control.test(value), "A header value holds no control characters.");
  const escaped = value
    .replace(/["\\]/g, "\\$&")
    .replace(/[\u0100-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${escaped}"`;
}
