import { TZDate } from "@date-fns/tz";
import { format, isValid } from "date-fns";
import type { FieldFault } from "../../forms/view";
import type { OfferRow } from "../offer-row";

/** A request as a merchant describes it; what stays empty is left out. */
export type RequestDraft = Readonly<{
  path: string;
  query: string;
  /** One `name: value` on each line. */
  headers: string;
  body: string;
  address: string;
  caller: string;
  payer: string;
  code: string;
  /** On the merchant's clock, `2026-11-21T14:03`; empty is now. */
  at: string;
}>;

type Values = Readonly<Record<string, unknown>>;

export type Expected = Readonly<{
  price?: Readonly<{ amount: string; currency: string }> | undefined;
  free?: true | undefined;
  rejected?: true | undefined;
}>;

/** A request that is kept with what it must come out at, as the document writes it. */
export type CaseDraft = Readonly<{ name: string; request: Values; expect: Expected }>;

export const emptyRequest: RequestDraft = {
  ...{ path: "", query: "", headers: "", body: "", address: "", caller: "", payer: "", code: "", at: "" },
};

const pattern = "yyyy-MM-dd'T'HH:mm";

/** A moment of the merchant's clock, as the wire writes it; text that is no moment goes on to be refused. */
function momentOf(local: string, zone: string): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(local)?.slice(1).map(Number);
  if (!parts) return local;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = parts;
  const date = new TZDate(year, month - 1, day, hour, minute, zone);
  return isValid(date) ? date.toISOString() : local;
}

const localOf = (moment: string, zone: string): string => {
  const date = new TZDate(moment, zone);
  return isValid(date) ? format(date, pattern) : "";
};

function headersOf(lines: string): Record<string, string> {
  const pairs = lines.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    pairs.map((line) => {
      const [name = "", ...value] = line.split(":");
      return [name.trim(), value.join(":").trim()];
    }),
  );
}

/** The description as the pricing room reads it. */
export function describedRequest(
  draft: RequestDraft,
  { path, zone }: Readonly<{ path: string; zone: string }>,
): Values {
  const { query, headers, body, at, ...rest } = draft;
  const own = Object.entries({ ...rest, query: query.replace(/^\?/, "") })
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([, value]) => value !== "");
  return {
    path,
    ...Object.fromEntries(own),
    ...(headers.trim() === "" ? {} : { headers: headersOf(headers) }),
    ...(body === "" ? {} : { body }),
    ...(at === "" ? {} : { at: momentOf(at, zone) }),
  };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The described request of a kept case, to be looked at and changed. */
export function requestDraft(request: Values, zone: string): RequestDraft {
  const { headers, json } = request;
  const named = typeof headers === "object" && headers !== null ? Object.entries(headers) : [];
  return {
    ...{ path: text(request.path), query: text(request.query), address: text(request.address) },
    ...{ caller: text(request.caller), payer: text(request.payer), code: text(request.code) },
    headers: named.map(([name, value]) => `${name}: ${text(value)}`).join("\n"),
    body: json === undefined ? text(request.body) : JSON.stringify(json, null, 2),
    at: typeof request.at === "string" ? localOf(request.at, zone) : "",
  };
}

export type TraceLine = Readonly<{ key: string; title: string; matched: boolean; words: string }>;

/** What a request costs with the terms as they are typed. */
export type Outcome = Readonly<{
  kind: "priced" | "free" | "rejected" | "unavailable";
  /** "$0.0125", "Free", "Refused". */
  headline: string;
  /** What it is called, or what the payer is told. */
  detail: string;
  rows: readonly OfferRow[];
  places: 0 | 2 | 4 | 6 | 8;
  trace: readonly TraceLine[];
}>;

export type CaseRow = Readonly<{
  name: string;
  isSame: boolean;
  was: string;
  now: string;
  /** What it would have to expect to stand; `null` when no case can say it. */
  expect: Expected | null;
}>;

export type Simulated = Readonly<{
  /** Of the terms as they are typed, at places of the document. */
  faults: readonly FieldFault[];
  /** Why the request cannot be read. */
  refused: string | null;
  outcome: Outcome | null;
  cases: readonly CaseRow[];
  /** What would be kept: the request with everything it stands for, and what comes out. */
  keep: Readonly<{ request: Values; expect: Expected }> | null;
}>;
