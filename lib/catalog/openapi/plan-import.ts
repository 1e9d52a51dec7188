import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type Change, fieldChanges } from "../changes";
import { endpointKey } from "../rows";
import { type EndpointDocument, optionDefaults, Price, type ServiceDocument } from "../schema";
import { bytesOf, fitOperation } from "./describe-operation";
import type { Draft, LeftOut, Operations } from "./list-operations";
import type { Description } from "./read-description";

/** What is told of all operations of one import, so that the configuration can be read and put back whole. */
const operationsBytesMax = 1_048_576;

const Terms = z.union(
  [z.strictObject({ price: Price }), z.strictObject({ free: z.literal(true) })],
  'Write {"price": {"amount": "0.01", "currency": "USD"}}, or {"free": true}.',
);

/** What new endpoints cost: by name, else by tag, else all the same. Endpoints that are there keep their prices. */
export const ImportPrices = z.strictObject({
  default: Terms.optional(),
  /** By tag of the description; the first tag of an operation that is named here decides. */
  byTag: z.record(z.string(), Terms).default({}),
  /** By method and path as they are sold: `GET /v1/forecast/{city}`. */
  byEndpoint: z.record(z.string(), Terms).default({}),
});

const Names = z.array(z.string().max(5_000)).max(3_000);

/** Which of what the description holds is taken; without a choice, all of it, and nothing is taken away. */
export const ImportChoice = z.strictObject({
  /** Only these, by method and path. */
  only: Names.optional(),
  /** All but these. */
  except: Names.default([]),
  /** Imported endpoints that the description does not have any more, to be taken off sale; `"all"` of them. */
  remove: z.union([z.literal("all"), Names], 'Write a list of endpoints, or "all".').default([]),
});

export type ImportOptions = Readonly<{
  prices: z.infer<typeof ImportPrices>;
  choose: z.infer<typeof ImportChoice>;
}>;

type Named = Readonly<{ method: string; path: string }>;
type Created = Readonly<{
  title: string | null;
  summary: string | null;
  /** `null` when it is free. */
  price: z.infer<typeof Price> | null;
}> &
  Named;

/** What an import would do, or has done. */
export type ImportPlan = Readonly<{
  /** Of the description. */
  title: string;
  version: string;
  /** Operations in it, all told: each is in exactly one of the lists below. */
  operations: number;
  creates: readonly Created[];
  /** What the description says differently now. Prices, rules and options stay. */
  updates: readonly (Named & Readonly<{ changes: readonly Change[] }>)[];
  unchanged: readonly Named[];
  /** In the description, and not chosen. */
  notChosen: readonly Named[];
  /** New, and no price was given for them. */
  unpriced: readonly Named[];
  /** What this gateway cannot sell, with the reason. */
  left: readonly LeftOut[];
  /** Imported before, and not in the description any more; on sale until `removed`. */
  gone: readonly (Named & Readonly<{ removed: boolean }>)[];
}>;

const labelOf = ({ method, path }: Named): string => `${method} ${path}`;
const named = ({ method, path }: Named): Named => ({ method, path });

/** Operations told in less detail, the longest first, until all of them have room. */
function fitAll(drafts: readonly Draft[]): Draft[] {
  const bytes = new Map(drafts.map((draft) => [draft, bytesOf(draft.operation)]));
  let sum = [...bytes.values()].reduce((total, one) => total + one, 0);
  for (const limit of [8_192, 4_096, 2_048, 1_024, 512, 2]) {
    if (sum <= operationsBytesMax) break;
    sum = [...bytes].reduce((total, [draft, size]) => {
      const next = Math.min(size, limit);
      bytes.set(draft, next);
      return total + next;
    }, 0);
  }
  return drafts.map((draft) => ({
    ...draft,
    operation: fitOperation(draft.operation, bytes.get(draft) ?? operationsBytesMax),
  }));
}

function termsFor(draft: Draft, { byEndpoint, byTag, default: usual }: ImportOptions["prices"]) {
  const label = labelOf(draft);
  if (Object.hasOwn(byEndpoint, label)) return byEndpoint[label];
  const tag = draft.tags.find((name) => Object.hasOwn(byTag, name));
  return tag === undefined ? usual : byTag[tag];
}

/** What a description decides of an endpoint; everything else is the merchant's. */
function told({ path, title, summary, operation }: Draft) {
  return { path, ...(title ? { title } : {}), ...(summary ? { summary } : {}), operation };
}

function newEndpoint(draft: Draft, terms: z.infer<typeof Terms>): EndpointDocument {
  const { method } = draft;
  const free = "free" in terms;
  const price = free ? {} : { price: terms.price };
  // safe: what a description tells has the document's own form
  return { ...optionDefaults, method, ...told(draft), free, intent: "charge", ...price } as EndpointDocument;
}

function updated(before: EndpointDocument, draft: Draft): EndpointDocument {
  const { title: _, summary: __, operation: ___, ...own } = before;
  return { ...own, ...told(draft) } as EndpointDocument; // safe: as above
}

type Existing = ReadonlyMap<string, EndpointDocument>;

function sortDrafts(drafts: readonly Draft[], existing: Existing, { prices, choose }: ImportOptions) {
  const plan = {
    creates: [] as Created[],
    updates: [] as (Named & { changes: readonly Change[] })[],
    unchanged: [] as Named[],
    notChosen: [] as Named[],
    unpriced: [] as Named[],
  };
  const next = new Map<string, EndpointDocument>();
  const isChosen = (label: string) =>
    (choose.only?.includes(label) ?? true) && !choose.except.includes(label);
  for (const draft of drafts) {
    const before = existing.get(endpointKey(draft));
    if (!isChosen(labelOf(draft))) plan.notChosen.push(named(draft));
    else if (before) {
      const after = updated(before, draft);
      if (isDeepStrictEqual(before, after)) plan.unchanged.push(named(draft));
      else {
        next.set(endpointKey(before), after);
        plan.updates.push({ ...named(before), changes: fieldChanges(labelOf(before), before, after) });
      }
    } else {
      const terms = termsFor(draft, prices);
      if (!terms) plan.unpriced.push(named(draft));
      else {
        const endpoint = newEndpoint(draft, terms);
        next.set(endpointKey(draft), endpoint);
        const { title = null, summary = null, price = null } = endpoint;
        plan.creates.push({ ...named(draft), title, summary, price });
      }
    }
  }
  return { plan, next };
}

/**
 * What becomes of a service when a description is imported into it: its endpoints afterwards, and the plan in words.
 * Endpoints that were never imported are left alone.
 */
export function planImport(
  about: Pick<Description, "title" | "version"> & Operations,
  service: Pick<ServiceDocument, "endpoints">,
  options: ImportOptions,
): { plan: ImportPlan; endpoints: EndpointDocument[] } {
  const { title, version, left } = about;
  const drafts = fitAll(about.drafts);
  const existing = new Map(service.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const { plan, next } = sortDrafts(drafts, existing, options);

  const described = new Set(drafts.map(endpointKey));
  const { remove } = options.choose;
  const isRemoved = (endpoint: Named) => remove === "all" || remove.includes(labelOf(endpoint));
  const gone = service.endpoints
    .filter((endpoint) => endpoint.operation !== undefined && !described.has(endpointKey(endpoint)))
    .map((endpoint) => ({ ...named(endpoint), removed: isRemoved(endpoint) }));

  const removed = new Set(gone.filter((one) => one.removed).map(endpointKey));
  const kept = service.endpoints.filter((endpoint) => !removed.has(endpointKey(endpoint)));
  const created = [...next].filter(([key]) => !existing.has(key)).map(([, endpoint]) => endpoint);
  const endpoints = [...kept.map((endpoint) => next.get(endpointKey(endpoint)) ?? endpoint), ...created];
  return {
    plan: { title, version, operations: drafts.length + left.length, ...plan, left, gone },
    endpoints,
  };
}
