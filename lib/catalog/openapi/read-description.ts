import { parseDocument } from "yaml";
import { isObject } from "../faults";

/** JSON is read quickly; YAML takes seconds for much more than this, and nothing else is done meanwhile. */
export const jsonBytesMax = 16 * 1_048_576;
const yamlBytesMax = 1_048_576;
const aliasesMax = 100;

/** A description of an API: OpenAPI 3.0 or 3.1. */
export type Description = Readonly<{
  root: Readonly<Record<string, unknown>>;
  /** From 3.1 on, schemas are JSON Schema 2020-12; before, they are a dialect of their own. */
  is31: boolean;
  title: string;
  version: string;
}>;

type ReadText = Readonly<{ ok: true; value: unknown } | { ok: false; reason: string }>;
type ReadDescription = Readonly<{ ok: true; description: Description } | { ok: false; reason: string }>;

const refuse = (reason: string) => ({ ok: false, reason }) as const;
const firstLine = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";

function readJson(text: string): ReadText {
  if (text.length > jsonBytesMax) return refuse(`It is larger than ${jsonBytesMax / 1_048_576} MiB.`);
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return refuse(`It is not JSON: ${firstLine(error)}`);
  }
}

function readYaml(text: string): ReadText {
  if (text.length > yamlBytesMax) {
    return refuse(`It is YAML of more than ${yamlBytesMax / 1_048_576} MiB; give it as JSON.`);
  }
  try {
    const document = parseDocument(text, { schema: "core", merge: true, prettyErrors: true });
    const [error] = document.errors;
    if (error) return refuse(`It is not YAML: ${firstLine(error)}`);
    return { ok: true, value: document.toJS({ maxAliasCount: aliasesMax }) };
  } catch (error) {
    return refuse(`It is not YAML: ${firstLine(error)}`);
  }
}

const textOr = (value: unknown, other: string): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : other;

/** Reads a description as text, JSON or YAML; or says in a sentence why it is none. */
export function readDescription(text: string): ReadDescription {
  const plain = text.replace(/^\uFEFF/, "").trimStart();
  if (plain === "") return refuse("There is nothing in it.");
  const read = plain.startsWith("{") ? readJson(plain) : readYaml(plain);
  if (!read.ok) return read;
  const root = read.value;
  if (!isObject(root)) return refuse("It is no description of an API.");
  if ("swagger" in root) return refuse("It is Swagger 2.0. Convert it to OpenAPI 3 first.");
  const written = textOr(root.openapi, "");
  if (!/^3\.[01](?:\.|$)/.test(written))
    return refuse("It is not OpenAPI 3.0 or 3.1: the key openapi says which.");
  if (!isObject(root.paths)) return refuse("It has no paths.");
  const { title, version } = isObject(root.info) ? root.info : {};
  return {
    ok: true,
    description: {
      root,
      is31: written.startsWith("3.1"),
      title: textOr(title, ""),
      version: textOr(version, ""),
    },
  };
}
