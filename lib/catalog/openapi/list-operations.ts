import { setImmediate } from "node:timers/promises";
import { isObject, listOf } from "../faults";
import { endpointKey } from "../rows";
import type { EndpointDocument } from "../schema";
import type { Operation } from "../types";
import { describeOperation, lineFrom } from "./describe-operation";
import { placePath } from "./place-path";
import type { Description } from "./read-description";
import { follow } from "./references";
import { prefixFor, serverOf } from "./servers";

/** An operation as an endpoint, before anybody has put a price on it. */
export type Draft = Readonly<{
  method: EndpointDocument["method"];
  path: string;
  title?: string;
  summary?: string;
  operation: Operation;
  tags: readonly string[];
}>;

/** An operation that is not sold, and why. */
export type LeftOut = Readonly<{ method: string; path: string; reason: string }>;

export type Operations = Readonly<{ drafts: readonly Draft[]; left: readonly LeftOut[] }>;

const sold = { get: "GET", post: "POST", put: "PUT", patch: "PATCH", delete: "DELETE" } as const;
const unsold: Readonly<Record<string, string>> = {
  head: "HEAD is sold as GET.",
  options: "OPTIONS is answered by the gateway itself and never sold.",
  trace: "TRACE is never forwarded.",
};

type Item = Readonly<{ template: string; path: Record<string, unknown>; prefix: string }>;

/** Does a parameter stand for several segments? Only GitHub's own extension says so. */
const isRestIn =
  ({ root }: Description, parts: readonly unknown[]) =>
  (name: string): boolean =>
    parts
      .flatMap((part) => listOf(part, "parameters"))
      .map((parameter) => follow(root, parameter))
      .some(
        (one) => isObject(one) && one.name === name && one.in === "path" && one["x-multi-segment"] === true,
      );

type Server = ReturnType<typeof serverOf>;

/** Where an operation has a server of its own, unless that is the one of the whole API. */
function elsewhereThan(home: Server, own: Server): string | null {
  if (!own || (own.origin ?? home?.origin) !== (home?.origin ?? own.origin))
    return own && `${own.origin}${own.basePath}`;
  return own.basePath === (home?.basePath ?? "") ? null : `${own.origin ?? ""}${own.basePath}`;
}

function readOne(
  about: Description,
  { template, path: item, prefix }: Item,
  [verb, method]: readonly [verb: string, method: Draft["method"]],
): Draft | LeftOut {
  const leave = (reason: string): LeftOut => ({ method, path: template, reason });
  const operation = item[verb];
  if (!isObject(operation)) return leave("There is no operation under this method.");

  const elsewhere = elsewhereThan(serverOf(about.root), serverOf(operation) ?? serverOf(item));
  if (elsewhere !== null) return leave(`It is served at ${elsewhere}, not where the rest of the API is.`);

  const placed = placePath(`${prefix}${template}`, isRestIn(about, [item, operation]));
  if (!placed.ok) return leave(placed.reason);
  const title = lineFrom(operation.summary, 100) ?? lineFrom(operation.operationId, 100);
  const summary = lineFrom(operation.description, 300) ?? lineFrom(item.description, 300);
  return {
    method,
    path: placed.path,
    ...(title === undefined ? {} : { title }),
    ...(summary === undefined ? {} : { summary }),
    operation: describeOperation(about, [item, operation], placed.names),
    tags: listOf(operation, "tags").filter((tag) => typeof tag === "string"),
  };
}

function readItem(about: Description, raw: unknown, where: Omit<Item, "path">): (Draft | LeftOut)[] {
  const { template } = where;
  const item = follow(about.root, raw);
  if (!isObject(item))
    return [{ method: "*", path: template, reason: "It refers to something that is not in the document." }];
  return Object.keys(item).flatMap((verb): (Draft | LeftOut)[] => {
    const reason = Object.hasOwn(unsold, verb) ? unsold[verb] : undefined;
    if (reason !== undefined) return [{ method: verb.toUpperCase(), path: template, reason }];
    const method = Object.hasOwn(sold, verb) ? sold[verb as keyof typeof sold] : undefined;
    return method ? [readOne(about, { ...where, path: item }, [verb, method])] : [];
  });
}

const isLeft = (one: Draft | LeftOut): one is LeftOut => "reason" in one;

/** Paths that are read before other work gets its turn. */
const batch = 25;

async function readPaths(about: Description, prefix: string): Promise<(Draft | LeftOut)[]> {
  const { paths } = about.root;
  const found: (Draft | LeftOut)[] = [];
  for (const [place, [template, raw]] of Object.entries(isObject(paths) ? paths : {}).entries()) {
    if (place % batch === 0) await setImmediate();
    if (!template.startsWith("x-")) found.push(...readItem(about, raw, { template, prefix }));
  }
  return found;
}

/** Every operation of a description: as an endpoint below a service's upstream address, or with the reason why not. */
export async function listOperations(about: Description, upstreamUrl: string): Promise<Operations> {
  const drafts = new Map<string, Draft>();
  const left: LeftOut[] = [];
  for (const one of await readPaths(about, prefixFor(upstreamUrl, serverOf(about.root)))) {
    const first = isLeft(one) ? undefined : drafts.get(endpointKey(one));
    if (isLeft(one)) left.push(one);
    else if (!first) drafts.set(endpointKey(one), one);
    else {
      const reason = `It cannot be told apart from ${first.method} ${first.path}.`;
      left.push({ method: one.method, path: one.path, reason });
    }
  }
  return { drafts: [...drafts.values()], left };
}
