import type { Service } from "@/lib/catalog";

const exposed = [
  "WWW-Authenticate",
  "Payment-Receipt",
  "PAYMENT-REQUIRED",
  "PAYMENT-RESPONSE",
  "Payment-Session",
  "Payment-Session-Snapshot",
  "Retry-After",
  "Idempotency-Replayed",
  "RateLimit",
  "RateLimit-Policy",
  "X-Request-Id",
];

const allowed = [
  "Authorization",
  "Payment-Authorization",
  "Accept-Payment",
  "Idempotency-Key",
  "PAYMENT-SIGNATURE",
  "Content-Type",
  "Farebox-Payer",
  "Farebox-Code",
];

/** A family such as `x-acme-*` has no spelling here: a browser is told whole names. */
const wholeNames = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !name.endsWith("*"));

export type Cors = Readonly<{
  /** The origin that may read the answer; `null` when this one may not. */
  origin: string | null;
  /** Does that depend on who asks? Then caches must know. */
  isByOrigin: boolean;
  /** Request headers of the service's own that a page may send, and response headers that it may read. */
  allowed: readonly string[];
  exposed: readonly string[];
}>;

/** Which pages may read what the gateway answers; cookies play no part here (`contracts/mpp.md` §9). */
export function corsOf(service: Service | null, origin: string | null): Cors {
  const origins = service?.cors?.origins ?? ["*"];
  const isOpen = origins.includes("*");
  const isNamed = origin !== null && origins.includes(origin);
  const { requestHeaders, responseHeaders } = service?.upstream ?? {};
  return {
    origin: isOpen ? "*" : isNamed ? origin : null,
    isByOrigin: !isOpen,
    allowed: wholeNames([...(service?.cors?.headers ?? []), ...(requestHeaders?.pass ?? [])]),
    exposed: wholeNames([...(responseHeaders?.pass ?? []), ...Object.keys(responseHeaders?.set ?? {})]),
  };
}

/** Puts the CORS fields on an answer, whatever it is: challenges and errors are read too. */
export function allowReading({ headers }: Response, cors: Cors): void {
  if (cors.isByOrigin) headers.append("vary", "Origin");
  if (cors.origin === null) return;
  headers.set("access-control-allow-origin", cors.origin);
  headers.set("access-control-expose-headers", [...exposed, ...cors.exposed].join(", "));
}

/** Answers a preflight, for unknown paths too: it is never charged and never forwarded. */
export function preflight(methods: readonly string[], cors: Cors): Response {
  if (cors.origin === null) return new Response(null, { status: 204 });
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": methods.join(", "),
      "access-control-allow-headers": [...allowed, ...cors.allowed].join(", "),
      "access-control-max-age": "600",
    },
  });
}
