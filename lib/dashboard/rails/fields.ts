/** As much of JSON Schema as `z.toJSONSchema` writes for the settings of a rail. */
export type JsonSchema = Readonly<{
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: readonly unknown[];
  format?: string;
  minimum?: number;
  maximum?: number;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  items?: JsonSchema;
  anyOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
}>;

type FieldKind = "text" | "url" | "secret" | "number" | "switch" | "choice" | "list" | "json";

/** One field of a rail's settings, as its own schema describes it. */
export type SettingField = Readonly<{
  /** Where it stands in the settings: "macaroon", "enabler.key". */
  path: string;
  kind: FieldKind;
  label: string;
  /** Names of the objects around it: "Enabler". */
  group: string | null;
  help: string | null;
  isRequired: boolean;
  /** What holds when it is left empty, as text. */
  usual: string | null;
  options: readonly string[];
  /** Shown only while another field has this value: the variants of a union. */
  when: readonly { path: string; value: string }[];
}>;

/** "idleTimeoutSeconds" becomes "Idle timeout seconds". */
export function wordsOf(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

type Around = Readonly<{
  path: readonly string[];
  group: string | null;
  isRequired: boolean;
  secrets: readonly string[];
  when: SettingField["when"];
}>;

const isScalar = (type: string | undefined): boolean =>
  type === "string" || type === "number" || type === "integer";

function kindOf(schema: JsonSchema, path: string, secrets: readonly string[]): FieldKind {
  if (secrets.includes(path)) return "secret";
  if (schema.enum) return "choice";
  if (schema.type === "boolean") return "switch";
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type === "string") return schema.format === "uri" ? "url" : "text";
  return schema.type === "array" && isScalar(schema.items?.type) ? "list" : "json";
}

function usualText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function leaf(schema: JsonSchema, around: Around): SettingField {
  const path = around.path.join(".");
  return {
    path,
    kind: kindOf(schema, path, around.secrets),
    label: schema.title ?? wordsOf(around.path.at(-1) ?? ""),
    group: around.group,
    help: schema.description ?? null,
    isRequired: around.isRequired,
    usual: usualText(schema.default),
    options: (schema.enum ?? []).map(String),
    when: around.when,
  };
}

function objectFields(schema: JsonSchema, around: Around): SettingField[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([key, property]) => {
    const inner = { ...around, path: [...around.path, key], isRequired: required.includes(key) };
    if (property.const !== undefined) return [];
    if (property.properties && !around.secrets.includes(inner.path.join("."))) {
      const group = property.title ?? wordsOf(key);
      return fieldsIn(property, { ...inner, group, isRequired: inner.isRequired });
    }
    const variants = property.oneOf ?? property.anyOf;
    return variants?.every(({ properties: each }) => each)
      ? fieldsIn(property, { ...inner, group: property.title ?? wordsOf(key) })
      : [leaf(property, inner)];
  });
}

/** The key by whose constant the variants of a union are told apart. */
function markOf(variants: readonly JsonSchema[]): string | null {
  const keys = Object.keys(variants[0]?.properties ?? {});
  return (
    keys.find((key) => variants.every(({ properties }) => properties?.[key]?.const !== undefined)) ?? null
  );
}

function variantFields(variants: readonly JsonSchema[], around: Around): SettingField[] {
  const mark = markOf(variants);
  if (mark === null) return [leaf({}, around)];
  const own = variants[0]?.properties?.[mark] ?? {};
  const path = [...around.path, mark].join(".");
  const values = variants.map(({ properties }) => String(properties?.[mark]?.const));
  const choice = leaf(
    { ...own, enum: values },
    { ...around, path: [...around.path, mark], isRequired: true },
  );
  const parts = variants.flatMap((variant, place) =>
    objectFields(variant, { ...around, when: [...around.when, { path, value: values[place] ?? "" }] }),
  );
  return [choice, ...parts];
}

function fieldsIn(schema: JsonSchema, around: Around): SettingField[] {
  const variants = schema.oneOf ?? schema.anyOf;
  return variants ? variantFields(variants, around) : objectFields(schema, around);
}

/** The fields of a settings form, in the order of the schema. `secrets` are dotted paths that are write-only. */
export const fieldsOf = (schema: JsonSchema, secrets: readonly string[]): SettingField[] =>
  fieldsIn(schema, { path: [], group: null, isRequired: true, secrets, when: [] });
