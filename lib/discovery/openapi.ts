import { sha256 } from "@/lib/kit";
import type { Listed, Listing } from "./listing";
import { plain } from "./text";

/** Registries read no further. */
const bytesMax = 64 * 1024;
const summaryMax = 300;
const descriptionMax = 2_000;

type Operation = Readonly<Record<string, unknown>>;
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** What a document still has room for; each step tells less than the one before. */
const steps = [
  { schemas: true, descriptions: true },
  { schemas: false, descriptions: true },
  { schemas: false, descriptions: false },
] as const;
type Step = (typeof steps)[number];

/** An address in OpenAPI's own templates, which know no parameter that takes the rest of a path. */
function templateOf(address: string): string {
  const isNamed = (name: string): boolean => address.includes(`{${name}}`);
  let rest = "rest";
  while (isNamed(rest)) rest += "_";
  return address.replace(/\{(\w+)\.\.\.\}$/, "{$1}").replace(/\/\*$/, `/{${rest}}`);
}

const parameterNames = (template: string): string[] =>
  [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);

const parameterOf = (name: string) => ({ name, in: "path", required: true, schema: { type: "string" } });

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

const takesBody = (method: string): boolean => ["POST", "PUT", "PATCH"].includes(method);

function operationOf(
  listed: Listed,
  { id, template, step }: { id: string; template: string; step: Step },
): Operation {
  const { service, endpoint, offers } = listed;
  const text = step.descriptions ? endpoint.description : null;
  const description = text === null ? {} : { description: plain(text, summaryMax) };
  const names = parameterNames(template);
  return {
    operationId: id,
    ...(text === null ? {} : { summary: plain(text, summaryMax) }),
    ...(text !== null && [...text].length > summaryMax ? { description: plain(text, descriptionMax) } : {}),
    ...(service.mode === "test" ? { "x-mode": "test" } : {}),
    ...(names.length > 0 ? { parameters: names.map(parameterOf) } : {}),
    ...(step.schemas && takesBody(endpoint.method) ? { requestBody: { content: { "*/*": {} } } } : {}),
    ...(endpoint.free
      ? {}
      : {
          "x-payment-info": {
            offers: offers.map(({ method, money }) => ({
              intent: endpoint.intent,
              method,
              amount: money.units.toString(),
              currency: money.currency.code.toLowerCase(),
              ...description,
            })),
          },
        }),
    responses: {
      "200": { description: "OK" },
      ...(endpoint.free ? {} : { "402": { description: "Payment Required" } }),
    },
  };
}

const takesRest = ({ address }: Listed): boolean => /(?:\/\*|\.\.\.\})$/.test(address);

/**
 * Operations by path and method. OpenAPI cannot tell one segment from the rest of a path; where both are sold, the one
 * segment is told.
 */
function pathsOf(endpoints: readonly Listed[], step: Step): Paths {
  const paths: Record<string, Record<string, Operation>> = {};
  const templates = new Map<string, string>();
  const taken = new Set<string>();
  const plainFirst = [...endpoints].sort((a, b) => Number(takesRest(a)) - Number(takesRest(b)));
  for (const listed of plainFirst) {
    const own = templateOf(listed.address);
    const shape = own.replace(/\{\w+\}/g, "{}");
    const template = templates.get(shape) ?? own;
    templates.set(shape, template);
    const item = paths[template] ?? {};
    paths[template] = item;
    const verb = listed.endpoint.method.toLowerCase();
    if (item[verb]) continue;
    item[verb] = operationOf(listed, { id: operationIdOf(listed, taken), template, step });
  }
  return Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export type About = Readonly<{
  origin: string;
  title: string;
  /** Where both documents stand, from the origin. */
  base: string;
}>;

function documentOf({ origin, title, base }: About, version: string, paths: Paths) {
  return {
    openapi: "3.1.0",
    info: {
      title: plain(title, summaryMax),
      version,
      description:
        "Addresses with x-payment-info answer 402 with a challenge for each way to pay. What that challenge asks is what counts.",
    },
    servers: [{ url: origin }],
    "x-service-info": {
      docs: { apiReference: `${origin}${base}/openapi.json`, llms: `${origin}${base}/llms.txt` },
    },
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
export function renderOpenApi(about: About, listings: readonly Listing[]): string {
  const endpoints = listings.flatMap((listing) => listing.endpoints);
  let paths = pathsOf(endpoints, steps[0]);
  const version = sha256(JSON.stringify([about, paths]))
    .toString("hex")
    .slice(0, 12);
  for (const step of steps) {
    if (step !== steps[0]) paths = pathsOf(endpoints, step);
    const text = JSON.stringify(documentOf(about, version, paths));
    if (bytesOf(text) <= bytesMax) return text;
  }
  const empty = { ...documentOf(about, version, {}), "x-truncated": true };
  const room = bytesMax - bytesOf(JSON.stringify(empty));
  return JSON.stringify({ ...empty, paths: fitting(paths, room) });
}
