import type { FieldFault } from "../../forms/view";
import type { ServiceHeaderView } from "../view";

type Named = Readonly<{ method: string; path: string }>;
type Change = Readonly<{
  op: "create" | "update" | "delete";
  path: string;
  before?: unknown;
  after?: unknown;
}>;

/** What an import would do, as `POST /api/v1/services/{slug}/import` answers it. */
export type ImportPlan = Readonly<{
  title: string;
  version: string;
  operations: number;
  creates: readonly (Named & Readonly<{ title: string | null; summary: string | null }>)[];
  updates: readonly (Named & Readonly<{ changes: readonly Change[] }>)[];
  unchanged: readonly Named[];
  notChosen: readonly Named[];
  unpriced: readonly Named[];
  left: readonly (Named & Readonly<{ reason: string }>)[];
  gone: readonly (Named & Readonly<{ removed: boolean }>)[];
}>;

export type ImportSource = Readonly<
  { kind: "file" | "text"; text: string } | { kind: "address"; url: string }
>;

/** What the merchant decides about a plan: labels are `GET /v1/forecast/{city}`. */
export type ImportDraft = Readonly<{
  /** Operations that are not taken. */
  excluded: readonly string[];
  /** Endpoints that the description does not have any more, and that go. */
  removed: readonly string[];
  /** Of everything new that has no price of its own. */
  amount: string;
  currency: string;
  /** Prices of their own; an empty one is the common price. */
  own: Readonly<Record<string, string>>;
  free: readonly string[];
}>;

export type ImportView = ServiceHeaderView &
  Readonly<{ currency: string; currencies: readonly string[]; serviceHref: string; importPath: string }>;

export const labelOf = ({ method, path }: Named): string => `${method} ${path}`;

const priced = (amount: string, currency: string) => ({ price: { amount: amount.trim(), currency } });

/** The body of the request that plans or imports. */
export function importBody(source: ImportSource, draft: ImportDraft | null): Record<string, unknown> {
  const from = source.kind === "address" ? { url: source.url.trim() } : { document: source.text };
  if (!draft) return from;
  const { amount, currency, own, free, excluded, removed } = draft;
  const byEndpoint = {
    ...Object.fromEntries(
      Object.entries(own)
        .filter(([, text]) => text.trim() !== "")
        .map(([label, text]) => [label, priced(text, currency)]),
    ),
    ...Object.fromEntries(free.map((label) => [label, { free: true }])),
  };
  const usual = amount.trim() === "" ? {} : { default: priced(amount, currency) };
  return { ...from, prices: { ...usual, byEndpoint }, choose: { except: excluded, remove: removed } };
}

/** What the description changes of one endpoint, in words: "summary, parameters". */
export function changeWords(changes: readonly Change[]): string {
  const names = changes.map(({ path }) => path.split(".").at(-1) ?? path);
  return [...new Set(names)].map((name) => partNames[name] ?? name).join(", ");
}

const partNames: Readonly<Record<string, string>> = {
  operation: "parameters and schemas",
  path: "names in the path",
};

export type ImportFailure = Readonly<{ detail: string; errors: readonly FieldFault[] }>;

/** What a refusal of the API says, for a form: RFC 9457 with `errors`. */
export function failureOf(problem: unknown): ImportFailure {
  const { detail, errors } = (typeof problem === "object" && problem !== null ? problem : {}) as {
    detail?: unknown;
    errors?: unknown;
  };
  return {
    detail: typeof detail === "string" ? detail : "The server did not answer. Nothing was imported.",
    errors: Array.isArray(errors) ? (errors as FieldFault[]) : [], // safe: a problem of ours
  };
}
