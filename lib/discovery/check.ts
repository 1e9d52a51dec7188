import { z } from "zod";
import { parseChallenges, readRequest } from "@/lib/protocol";
import { sampleOf, sampleText } from "./sample";

const Offer = z.object({
  intent: z.string(),
  method: z.string(),
  amount: z.string().nullable(),
  currency: z.string(),
});
const Schema = z.union([z.boolean(), z.record(z.string(), z.unknown())]).optional();
const Parameter = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean().default(false),
  schema: Schema,
});
const Operation = z.object({
  parameters: z.array(Parameter).default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: Schema, example: z.unknown().optional() })) })
    .optional(),
  "x-payment-info": z.object({ offers: z.array(Offer) }).optional(),
});
const Document = z.object({
  "x-truncated": z.boolean().default(false),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
});
type Operation = z.infer<typeof Operation>;

export type CheckedOffer = z.infer<typeof Offer>;

/**
 * How an operation stands: `agrees`; `differs`, which is a defect; `unclear` when the sample request met a rule that
 * frees or refuses it, or a rail that did not answer, so that there was nothing to compare.
 */
export type DriftRow = Readonly<{
  origin: string;
  method: string;
  /** As the document names it. */
  template: string;
  /** The sample that was asked for. */
  target: string;
  state: "agrees" | "differs" | "unclear";
  published: readonly CheckedOffer[];
  live: readonly CheckedOffer[];
  /** What differs or is unclear, in words. */
  words: readonly string[];
}>;

export type DriftReport = Readonly<{
  /** Does every advertised offer agree with the challenge? */
  ok: boolean;
  rows: readonly DriftRow[];
  /** Documents that were cut to their limit, so that not every endpoint is in them. */
  truncated: readonly string[];
}>;

/** One document, on the host it is served at. */
export type CheckedSite = Readonly<{ origin: string; document: string }>;

export type Asked = Readonly<{
  origin: string;
  method: string;
  target: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
}>;

export type CheckDeps = Readonly<{
  /** The function that payers' requests reach; it must take nothing and call no upstream. */
  ask(asked: Asked): Promise<Response>;
  /** Did this method's network fail to answer during the check? */
  isDown(method: string): boolean;
}>;

/** A request that the operation describes, with samples in its places. */
function requestOf(origin: string, { method, template, operation }: Named): Asked {
  const sampleFor = ({ name, schema }: z.infer<typeof Parameter>) => sampleText(name, schema);
  const target = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = operation.parameters.find((each) => each.in === "path" && each.name === name);
    return encodeURIComponent(parameter ? sampleFor(parameter) : name);
  });
  const needed = operation.parameters.filter(({ required }) => required);
  const query = needed.filter((each) => each.in === "query");
  const search = new URLSearchParams(query.map((each) => [each.name, sampleFor(each)])).toString();
  const headers = needed
    .filter((each) => each.in === "header")
    .map((each) => [each.name, sampleFor(each)] as const);
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const isJson = type?.includes("json");
  return {
    origin,
    method,
    target: search === "" ? target : `${target}?${search}`,
    headers: isJson ? [...headers, ["content-type", type ?? ""]] : headers,
    body: isJson ? JSON.stringify(content?.example ?? sampleOf(content?.schema)) : "",
  };
}

function liveOffers(answer: Response): CheckedOffer[] {
  return parseChallenges(answer.headers.get("www-authenticate") ?? "").map((challenge) => {
    const { amount, currency } = readRequest(challenge) ?? {};
    return {
      intent: challenge.intent,
      method: challenge.method,
      amount: typeof amount === "string" ? amount : null,
      currency: typeof currency === "string" ? currency : "",
    };
  });
}

const nameOf = ({ method, intent }: CheckedOffer): string => `${method}/${intent}`;

/** Compares field by field what is advertised with what is asked for. */
export function compareOffers(
  published: readonly CheckedOffer[],
  live: readonly CheckedOffer[],
  isDown: (method: string) => boolean,
): { differs: string[]; unclear: string[] } {
  const differs: string[] = [];
  const unclear: string[] = [];
  for (const offer of published) {
    const name = nameOf(offer);
    const found = live.find((each) => nameOf(each) === name);
    if (!found) {
      if (isDown(offer.method))
        unclear.push(`${name}: the network did not answer, so it was not offered now`);
      else if (offer.amount === null) unclear.push(`${name}: not offered at the price of the sample`);
      else differs.push(`${name}: advertised, and not in the challenge`);
      continue;
    }
    if (offer.amount !== null && offer.amount !== found.amount) {
      differs.push(`${name}: amount ${offer.amount} is advertised, ${found.amount} is asked`);
    }
    if (offer.currency !== found.currency) {
      differs.push(`${name}: currency ${offer.currency} is advertised, ${found.currency} is asked`);
    }
  }
  for (const offer of live) {
    if (!published.some((each) => nameOf(each) === nameOf(offer))) {
      differs.push(`${nameOf(offer)}: in the challenge, and not advertised`);
    }
  }
  const order = live.map(nameOf).filter((name) => published.some((each) => nameOf(each) === name));
  const told = published.map(nameOf).filter((name) => order.includes(name));
  if (differs.length === 0 && order.join() !== told.join()) differs.push("The order of the offers differs");
  return { differs, unclear };
}

/** Why there is no challenge to compare with, where that is nobody's fault; `null` where it is ours. */
function excuseOf({ status }: Response, published: readonly CheckedOffer[]): string | null {
  if (status < 300)
    return "A rule serves the sample for nothing right now, so there is no challenge to compare";
  if (status === 403) return "A rule refuses the sample, so there is no challenge to compare";
  const isPricedByRequest = published.some(({ amount }) => amount === null);
  if (status === 400 && isPricedByRequest)
    return "The price is read from the request, and the sample has not what it needs";
  if (status === 503 && isPricedByRequest)
    return "The price is asked of the merchant's system, which did not answer";
  return null;
}

type Named = Readonly<{ method: string; template: string; operation: Operation }>;

async function checkOperation(deps: CheckDeps, origin: string, named: Named): Promise<DriftRow> {
  const published = named.operation["x-payment-info"]?.offers ?? [];
  const asked = requestOf(origin, named);
  const answer = await deps.ask(asked);
  const live = liveOffers(answer);
  await answer.body?.cancel();
  const about = {
    origin,
    method: named.method,
    template: named.template,
    target: asked.target,
    published,
    live,
  };
  if (answer.status !== 402) {
    const areDown = published.length > 0 && published.every(({ method }) => deps.isDown(method));
    const excuse = areDown ? "No network answered, so nothing was offered now" : excuseOf(answer, published);
    const words = [excuse ?? `The answer was ${answer.status}, without a challenge`];
    return { ...about, state: excuse ? "unclear" : "differs", words };
  }
  const { differs, unclear } = compareOffers(published, live, deps.isDown);
  const state = differs.length > 0 ? "differs" : unclear.length > 0 ? "unclear" : "agrees";
  return { ...about, state, words: [...differs, ...unclear] };
}

async function checkSite(deps: CheckDeps, { origin, document }: CheckedSite) {
  const answer = await deps.ask({ origin, method: "GET", target: document, headers: [], body: "" });
  if (answer.status === 404) return { rows: [], isTruncated: false };
  const { paths, "x-truncated": isTruncated } = Document.parse(await answer.json());
  const rows: DriftRow[] = [];
  for (const [template, item] of Object.entries(paths)) {
    for (const [verb, operation] of Object.entries(item)) {
      if (!operation["x-payment-info"]) continue;
      rows.push(await checkOperation(deps, origin, { method: verb.toUpperCase(), template, operation }));
    }
  }
  return { rows, isTruncated };
}

/**
 * Fetches each document as anybody would, asks for each payable operation without paying, and compares every
 * advertised offer with the challenge (`contracts/discovery.md` §4). A difference is a defect of ours.
 */
export async function checkDiscovery(deps: CheckDeps, sites: readonly CheckedSite[]): Promise<DriftReport> {
  const rows: DriftRow[] = [];
  const truncated: string[] = [];
  for (const site of sites) {
    const checked = await checkSite(deps, site);
    rows.push(...checked.rows);
    if (checked.isTruncated) truncated.push(`${site.origin}${site.document}`);
  }
  return { ok: rows.every(({ state }) => state !== "differs"), rows, truncated };
}
