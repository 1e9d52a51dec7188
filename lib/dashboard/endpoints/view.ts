import type { EndpointDraft } from "./draft";
import type { OfferRow } from "./offer-row";
import type { VersionRow } from "./versions";

export {
  byteUnits,
  countOf,
  type EndpointDocument,
  type EndpointDraft,
  emptyEndpoint,
  endpointDocumentOf,
  endpointDraft,
  type Measure,
  measureOf,
  type Terms,
  timeUnits,
  writtenTerms,
} from "./draft";
export { locateInEndpoint } from "./locate";
export type { OfferRow } from "./offer-row";

type Mode = "test" | "live";

/** The same with its members in one order, so that two ways of writing one value are one text. */
const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, ordered(item)]),
  );
};

/** Are two plain values the same, in whatever order their members stand? */
export const isSameValue = (a: unknown, b: unknown): boolean =>
  JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));

export const labelOf = ({ method, path }: Readonly<{ method: string; path: string }>): string =>
  `${method} ${path}`;

/** Parameter names of a path, in order: `/v1/{city}/{rest...}` has `city` and `rest`. */
export const parametersOf = (path: string): string[] =>
  [...path.matchAll(/\{([A-Za-z_]\w*)(?:\.\.\.)?\}/g)].map(([, name = ""]) => name);

/** A path that can be asked for: each parameter takes its sample, or its own name where there is none. */
export function samplePath(path: string, samples: Readonly<Record<string, string>> = {}): string {
  const filled = path.replace(/\{([A-Za-z_]\w*)(\.\.\.)?\}/g, (_whole, name: string, dots?: string) => {
    const sample = samples[name]?.trim() || name;
    return dots ? sample.split("/").filter(Boolean).map(encodeSegment).join("/") : encodeSegment(sample);
  });
  return filled.replace(/\/\*$/, "/file");
}

const encodeSegment = (text: string): string =>
  encodeURIComponent(text).replace(/%(?:2C|3A|40)/g, decodeURIComponent);

/** A word as a POSIX shell takes it. */
const quoted = (word: string): string =>
  /^[A-Za-z0-9_\-./:@%+=,]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const hasBody = (method: string): boolean => ["POST", "PUT", "PATCH"].includes(method);

/** A command that asks without paying and shows the answer's headers. */
export function curlCommand(method: string, address: string): string {
  const verb = method === "GET" ? "" : ` -X ${method}`;
  const body = hasBody(method) ? " -H 'content-type: application/json' -d '{}'" : "";
  return `curl -i${verb}${body} ${quoted(address)}`;
}

/** The command that pays with test money and shows every step. */
export function payCommand(method: string, address: string): string {
  const verb = method === "GET" ? "" : ` -X ${method}`;
  return `npm run farebox -- pay ${quoted(address)}${verb}${hasBody(method) ? " -d '{}'" : ""}`;
}

export type Quote = Readonly<{ rows: readonly OfferRow[]; places: 0 | 2 | 4 | 6 | 8; note: string | null }>;

/** A challenge with its encoded parts opened, as name and value. */
export type DecodedChallenge = Readonly<{
  method: string;
  parts: readonly { name: string; value: string }[];
}>;

/** What an unpaid request gets, as text that keeps every byte. */
export type PreviewView = Readonly<{
  /** "402", or what stands in its place when nobody can pay right now. */
  status: string;
  text: string;
  /** Offsets into `text` of what differs from answer to answer. */
  changing: readonly { start: number; end: number }[];
  challenges: readonly DecodedChallenge[];
  /** What `openapi.json` tells of it, or why it tells nothing. */
  openapi: Readonly<{ text: string | null; note: string }>;
}>;

export type EndpointFormView = Readonly<{
  merchant: string;
  service: string;
  mode: Mode;
  /** What stands in the address before the endpoint's path. */
  addressBase: string;
  /** What is stored, its price in words; `null` for a new endpoint. */
  stored: Readonly<{
    method: string;
    path: string;
    price: string | null;
    priceVersion: number;
  }> | null;
  /** Prices it has had, newest first. */
  versions: readonly VersionRow[];
  timeZone: string;
  /** Names of the service's caller keys, for conditions and the simulator. */
  callers: readonly string[];
  tryItHref: string | null;
  draft: EndpointDraft;
  currencies: readonly string[];
  /** Can any rail of this installation hold a session? Then a price per unit is a choice. */
  hasSessions: boolean;
  quote: Quote;
  preview: PreviewView | null;
  /** Is there a rail that `farebox pay` can pay on? */
  canPayHere: boolean;
  mayWrite: boolean;
}>;
