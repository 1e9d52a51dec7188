import { base64url, utf8 } from "@/lib/kit";
import { depthMax, type JsonObject, parseJsonObject } from "./json";

/**
 * The canonical JSON text of a value (RFC 8785). `null` for what is not JSON: NaN, bigint, undefined, class instances,
 * lone surrogates, or more than 32 levels. Nothing is coerced.
 */
export const canonicalize = (value: unknown): string | null => write(value, 0);

function write(value: unknown, depth: number): string | null {
  switch (typeof value) {
    case "string":
      return value.isWellFormed() ? JSON.stringify(value) : null;
    case "number":
      return Number.isFinite(value) ? JSON.stringify(value) : null;
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (depth === depthMax) return null;
      return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1);
    default:
      return null;
  }
}

function writeArray(items: readonly unknown[], depth: number): string | null {
  let text = "[";
  for (let place = 0; place < items.length; place += 1) {
    const item = write(items[place], depth);
    if (item === null) return null;
    text += place === 0 ? item : `,${item}`;
  }
  return `${text}]`;
}

function writeObject(object: object, depth: number): string | null {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== null && prototype !== Object.prototype) return null;
  const members = object as Readonly<Record<string, unknown>>;
  let text = "{";
  for (const name of Object.keys(members).sort()) {
    const value = write(members[name], depth);
    if (value === null || !name.isWellFormed()) return null;
    text += `${text === "{" ? "" : ","}${JSON.stringify(name)}:${value}`;
  }
  return `${text}}`;
}

/** base64url of the canonical text: how `request` and `opaque` travel. `null` for what is not JSON. */
export function encodeCanonical(value: unknown): string | null {
  const text = canonicalize(value);
  return text === null ? null : base64url.encode(text);
}

/** The JSON object inside a base64url value; `null` when there is none. */
export function decodeObject(text: string): JsonObject | null {
  const bytes = base64url.decode(text);
  const json = bytes && utf8(bytes);
  return json === null ? null : parseJsonObject(json);
}
