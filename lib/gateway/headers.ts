import type { Service } from "@/lib/catalog";

type Upstream = Service["upstream"];

const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Request headers that reach an upstream. All others are the caller's business, or ours (`contracts/mpp.md` §9). */
const forwarded = new Set([
  "accept",
  "accept-language",
  "content-type",
  "content-digest",
  "content-language",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "last-event-id",
  "range",
  "traceparent",
  "tracestate",
  "user-agent",
]);

/** Request headers that reach no upstream, whatever a service's rules say: who pays, who asks, and what is asked for. */
const neverSent = new Set([
  ...hopByHop,
  "accept-encoding",
  "accept-payment",
  "authorization",
  "cf-connecting-ip",
  "content-length",
  "cookie",
  "cookie2",
  "expect",
  "forwarded",
  "host",
  "idempotency-key",
  "openai-organization",
  "openai-project",
  "stripe-account",
  "true-client-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
  "x-original-url",
  "x-payment",
  "x-real-ip",
  "x-rewrite-url",
]);
const neverSentFamily = /^(?:farebox|payment|proxy|sec|x-forwarded)-/;

/** Response headers of an upstream that reach the payer. */
const returned = new Set([
  "accept-ranges",
  "age",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-location",
  "content-range",
  "content-type",
  "deprecation",
  "etag",
  "expires",
  "last-modified",
  "link",
  "retry-after",
  "sunset",
  "vary",
  "x-request-id",
]);

/** Response headers that are ours to give, or would speak for the whole of this origin. */
const neverReturned = new Set([
  ...hopByHop,
  "alt-svc",
  "authentication-info",
  "clear-site-data",
  "content-length",
  "content-security-policy",
  "content-security-policy-report-only",
  "expect-ct",
  "idempotency-replayed",
  "location",
  "nel",
  "origin-agent-cluster",
  "public-key-pins",
  "refresh",
  "report-to",
  "reporting-endpoints",
  "service-worker-allowed",
  "set-cookie",
  "set-cookie2",
  "strict-transport-security",
  "www-authenticate",
  "x-content-type-options",
  "x-payment-response",
]);
const neverReturnedFamily = /^(?:access-control|payment|proxy)-/;

/** A page of an upstream shares our origin with the dashboard, so it runs as a stranger to it. */
const strangers = {
  "content-security-policy": "sandbox allow-downloads allow-forms allow-popups allow-scripts",
  "x-content-type-options": "nosniff",
};

/** Names that `Connection` declares to belong to one hop only. */
function connectionNamed(headers: Headers): Set<string> {
  const named = headers.get("connection")?.toLowerCase().split(",") ?? [];
  return new Set(named.map((name) => name.trim()));
}

/** Does a list of a service's rules name a header? `x-acme-*` names a family. */
const isNamed = (names: readonly string[], header: string): boolean =>
  names.some((name) =>
    name.endsWith("*") ? header.startsWith(name.slice(0, -1).toLowerCase()) : name.toLowerCase() === header,
  );

type Rules = Upstream["requestHeaders"];

/** What passes by itself or by a rule, without what a rule drops and what never passes. */
function pick(from: Headers, usual: ReadonlySet<string>, { rules, isNever }: Picking): Headers {
  const onThisHop = connectionNamed(from);
  const picked = new Headers();
  for (const [name, value] of from) {
    if (isNever(name) || onThisHop.has(name) || isNamed(rules.drop, name)) continue;
    if (usual.has(name) || isNamed(rules.pass, name)) picked.set(name, value);
  }
  return picked;
}

type Picking = Readonly<{ rules: Rules; isNever(name: string): boolean }>;

const isNeverSent = (name: string): boolean => neverSent.has(name) || neverSentFamily.test(name);
const isNeverReturned = (name: string): boolean => neverReturned.has(name) || neverReturnedFamily.test(name);

/** Headers for the upstream call: the caller's by allow-list and rules, then the service's own, which win. */
export function upstreamHeaders(
  request: Headers,
  { requestHeaders, headers: own }: Pick<Upstream, "requestHeaders" | "headers">,
  more: Readonly<Record<string, string>>,
): Headers {
  const headers = pick(request, forwarded, { rules: requestHeaders, isNever: isNeverSent });
  headers.set("accept-encoding", "identity"); // a compressed answer could not be capped honestly
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return headers;
}

/** Headers for the payer: the upstream's by allow-list and rules, then those a rule sets, then ours. */
export function payerHeaders(
  upstream: Headers,
  { responseHeaders }: Pick<Upstream, "responseHeaders">,
): Headers {
  const headers = pick(upstream, returned, { rules: responseHeaders, isNever: isNeverReturned });
  for (const [name, value] of Object.entries(responseHeaders.set)) {
    if (!isNeverReturned(name.toLowerCase())) headers.set(name, value);
  }
  for (const [name, value] of Object.entries(strangers)) headers.set(name, value);
  return headers;
}
