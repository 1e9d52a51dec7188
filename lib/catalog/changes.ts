import { isDeepStrictEqual } from "node:util";
import { isObject } from "./faults";
import { endpointKey } from "./rows";
import type { ConfigDocument, ServiceDocument } from "./schema";
import { isSecret, maskTree } from "./secrets";

/** One thing that a configuration changes. Secrets are masked, so a change of one shows only that there is one. */
export type Change = Readonly<{
  op: "create" | "update" | "delete";
  /** Where, by name: `services[weather].endpoints[GET /v1/forecast/{city}].price`. */
  path: string;
  before?: unknown;
  after?: unknown;
}>;

/** Values that are read as one thing and so change as one. */
const isWhole = (value: unknown, path: string): boolean =>
  !isObject(value) ||
  isSecret(value) ||
  /\.(?:price|minimum|maximum|meter|operation|auth|breaker)$/.test(path);

function change(path: string, before: unknown, after: unknown): Change {
  if (before === undefined) return { op: "create", path, after: maskTree(after) };
  if (after === undefined) return { op: "delete", path, before: maskTree(before) };
  return { op: "update", path, before: maskTree(before), after: maskTree(after) };
}

/** Field by field, what differs between two versions of one thing. */
export function fieldChanges(path: string, before: unknown, after: unknown): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isWhole(before, path) || isWhole(after, path)) return [change(path, before, after)];
  const old = isObject(before) ? before : {};
  const next = isObject(after) ? after : {};
  const keys = new Set([...Object.keys(old), ...Object.keys(next)]);
  return [...keys].flatMap((key) => fieldChanges(`${path}.${key}`, old[key], next[key]));
}

type Listing<T> = Readonly<{
  before: readonly T[];
  after: readonly T[];
  keyOf(item: T): string;
  nameOf(item: T): string;
  compare(path: string, before: T, after: T): Change[];
}>;

function listChanges<T>(path: string, { before, after, keyOf, nameOf, compare }: Listing<T>): Change[] {
  const old = new Map(before.map((item) => [keyOf(item), item]));
  const next = new Map(after.map((item) => [keyOf(item), item]));
  const changes = after.flatMap((item) => {
    const place = `${path}[${nameOf(item)}]`;
    const earlier = old.get(keyOf(item));
    return earlier === undefined ? [change(place, undefined, item)] : compare(place, earlier, item);
  });
  for (const item of before) {
    if (!next.has(keyOf(item))) changes.push(change(`${path}[${nameOf(item)}]`, item, undefined));
  }
  const keptBefore = before.filter((item) => next.has(keyOf(item))).map(keyOf);
  const keptAfter = after.filter((item) => old.has(keyOf(item))).map(keyOf);
  if (!isDeepStrictEqual(keptBefore, keptAfter)) {
    changes.push({ op: "update", path, before: before.map(nameOf), after: after.map(nameOf) });
  }
  return changes;
}

function serviceChanges(path: string, before: ServiceDocument, after: ServiceDocument): Change[] {
  const { endpoints: oldEndpoints, ...old } = before;
  const { endpoints, ...next } = after;
  return [
    ...fieldChanges(path, old, next),
    ...listChanges(`${path}.endpoints`, {
      before: oldEndpoints,
      after: endpoints,
      keyOf: endpointKey,
      nameOf: ({ method, path }) => `${method} ${path}`,
      compare: fieldChanges,
    }),
  ];
}

/** Everything that differs between two configurations; `before` is `null` for a merchant that is new. */
export function changesBetween(before: ConfigDocument | null, after: ConfigDocument): Change[] {
  return [
    ...fieldChanges("merchant", before?.merchant, after.merchant),
    ...listChanges("rails", {
      before: before?.rails ?? [],
      after: after.rails,
      keyOf: ({ id }) => id,
      nameOf: ({ id }) => id,
      compare: fieldChanges,
    }),
    ...listChanges("services", {
      before: before?.services ?? [],
      after: after.services,
      keyOf: ({ slug }) => slug,
      nameOf: ({ slug }) => slug,
      compare: serviceChanges,
    }),
    ...listChanges("connectors", {
      before: before?.connectors ?? [],
      after: after.connectors,
      keyOf: ({ id }) => id,
      nameOf: ({ id }) => id,
      compare: fieldChanges,
    }),
  ];
}
