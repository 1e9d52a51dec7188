import { type Locate, wholeNumber } from "../../forms/view";
import type { ShownTime } from "../../shell/times";
import {
  type HeaderDraft,
  headerIds,
  headersDraft,
  headerValue,
  isHeaderPath,
  type ServiceHeaderView,
} from "../view";

export const authKinds = ["none", "bearer", "basic", "header", "query"] as const;
export type AuthKind = (typeof authKinds)[number];

export type AuthDraft = Readonly<{
  kind: AuthKind;
  /** Of the header or the query parameter, or the user. */
  name: string;
  secret: string;
  secretState: "secret" | "kept";
  /** The kind whose secret is stored: a secret of another kind is never sent in its place. */
  storedKind: AuthKind;
}>;

/** An upstream as it is edited; lists have one name on each line. */
export type UpstreamDraft = Readonly<{
  url: string;
  auth: AuthDraft;
  headers: readonly HeaderDraft[];
  timeoutMs: string;
  connectTimeoutMs: string;
  retries: string;
  concurrency: string;
  queueMs: string;
  hasBreaker: boolean;
  failures: string;
  windowSeconds: string;
  openSeconds: string;
  requestPass: string;
  requestDrop: string;
  responsePass: string;
  responseDrop: string;
  /** `name: value` on each line. */
  responseSet: string;
  hasCors: boolean;
  corsOrigins: string;
  corsHeaders: string;
}>;

type Values = Readonly<Record<string, unknown>>;
type Masked = string | Readonly<{ $secret: string | null }>;
type Names = Readonly<{ pass: readonly string[]; drop: readonly string[] }>;

/** The parts of a stored service that this page edits, secrets masked. */
export type UpstreamDocument = Readonly<{
  upstream: Readonly<{
    url: string;
    headers: Readonly<Record<string, Masked>>;
    auth?: Values | undefined;
    timeoutMs: number;
    connectTimeoutMs: number;
    retries: number;
    concurrency?: number | undefined;
    queueMs: number;
    breaker: false | Readonly<{ failures: number; windowSeconds: number; openSeconds: number }>;
    requestHeaders: Names;
    responseHeaders: Names & Readonly<{ set: Readonly<Record<string, string>> }>;
  }>;
  cors?: Readonly<{ origins: readonly string[]; headers: readonly string[] }> | undefined;
}>;

const lines = (list: readonly string[]): string => list.join("\n");
const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== "");

const usualBreaker = { failures: 10, windowSeconds: 60, openSeconds: 30 };

function authDraft(auth: Values | undefined): AuthDraft {
  const kind = authKinds.find((each) => each === auth?.kind) ?? "none";
  const { name, username } = auth ?? {};
  const known = kind === "basic" ? username : name;
  const state = kind === "none" ? "secret" : "kept";
  return {
    kind,
    name: typeof known === "string" ? known : "",
    secret: "",
    secretState: state,
    storedKind: kind,
  };
}

export function upstreamDraft({ upstream, cors }: UpstreamDocument): UpstreamDraft {
  const { breaker, requestHeaders, responseHeaders } = upstream;
  const limits = breaker === false ? usualBreaker : breaker;
  return {
    url: upstream.url,
    auth: authDraft(upstream.auth),
    headers: headersDraft(upstream.headers),
    timeoutMs: String(upstream.timeoutMs),
    connectTimeoutMs: String(upstream.connectTimeoutMs),
    retries: String(upstream.retries),
    concurrency: upstream.concurrency === undefined ? "" : String(upstream.concurrency),
    queueMs: String(upstream.queueMs),
    hasBreaker: breaker !== false,
    failures: String(limits.failures),
    windowSeconds: String(limits.windowSeconds),
    openSeconds: String(limits.openSeconds),
    requestPass: lines(requestHeaders.pass),
    requestDrop: lines(requestHeaders.drop),
    responsePass: lines(responseHeaders.pass),
    responseDrop: lines(responseHeaders.drop),
    responseSet: Object.entries(responseHeaders.set)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
    hasCors: cors !== undefined,
    corsOrigins: lines(cors?.origins ?? []),
    corsHeaders: lines(cors?.headers ?? []),
  };
}

function authDocument({ kind, name, secret, secretState }: AuthDraft): Values | null {
  const value = { $secret: secretState === "kept" ? null : secret };
  switch (kind) {
    case "none":
      return null;
    case "bearer":
      return { kind, token: value };
    case "basic": {
      const isBlank = secretState === "secret" && secret === "";
      return { kind, username: name.trim(), ...(isBlank ? {} : { password: value }) };
    }
    default:
      return { kind, name: name.trim(), value };
  }
}

function setDocument(text: string): Record<string, string> {
  const pairs = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    pairs.map((line) => {
      const [name = "", ...value] = line.split(":");
      return [name.trim(), value.join(":").trim()];
    }),
  );
}

/** What the page writes of the service: `null` takes a key away. */
export function upstreamPatch(draft: UpstreamDraft): Values {
  const { hasBreaker, hasCors, concurrency } = draft;
  return {
    upstream: {
      url: draft.url.trim(),
      auth: authDocument(draft.auth),
      headers: Object.fromEntries(draft.headers.map((header) => [header.name.trim(), headerValue(header)])),
      timeoutMs: wholeNumber(draft.timeoutMs),
      connectTimeoutMs: wholeNumber(draft.connectTimeoutMs),
      retries: wholeNumber(draft.retries),
      concurrency: concurrency.trim() === "" ? null : wholeNumber(concurrency),
      queueMs: wholeNumber(draft.queueMs),
      breaker: hasBreaker && {
        failures: wholeNumber(draft.failures),
        windowSeconds: wholeNumber(draft.windowSeconds),
        openSeconds: wholeNumber(draft.openSeconds),
      },
      requestHeaders: { pass: words(draft.requestPass), drop: words(draft.requestDrop) },
      responseHeaders: {
        ...{ pass: words(draft.responsePass), drop: words(draft.responseDrop) },
        set: setDocument(draft.responseSet),
      },
    },
    cors: hasCors ? { origins: words(draft.corsOrigins), headers: words(draft.corsHeaders) } : null,
  };
}

const fields: readonly (readonly [RegExp, string, string])[] = [
  [/^upstream\.url/, "url", "Address"],
  [/^upstream\.auth/, "auth", "Credential"],
  [/^upstream\.timeoutMs/, "timeoutMs", "Time limit"],
  [/^upstream\.connectTimeoutMs/, "connectTimeoutMs", "Time to connect"],
  [/^upstream\.retries/, "retries", "Repetitions"],
  [/^upstream\.concurrency/, "concurrency", "Calls at once"],
  [/^upstream\.queueMs/, "queueMs", "Waiting time"],
  [/^upstream\.breaker\.failures/, "failures", "Failures in a row"],
  [/^upstream\.breaker\.windowSeconds/, "windowSeconds", "Within"],
  [/^upstream\.breaker\.openSeconds/, "openSeconds", "Pause"],
  [/^upstream\.requestHeaders\.pass/, "requestPass", "Request headers that pass"],
  [/^upstream\.requestHeaders\.drop/, "requestDrop", "Request headers that do not"],
  [/^upstream\.responseHeaders\.pass/, "responsePass", "Answer headers that pass"],
  [/^upstream\.responseHeaders\.drop/, "responseDrop", "Answer headers that do not"],
  [/^upstream\.responseHeaders\.set/, "responseSet", "Answer headers that are set"],
  [/^cors\.headers/, "corsHeaders", "Headers that pages may send"],
  [/^cors/, "corsOrigins", "Pages that may read answers"],
];

/** Where a fault of the upstream stands in the form. */
export const locateInUpstream =
  ({ headers }: UpstreamDraft): Locate =>
  (path) => {
    const known = fields.find(([pattern]) => pattern.test(path));
    if (known) return { id: known[1], label: known[2] };
    const own = /^header-(\d+)-(?:name|value)$/.exec(path);
    if (own) return { id: path, label: headers[Number(own[1])]?.name.trim() || "Header" };
    const place = headers.findIndex(({ name }) => isHeaderPath(path, name.trim()));
    return place < 0 ? null : { id: headerIds(place).value, label: headers[place]?.name ?? "Header" };
  };

/** How the upstream fared, in this process since it started. */
export type HealthView = Readonly<{
  tone: "good" | "waiting" | "attention" | "failed" | "neutral";
  label: string;
  words: string;
  lastSuccess: ShownTime | null;
  lastFailure: Readonly<{ time: ShownTime; why: string }> | null;
  inFlight: string;
}>;

export type UpstreamView = ServiceHeaderView & Readonly<{ draft: UpstreamDraft; health: HealthView | null }>;

/** What became of a call to the upstream's own address. */
export type Tested = Readonly<{ isReached: boolean; words: string }>;
