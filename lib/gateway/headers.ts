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

/** Names that `Connection` declares to belong to one hop only. */
function connectionNamed(headers: Headers): Set<string> {
  const named = headers.get("connection")?.toLowerCase().split(",") ?? [];
  return new Set([...hopByHop, ...named.map((name) => name.trim())]);
}

/** Headers for the upstream call: the caller's by allow-list, then the service's own, which win. */
export function upstreamHeaders(
  request: Headers,
  own: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
): Headers {
  const dropped = connectionNamed(request);
  const headers = new Headers();
  for (const [name, value] of request) {
    if (forwarded.has(name) && !dropped.has(name)) headers.set(name, value);
  }
  headers.set("accept-encoding", "identity"); // a compressed answer could not be capped honestly
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return headers;
}

/** Headers for the payer: the upstream's by allow-list. */
export function payerHeaders(upstream: Headers): Headers {
  const dropped = connectionNamed(upstream);
  const headers = new Headers();
  for (const [name, value] of upstream) {
    if (returned.has(name) && !dropped.has(name)) headers.set(name, value);
  }
  return headers;
}
