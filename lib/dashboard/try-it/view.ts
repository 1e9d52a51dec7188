import type { TryItEvent } from "@/lib/runtime";

type Of<T extends TryItEvent["type"]> = Extract<TryItEvent, { type: T }>;
export type ExchangeStep = Of<"step">;
export type Verdict = Of<"verdict">;
export type ExchangeEvent = TryItEvent;
export type Party = ExchangeStep["from"];

/** An endpoint of the console's list. */
export type TryItEndpoint = Readonly<{
  id: string;
  service: string;
  method: string;
  path: string;
  /** "GET /v1/forecast/{city}, $0.01". */
  label: string;
  isFree: boolean;
  /** Can the pretend network of this installation pay for it, or is nothing to be paid? */
  canPay: boolean;
  parameters: readonly string[];
  /** What stands in the fields at first, from the endpoint's own description. */
  samples: Readonly<Record<string, string>>;
  query: string;
  body: string;
}>;

export type TryItView = Readonly<{
  merchant: string;
  services: readonly Readonly<{ slug: string; title: string; endpoints: readonly TryItEndpoint[] }>[];
  /** The endpoint that an address asked for, or the first that has a price. */
  chosen: string | null;
  /** What stands before the service's name in the address of a sold endpoint. */
  addressBase: string;
  receiptHref: string;
  attemptHref: string;
  newServiceHref: string;
  /** Stands before the payer's name in the records. */
  payerMark: string;
}>;

export const caseWords = [
  {
    id: "paid",
    title: "Paid",
    expect: "402, a payment, then the answer with a receipt. One charge.",
  },
  {
    id: "expired",
    title: "Expired challenge",
    expect: "The challenge is a day old: 402 payment-expired with a fresh one. Nothing is charged.",
  },
  {
    id: "wrong-amount",
    title: "Wrong amount",
    expect:
      "One minor unit more than asked is paid: 402 verification-failed, and the network keeps the money with the payer.",
  },
  {
    id: "used-twice",
    title: "Used twice",
    expect: "The second use of a credential gets 402 invalid-challenge. One charge.",
  },
  {
    id: "declined",
    title: "Declined",
    expect: "The network says no: 402 verification-failed with a fresh challenge. Nothing is charged.",
  },
  {
    id: "answer-lost",
    title: "Network answer lost",
    expect:
      "503 payment-unknown without a challenge, so that nobody pays again. Once the network has said, the same credential is served. Takes up to 20 s.",
  },
  {
    id: "upstream-fails",
    title: "Upstream 500",
    expect:
      "The console stands in the upstream's place and fails: 502 without a challenge or receipt. The same credential is then served without a second charge.",
  },
  {
    id: "upstream-slow",
    title: "Upstream slow",
    expect:
      "The upstream takes 3 s longer: a late answer, or 504 when the service waits less than that. One charge.",
  },
  {
    id: "idempotency-key",
    title: "With Idempotency-Key",
    expect: "The repeat gets the first answer again, byte for byte. One charge.",
  },
] as const;

export type CaseName = (typeof caseWords)[number]["id"];

export type TryItDraft = Readonly<{
  endpoint: string;
  method: string;
  samples: Readonly<Record<string, string>>;
  query: string;
  /** One `Name: value` a line. */
  headers: string;
  body: string;
  payment: "demo" | "pasted";
  payer: string;
  case: CaseName;
  credential: string;
}>;

/** What the form begins with for an endpoint; how it is paid stays as it was chosen. */
export const draftFor = (endpoint: TryItEndpoint | undefined, before?: TryItDraft): TryItDraft => ({
  endpoint: endpoint?.id ?? "",
  method: endpoint?.method ?? "GET",
  samples: endpoint?.samples ?? {},
  query: endpoint?.query ?? "",
  headers: before?.headers ?? "",
  body: endpoint?.body ?? "",
  payment: before?.payment ?? "demo",
  payer: before?.payer ?? "ada",
  case: before?.case ?? "paid",
  credential: before?.credential ?? "",
});

export const takesBody = (method: string): boolean => !["GET", "HEAD"].includes(method);

type Read = Readonly<{ headers: [string, string][] } | { fault: string }>;

/** Header lines as they are typed; a line that is none is named. */
export function readHeaders(text: string): Read {
  const headers: [string, string][] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):\s*(.*)$/.exec(line);
    if (!match) return { fault: `“${line.slice(0, 40)}” is no header. Write it as Name: value.` };
    headers.push([match[1] ?? "", match[2] ?? ""]);
  }
  return { headers };
}

export const partyNames: Readonly<Record<Party, string>> = {
  payer: "Payer",
  gateway: "Gateway",
  rail: "Rail",
  upstream: "Upstream",
};

/** "+12 ms", "+1.204 s". */
export const showAfter = (ms: number): string => (ms < 1_000 ? `+${ms} ms` : `+${(ms / 1_000).toFixed(3)} s`);

type Result = Readonly<{ tone: "good" | "attention" | "failed" | "neutral"; label: string }>;

/** The word over an exchange that has ended. */
export function resultOf(verdict: Verdict | null, fault: string | null): Result {
  if (fault !== null || !verdict) return { tone: "failed", label: "Broken off" };
  if (verdict.note !== null) return { tone: "neutral", label: "Nothing to pay" };
  const isExpected = verdict.checks.every(({ isMet }) => isMet);
  return isExpected
    ? { tone: "good", label: "As expected" }
    : { tone: "attention", label: "Not as expected" };
}
