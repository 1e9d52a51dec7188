import type { z } from "zod";
import type { FieldFault } from "@/lib/problems";

type Steps = readonly PropertyKey[];

/** Where a part stands in the document, and where its faults are gathered. */
export type To = Readonly<{ at: string; faults: FieldFault[] }>;

export const under = ({ at, faults }: To, ...steps: PropertyKey[]): To => ({
  at: placeOf(at, steps),
  faults,
});
export const complain = ({ at, faults }: To, message: string): void =>
  void faults.push({ path: at, message });

/** The name of a place in the document: `services[0].endpoints[1].price`. */
export function placeOf(at: string, steps: Steps): string {
  let place = at;
  for (const step of steps) {
    if (typeof step === "number") place += `[${step}]`;
    else if (/^[\w$-]+$/.test(String(step))) place += place === "" ? String(step) : `.${String(step)}`;
    else place += `[${JSON.stringify(String(step))}]`;
  }
  return place;
}

/** A place that another room named within a part, named within the document. */
export const placeWithin = (at: string, path: string): string =>
  path === "" || path.startsWith("[") || at === "" ? `${at}${path}` : `${at}.${path}`;

type Issue = z.core.$ZodIssue;

function messageOf(issue: Issue): string {
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined"))
    return "This is required.";
  if (issue.code === "invalid_key") return issue.issues[0]?.message ?? "This key is not acceptable.";
  return issue.message.replace(/^Invalid input: expected/, "Expected");
}

/** A secret goes by the name of its key; its wrapping has no place of its own. */
const isNamed = (step: PropertyKey): boolean => step !== "$secret";

/** What a schema found, in the words and places of the document. */
export function faultsOf(error: z.ZodError, at: string): FieldFault[] {
  return error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          path: placeOf(at, [...issue.path, key]),
          message: "This key is not known here.",
        }))
      : [{ path: placeOf(at, issue.path.filter(isNamed)), message: messageOf(issue) }],
  );
}

/** Reads one part; what is wrong with it joins `faults`. */
export function readPart<T>(schema: z.ZodType<T>, value: unknown, to: To): T | null {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  to.faults.push(...faultsOf(parsed.error, to.at));
  return null;
}

const depthMax = 32;

/** Text the database cannot hold, keys that are not plain names, and nesting beyond reason. */
export function unstorable(value: unknown, at: string, depth = 0): FieldFault[] {
  if (depth > depthMax) return [{ path: at, message: "This is nested too deeply." }];
  if (typeof value === "string") {
    return value.isWellFormed() && !value.includes("\0")
      ? []
      : [{ path: at, message: "This text has NUL or half of a character in it." }];
  }
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value))
    return value.flatMap((item, place) => unstorable(item, placeOf(at, [place]), depth + 1));
  return Object.entries(value).flatMap(([key, item]) => {
    const place = placeOf(at, [key]);
    const isPlain = key !== "__proto__" && (key === "$secret" || !key.startsWith("$"));
    if (!isPlain || unstorable(key, place).length > 0) {
      return [{ path: place, message: "This key is not known here." }];
    }
    return unstorable(item, place, depth + 1);
  });
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The list under a key of something that may be anything. */
export function listOf(value: unknown, key: string): readonly unknown[] {
  const list = isObject(value) ? value[key] : [];
  return Array.isArray(list) ? list : [];
}

/** One fault per place: the first, which is the plainest. */
export function firstOfEach(faults: readonly FieldFault[]): FieldFault[] {
  const seen = new Set<string>();
  return faults.filter(({ path }) => !seen.has(path) && seen.add(path));
}
