import { wholeNumber } from "../forms/view";
import { type RuleDraft, rulesDocument, rulesDraft } from "./rules/view";
import type { CaseDraft } from "./simulator/view";

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
  /** Statuses that are never billed, as typed: "404, 422". */
  neverBilled: string;
  repeatable: boolean;
  paymentAuthorization: boolean;
  title: string;
  summary: string;
  listed: boolean;
  paused: boolean;
  rules: readonly RuleDraft[];
  minimum: string;
  maximum: string;
  /** What an answer of a session is measured by; "" is as the answer comes. */
  meterBy: "" | "events" | "calls" | "bytes" | "json";
  meterPointer: string;
  meterPer: string;
  cases: readonly CaseDraft[];
  /** Why kept cases may change; asked for when one does. */
  reason: string;
}>;

type Values = Readonly<Record<string, unknown>>;
type Price = Readonly<{ amount: string; currency: string }>;

/** An endpoint of the configuration document, defaults written out. */
export type EndpointDocument = Readonly<{
  method: string;
  path: string;
  description?: string | undefined;
  free: boolean;
  intent: "charge" | "session";
  unit?: string | undefined;
  price?: Price | undefined;
  title?: string | undefined;
  summary?: string | undefined;
  listed: boolean;
  paused: boolean;
  rules?: readonly Values[] | undefined;
  minimum?: Price | undefined;
  maximum?: Price | undefined;
  meter?: Values | undefined;
  cases?: readonly unknown[] | undefined;
  neverBilled: readonly number[];
  redeemableForSeconds: number;
  bodyMaxBytes: number;
  responseMaxBytes: number;
  billable4xx: boolean;
  repeatable: boolean;
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
  neverBilled: "",
  repeatable: false,
  paymentAuthorization: false,
  title: "",
  summary: "",
  listed: true,
  paused: false,
  ...{ rules: [], minimum: "", maximum: "", meterBy: "", meterPointer: "", meterPer: "" },
  ...{ cases: [], reason: "" },
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
  neverBilled: endpoint.neverBilled.join(", "),
  repeatable: endpoint.repeatable,
  paymentAuthorization: endpoint.paymentAuthorization,
  title: endpoint.title ?? "",
  summary: endpoint.summary ?? "",
  listed: endpoint.listed,
  paused: endpoint.paused,
  rules: rulesDraft(endpoint.rules),
  minimum: endpoint.minimum?.amount ?? "",
  maximum: endpoint.maximum?.amount ?? "",
  ...meterDraft(endpoint.meter),
  cases: (endpoint.cases ?? []) as CaseDraft[], // safe: judged when stored
  reason: "",
});

const meterKinds = ["events", "calls", "bytes", "json"] as const;

function meterDraft(meter: Values = {}): Pick<EndpointDraft, "meterBy" | "meterPointer" | "meterPer"> {
  const { by, pointer, per } = meter;
  return {
    meterBy: meterKinds.find((kind) => kind === by) ?? "",
    meterPointer: typeof pointer === "string" ? pointer : "",
    meterPer: per === undefined ? "" : String(per),
  };
}

function meterDocument({ terms, meterBy, meterPointer, meterPer }: EndpointDraft): Values | null {
  if (terms !== "session" || meterBy === "") return null;
  const per = meterPer.trim() === "" ? {} : { per: wholeNumber(meterPer) };
  return { by: meterBy, ...(meterBy === "json" ? { pointer: meterPointer.trim() } : {}), ...per };
}

/** What moves the price, as the document writes it. */
export function writtenTerms(draft: EndpointDraft) {
  const { terms, currency, minimum, maximum, rules } = draft;
  const priced = (amount: string) => (amount.trim() === "" ? null : { amount: amount.trim(), currency });
  return {
    intent: terms === "session" ? ("session" as const) : ("charge" as const),
    price: { amount: draft.amount.trim(), currency },
    rules: rulesDocument(rules, currency),
    minimum: priced(minimum),
    maximum: priced(maximum),
    meter: meterDocument(draft),
  };
}

/** Rules, limits, meter and cases: what is not there is left out, as on a free endpoint everything is. */
function movedDocument(draft: EndpointDraft): Values {
  if (draft.terms === "free") return {};
  const { rules, minimum, maximum, meter } = writtenTerms(draft);
  return {
    ...(rules.length > 0 ? { rules } : {}),
    ...(minimum ? { minimum } : {}),
    ...(maximum ? { maximum } : {}),
    ...(meter ? { meter } : {}),
    ...(draft.cases.length > 0 ? { cases: draft.cases } : {}),
  };
}

const statuses = (text: string): (number | string)[] =>
  text
    .split(/[\s,;]+/)
    .filter((word) => word !== "")
    .map(wholeNumber);

const line = (key: string, text: string): Values => (text.trim() === "" ? {} : { [key]: text.trim() });

function termsDocument(draft: EndpointDraft): Record<string, unknown> {
  if (draft.terms === "free") return { free: true };
  const price = { amount: draft.amount.trim(), currency: draft.currency };
  return draft.terms === "session" ? { intent: "session", unit: draft.unit.trim(), price } : { price };
}

/** The endpoint as the configuration document writes it. */
export const endpointDocumentOf = (draft: EndpointDraft): Record<string, unknown> => ({
  method: draft.method,
  path: draft.path.trim(),
  ...line("title", draft.title),
  ...line("summary", draft.summary),
  ...line("description", draft.description),
  listed: draft.listed,
  paused: draft.paused,
  ...termsDocument(draft),
  ...movedDocument(draft),
  redeemableForSeconds: countOf(draft.redeemable, timeUnits),
  bodyMaxBytes: countOf(draft.bodyMax, byteUnits),
  responseMaxBytes: countOf(draft.responseMax, byteUnits),
  billable4xx: draft.billable4xx,
  neverBilled: statuses(draft.neverBilled),
  repeatable: draft.repeatable,
  paymentAuthorization: draft.paymentAuthorization,
});
