import { sha256 } from "@/lib/kit";
import type { Listed, Listing } from "./listing";
import { type Operation, operationOf, type Step, steps } from "./operation";
import type { Site } from "./site";
import { plain } from "./text";

/** Registries read no further. */
const bytesMax = 64 * 1024;
const titleMax = 300;
const descriptionMax = 2_000;
const categoriesMax = 5;

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** An address in OpenAPI's own templates, which know no parameter that takes the rest of a path. */
function templateOf(address: string): string {
  const isNamed = (name: string): boolean => address.includes(`{${name}}`);
  let rest = "rest";
  while (isNamed(rest)) rest += "_";
  return address.replace(/\{(\w+)\.\.\.\}$/, "{$1}").replace(/\/\*$/, `/{${rest}}`);
}

/** Words of the service, the method and the path; a second operation of the same words is numbered. */
function operationIdOf({ service, endpoint }: Listed, taken: Set<string>): string {
  const words = `${service.slug}_${endpoint.method.toLowerCase()}_${endpoint.path}`
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/_$/, "");
  let id = words;
  for (let number = 2; taken.has(id); number += 1) id = `${words}_${number}`;
  taken.add(id);
  return id;
}

const takesRest = ({ address }: Listed): boolean => /(?:\/\*|\.\.\.\})$/.test(address);

/** An endpoint where the document names it. */
type Placed = Readonly<{ listed: Listed; template: string }>;

/**
 * Which operation of a document each endpoint is. OpenAPI cannot tell one segment from the rest of a path; where both
 * are sold, the one segment is told.
 */
function placesOf(endpoints: readonly Listed[]): Placed[] {
  const templates = new Map<string, string>();
  const taken = new Set<string>();
  const plainFirst = [...endpoints].sort((a, b) => Number(takesRest(a)) - Number(takesRest(b)));
  return plainFirst.flatMap((listed) => {
    const own = templateOf(listed.address);
    const shape = own.replace(/\{\w+\}/g, "{}");
    const template = templates.get(shape) ?? own;
    templates.set(shape, template);
    const operation = `${listed.endpoint.method} ${template}`;
    if (taken.has(operation)) return [];
    taken.add(operation);
    return [{ listed, template }];
  });
}

function pathsOf(places: readonly Placed[], step: Step): Paths {
  const paths: Record<string, Record<string, Operation>> = {};
  const taken = new Set<string>();
  for (const { listed, template } of places) {
    const item = paths[template] ?? {};
    paths[template] = item;
    const id = operationIdOf(listed, taken);
    item[listed.endpoint.method.toLowerCase()] = operationOf(listed, { id, template, step });
  }
  return Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const howItWorks =
  "Addresses with x-payment-info answer 402 with a challenge for each way to pay. What that challenge asks is what counts.";

function serviceInfoOf({ origin, base, homepage, categories }: Site) {
  return {
    ...(categories.length > 0
      ? { categories: categories.slice(0, categoriesMax).map((name) => plain(name, titleMax)) }
      : {}),
    docs: {
      ...(homepage === null ? {} : { homepage }),
      apiReference: `${origin}${base}/openapi.json`,
      llms: `${origin}${base}/llms.txt`,
    },
  };
}

function documentOf(site: Site, version: string, paths: Paths) {
  const summary = site.summary === null ? "" : `${plain(site.summary, descriptionMax)} `;
  return {
    openapi: "3.1.0",
    info: { title: plain(site.title, titleMax), version, description: `${summary}${howItWorks}` },
    servers: [{ url: site.origin }],
    "x-service-info": serviceInfoOf(site),
    paths,
  };
}

const bytesOf = (text: string): number => Buffer.byteLength(text);

/** The paths that fit, in their order, into the bytes that are left. */
function fitting(paths: Paths, bytes: number): Paths {
  const kept: Record<string, Paths[string]> = {};
  let left = bytes;
  for (const [template, item] of Object.entries(paths)) {
    left -= bytesOf(`${JSON.stringify(template)}:${JSON.stringify(item)},`);
    if (left < 0) break;
    kept[template] = item;
  }
  return kept;
}

/**
 * The document as bytes that depend on the configuration alone. Over the limit schemas go first, then descriptions,
 * then addresses from the end of the alphabet (`contracts/discovery.md` §2).
 */
export function renderOpenApi(site: Site, listings: readonly Listing[]): string {
  const places = placesOf(listings.flatMap((listing) => listing.endpoints));
  let paths = pathsOf(places, steps[0]);
  const version = sha256(JSON.stringify(documentOf(site, "", paths)))
    .toString("hex")
    .slice(0, 12);
  for (const step of steps) {
    if (step !== steps[0]) paths = pathsOf(places, step);
    const text = JSON.stringify(documentOf(site, version, paths));
    if (bytesOf(text) <= bytesMax) return text;
  }
  const empty = { ...documentOf(site, version, {}), "x-truncated": true };
  const room = bytesMax - bytesOf(JSON.stringify(empty));
  return JSON.stringify({ ...empty, paths: fitting(paths, room) });
}
