import { type Locate, wholeNumber } from "../forms/view";

type Mode = "test" | "live";
export type Terms = "fixed" | "session" | "free";

/** A whole number of something, in the unit that reads best. */
export type Measure = Readonly<{ value: string; unit: string }>;

export type EndpointDraft = Readonly<{
  method: string;
  path: string;
  description: string;
  terms: Terms;
  amount: string;
  currency: string;
  /** What one price pays for in a session: "token". */
  unit: string;
  redeemable: Measure;
  bodyMax: Measure;
  responseMax: Measure;
  billable4xx: boolean;
  paymentAuthorization: boolean;
}>;

/** An endpoint of the configuration document, defaults written out. */
export type EndpointDocument = Readonly<{
  method: string;
  path: string;
  description?: string | undefined;
  free: boolean;
  intent: "charge" | "session";
  unit?: string | undefined;
  price?: Readonly<{ amount: string; currency: string }> | undefined;
  redeemableForSeconds: number;
  bodyMaxBytes: number;
  responseMaxBytes: number;
  billable4xx: boolean;
  paymentAuthorization: boolean;
}>;

type Unit = Readonly<{ value: string; label: string; size: number }>;

export const timeUnits: readonly Unit[] = [
  { value: "s", label: "seconds", size: 1 },
  { value: "min", label: "minutes", size: 60 },
  { value: "h", label: "hours", size: 3_600 },
  { value: "d", label: "days", size: 86_400 },
];

export const byteUnits: readonly Unit[] = [
  { value: "B", label: "bytes", size: 1 },
  { value: "KiB", label: "KiB", size: 1_024 },
  { value: "MiB", label: "MiB", size: 1_048_576 },
];

/** The number in the largest unit that holds it whole: 86400 seconds are "24 h", since people set hours. */
export function measureOf(count: number, units: readonly Unit[], largest?: string): Measure {
  const fitting = units.filter(({ size }) => count > 0 && count % size === 0);
  const unit = fitting.find(({ value }) => value === largest) ?? fitting.at(-1) ?? units[0];
  return { value: String(count / (unit?.size ?? 1)), unit: unit?.value ?? "" };
}

/** The number in base units; text that is no whole number goes on as it is, to be refused with a reason. */
export function countOf({ value, unit }: Measure, units: readonly Unit[]): number | string {
  const count = wholeNumber(value);
  const size = units.find((each) => each.value === unit)?.size ?? 1;
  return typeof count === "number" ? count * size : count;
}

const day = 86_400;

export const emptyEndpoint = (currency: string): EndpointDraft => ({
  method: "GET",
  path: "/",
  description: "",
  terms: "fixed",
  amount: "",
  currency,
  unit: "",
  redeemable: measureOf(day, timeUnits, "h"),
  bodyMax: { value: "1", unit: "MiB" },
  responseMax: { value: "10", unit: "MiB" },
  billable4xx: true,
  paymentAuthorization: false,
});

function termsOf({ free, intent }: EndpointDocument): Terms {
  if (free) return "free";
  return intent === "session" ? "session" : "fixed";
}

export const endpointDraft = (endpoint: EndpointDocument, currency: string): EndpointDraft => ({
  method: endpoint.method,
  path: endpoint.path,
  description: endpoint.description ?? "",
  terms: termsOf(endpoint),
  amount: endpoint.price?.amount ?? "",
  currency: endpoint.price?.currency ?? currency,
  unit: endpoint.unit ?? "",
  redeemable: measureOf(endpoint.redeemableForSeconds, timeUnits, "h"),
  bodyMax: measureOf(endpoint.bodyMaxBytes, byteUnits),
  responseMax: measureOf(endpoint.responseMaxBytes, byteUnits),
  billable4xx: endpoint.billable4xx,
  paymentAuthorization: endpoint.paymentAuthorization,
});

function termsDocument(draft: EndpointDraft): Record<string, unknown> {
  if (draft.terms === "free") return { free: true };
  const price = { amount: draft.amount.trim(), currency: draft.currency };
  return draft.terms === "session" ? { intent: "session", unit: draft.unit.trim(), price } : { price };
}

/** The endpoint as the configuration document writes it. */
export const endpointDocumentOf = (draft: EndpointDraft): Record<string, unknown> => ({
  method: draft.method,
  path: draft.path.trim(),
  ...(draft.description.trim() === "" ? {} : { description: draft.description.trim() }),
  ...termsDocument(draft),
  redeemableForSeconds: countOf(draft.redeemable, timeUnits),
  bodyMaxBytes: countOf(draft.bodyMax, byteUnits),
  responseMaxBytes: countOf(draft.responseMax, byteUnits),
  billable4xx: draft.billable4xx,
  paymentAuthorization: draft.paymentAuthorization,
});

const fields: Readonly<Record<string, { id: string; label: string }>> = {
  method: { id: "method", label: "Method" },
  path: { id: "path", label: "Path" },
  description: { id: "description", label: "Description" },
  price: { id: "amount", label: "Price" },
  "price.amount": { id: "amount", label: "Price" },
  "price.currency": { id: "currency", label: "Currency" },
  unit: { id: "unit", label: "Unit" },
  intent: { id: "terms", label: "Terms" },
  free: { id: "terms", label: "Terms" },
  redeemableForSeconds: { id: "redeemable", label: "Redeemable for" },
  bodyMaxBytes: { id: "body-max", label: "Largest request body" },
  responseMaxBytes: { id: "response-max", label: "Largest answer" },
  billable4xx: { id: "billable-4xx", label: "4xx answers" },
  paymentAuthorization: { id: "payment-authorization", label: "Credential header" },
};

export const locateInEndpoint: Locate = (path) => fields[path] ?? null;

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

/** A line of "Rails that will be offered". */
export type OfferRow = Readonly<{
  rail: string;
  title: string;
  isOffered: boolean;
  /** `null` where nothing is asked. */
  asked: Readonly<{ text: string; unit: string }> | null;
  why: string;
}>;

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
