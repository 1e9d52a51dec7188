export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

/** Objects and arrays inside each other, the outermost included. */
export const depthMax = 32;

type Cursor = { readonly text: string; at: number };

// Within a string everything from the space upwards stands for itself, but for the quote and the backslash.
const plainString = /"[ !#-[\]-\uffff]*"/y;
const escapedString = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function take(cursor: Cursor, pattern: RegExp): string {
  const { text, at } = cursor;
  pattern.lastIndex = at;
  if (!pattern.test(text)) return "";
  cursor.at = pattern.lastIndex;
  return text.slice(at, cursor.at);
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;

function takeSpace(cursor: Cursor): void {
  while (isSpace(cursor.text.charCodeAt(cursor.at))) cursor.at += 1;
}

/** Steps over white space and then over `mark`; `false` when something else stands there. */
function takeMark(cursor: Cursor, mark: string): boolean {
  takeSpace(cursor);
  if (!cursor.text.startsWith(mark, cursor.at)) return false;
  cursor.at += mark.length;
  return true;
}

function readString(cursor: Cursor): string | undefined {
  const plain = take(cursor, plainString);
  if (plain) return plain.slice(1, -1);
  const escaped = take(cursor, escapedString);
  if (!escaped) return undefined;
  const value = JSON.parse(escaped) as string; // safe: the pattern is the grammar of a JSON string
  return value.isWellFormed() ? value : undefined;
}

function readNumber(cursor: Cursor): number | undefined {
  const literal = take(cursor, number);
  const value = Number(literal);
  return literal && Number.isFinite(value) ? value : undefined;
}

function readArray(cursor: Cursor, depth: number): Json[] | undefined {
  const items: Json[] = [];
  if (takeMark(cursor, "]")) return items;
  for (;;) {
    const item = readValue(cursor, depth);
    if (item === undefined) return undefined;
    items.push(item);
    if (takeMark(cursor, "]")) return items;
    if (!takeMark(cursor, ",")) return undefined;
  }
}

function readObject(cursor: Cursor, depth: number): JsonObject | undefined {
  const members: Record<string, Json> = Object.create(null);
  if (takeMark(cursor, "}")) return members;
  for (;;) {
    takeSpace(cursor);
    const name = readString(cursor);
    if (name === undefined || name in members || !takeMark(cursor, ":")) return undefined;
    const value = readValue(cursor, depth);
    if (value === undefined) return undefined;
    members[name] = value;
    if (takeMark(cursor, "}")) return members;
    if (!takeMark(cursor, ",")) return undefined;
  }
}

function readValue(cursor: Cursor, depth: number): Json | undefined {
  takeSpace(cursor);
  const first = cursor.text.charAt(cursor.at);
  if (first === '"') return readString(cursor);
  if (first === "{" || first === "[") {
    if (depth === depthMax) return undefined;
    cursor.at += 1;
    return first === "{" ? readObject(cursor, depth + 1) : readArray(cursor, depth + 1);
  }
  if (takeMark(cursor, "true")) return true;
  if (takeMark(cursor, "false")) return false;
  if (takeMark(cursor, "null")) return null;
  return readNumber(cursor);
}

/**
 * Reads I-JSON (RFC 7493): what `JSON.parse` takes, without duplicate names, lone surrogates, numbers no double can
 * hold, or more than {@link depthMax} levels. Objects have no prototype, so `__proto__` is a name like any other.
 * `undefined` for anything else.
 */
export function parseJson(text: string): Json | undefined {
  const cursor = { text, at: 0 };
  const value = readValue(cursor, 0);
  takeSpace(cursor);
  return cursor.at === text.length ? value : undefined;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** {@link parseJson} for text that must be an object; `null` for anything else. */
export function parseJsonObject(text: string): JsonObject | null {
  const value = parseJson(text);
  return isObject(value) ? value : null;
}

/** JSON that we write: amounts may pass 2^53, so integers may be bigint. */
export type JsonOut =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonOut[]
  | { readonly [name: string]: JsonOut | undefined };

/** JSON text with members in the order they were given; absent (`undefined`) members are left out. */
export function writeJson(value: JsonOut): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  const members: string[] = [];
  for (const [name, member] of Object.entries(value as Record<string, JsonOut | undefined>)) {
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${writeJson(member)}`);
  }
  return `{${members.join(",")}}`;
}
