import { isObject } from "../faults";
import { isKeywordValue } from "../schema-operation";
import type { JsonSchema } from "../types";
import type { Description } from "./read-description";
import { follow, referenceOf } from "./references";

/** What one schema may be, so that what is told of an operation stays a description and no library. */
const nodesMax = 300;
const bytesMax = 4_096;
const depths = [16, 10, 6, 4, 2] as const;

const maps = ["properties", "patternProperties", "dependentSchemas"];
const lists = ["allOf", "anyOf", "oneOf", "prefixItems"];
const single = [
  ..."additionalProperties|unevaluatedProperties|unevaluatedItems|propertyNames|items|contains".split("|"),
  ..."not|if|then|else|contentSchema".split("|"),
];
/** Told as they are. What is in no list here is an extension, or speaks about references, and is left out. */
const plain = new Set([
  ..."type|enum|const|required|title|description|format|pattern|default|examples|deprecated".split("|"),
  ..."readOnly|writeOnly|multipleOf|maximum|minimum|exclusiveMaximum|exclusiveMinimum|maxLength".split("|"),
  ..."minLength|maxItems|minItems|uniqueItems|maxContains|minContains|maxProperties|minProperties".split("|"),
  ..."contentMediaType|contentEncoding|dependentRequired".split("|"),
]);

type Work = { root: unknown; is31: boolean; nodesLeft: number; depthMax: number };
class TooLarge extends Error {}

/** Keys and texts that a configuration document cannot hold. */
function isStorable(value: unknown, depth = 0): boolean {
  if (depth > 3) return false;
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0");
  if (Array.isArray(value)) return value.every((item) => isStorable(item, depth + 1));
  if (!isObject(value)) return value !== undefined && typeof value !== "bigint";
  return Object.entries(value).every(
    ([key, item]) => isName(key) && isStorable(key) && isStorable(item, depth + 1),
  );
}
const isName = (key: string): boolean => !key.startsWith("$") && key !== "__proto__";

/** What OpenAPI 3.0 says in words of its own, in the words of JSON Schema. */
function fromDialect(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { nullable, exclusiveMinimum, exclusiveMaximum, example, ...rest } = schema;
  const next: Record<string, unknown> = { ...rest };
  if (exclusiveMinimum === true && "minimum" in next) {
    next.exclusiveMinimum = next.minimum;
    delete next.minimum;
  }
  if (exclusiveMaximum === true && "maximum" in next) {
    next.exclusiveMaximum = next.maximum;
    delete next.maximum;
  }
  if (example !== undefined && next.examples === undefined) next.examples = [example];
  if (nullable !== true) return next;
  if (Array.isArray(next.enum) && !next.enum.includes(null)) next.enum = [...next.enum, null];
  if (typeof next.type === "string") return { ...next, type: [next.type, "null"] };
  return "enum" in next ? next : { anyOf: [next, { type: "null" }] };
}

type Seen = readonly string[];

function convertParts(
  schema: Readonly<Record<string, unknown>>,
  work: Work,
  at: { depth: number; seen: Seen },
) {
  const inner = (value: unknown, step: number) => convert(value, work, { ...at, depth: at.depth + step });
  const next: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (single.includes(key)) next[key] = Array.isArray(value) ? {} : inner(value, 1);
    else if (lists.includes(key) && Array.isArray(value)) {
      if (value.length > 0) next[key] = value.map((item) => inner(item, 2));
    } else if (maps.includes(key) && isObject(value)) {
      const named = Object.entries(value).filter(([name]) => isName(name) && isStorable(name));
      next[key] = Object.fromEntries(named.map(([name, item]) => [name, inner(item, 2)]));
    } else if (plain.has(key) && isStorable(value) && isKeywordValue(key, value)) next[key] = value;
  }
  return next;
}

/** One schema, references written out. What would repeat itself, or goes too deep, may be anything. */
function convert(value: unknown, work: Work, at: { depth: number; seen: Seen }): JsonSchema {
  work.nodesLeft -= 1;
  if (work.nodesLeft < 0) throw new TooLarge();
  if (typeof value === "boolean") return value;
  const reference = referenceOf(value);
  if (at.depth > work.depthMax || (reference !== null && at.seen.includes(reference))) return {};
  const schema = follow(work.root, value);
  if (typeof schema === "boolean") return schema;
  if (!isObject(schema)) return {};
  const seen = reference === null ? at.seen : [...at.seen, reference];
  // From 3.1 on, a reference may have company, which holds as well.
  const { $ref: _, ...company } = isObject(value) && reference !== null && work.is31 ? value : {};
  const said = { ...(work.is31 ? schema : fromDialect(schema)), ...company };
  return convertParts(said, work, { depth: at.depth, seen });
}

/** In as much detail as there is room for. */
function fitSchema({ root, is31 }: Description, value: unknown): JsonSchema {
  for (const depthMax of depths) {
    try {
      const schema = convert(value, { root, is31, nodesLeft: nodesMax, depthMax }, { depth: 0, seen: [] });
      if (Buffer.byteLength(JSON.stringify(schema)) <= bytesMax) return schema;
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
    }
  }
  const schema = follow(root, value);
  const { type } = isObject(schema) ? schema : {};
  return isKeywordValue("type", type) ? { type } : {};
}

/** Most schemas are named once and used often; each is converted once for a description. */
const converted = new WeakMap<object, Map<string, JsonSchema>>();

/** A schema of a description as JSON Schema 2020-12 without references. */
export function convertSchema(about: Description, value: unknown): JsonSchema | undefined {
  if (!isObject(value) && typeof value !== "boolean") return undefined;
  const reference = Object.keys(value).length === 1 ? referenceOf(value) : null;
  if (reference === null) return fitSchema(about, value);
  const known = converted.get(about.root) ?? new Map<string, JsonSchema>();
  converted.set(about.root, known);
  const schema = known.get(reference) ?? fitSchema(about, value);
  known.set(reference, schema);
  return schema;
}
