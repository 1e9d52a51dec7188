import type { JsonSchema } from "@/lib/catalog";

const depthMax = 6;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const byType: Readonly<Record<string, unknown>> = {
  string: "text",
  integer: 1,
  number: 1,
  boolean: true,
  null: null,
};

function objectOf(schema: Record<string, unknown>, depth: number): Record<string, unknown> {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = listed(schema.required).filter((name): name is string => typeof name === "string");
  const names = required.length > 0 ? required : Object.keys(properties).slice(0, 5);
  return Object.fromEntries(names.map((name) => [name, sampleAt(properties[name] as JsonSchema, depth + 1)]));
}

function sampleAt(schema: JsonSchema | undefined, depth: number): unknown {
  if (!isObject(schema) || depth > depthMax) return "text";
  if ("const" in schema) return schema.const;
  for (const known of [schema.example, listed(schema.examples)[0], schema.default, listed(schema.enum)[0]]) {
    if (known !== undefined) return known;
  }
  const [choice] = [...listed(schema.allOf), ...listed(schema.oneOf), ...listed(schema.anyOf)];
  const type = listed(schema.type)[0] ?? schema.type;
  if (type === undefined && choice !== undefined) return sampleAt(choice as JsonSchema, depth + 1);
  if (type === "object" || (type === undefined && isObject(schema.properties)))
    return objectOf(schema, depth);
  if (type === "array")
    return schema.items === undefined ? [] : [sampleAt(schema.items as JsonSchema, depth + 1)];
  const least = schema.minimum ?? 0;
  if ((type === "integer" || type === "number") && Number(least) > 1) return least;
  return byType[String(type)] ?? "text";
}

/** A value that a schema allows, as far as a short look at it tells: its own example, or something of its type. */
export const sampleOf = (schema: JsonSchema | undefined): unknown => sampleAt(schema, 0);

/** The same where text is wanted: in a path, a query or a header. */
export function sampleText(name: string, schema: JsonSchema | undefined): string {
  const value = schema === undefined ? name : sampleOf(schema);
  if (value === "text") return name;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : name;
}
