type Entry = Readonly<{ status: number; title: string; detail: string; scheme?: "payment" }>;

/**
 * Every refusal a caller can meet. The slug is public API. `detail` is what the caller reads when the code that
 * refuses has nothing more exact to say. `scheme: "payment"` marks the types of the Payment scheme
 * (`contracts/mpp.md` §10), whose text is fixed; all others are `urn:farebox:problem:<slug>`.
 */
export const catalogue = {
  "payment-required": {
    status: 402,
    title: "Payment Required",
    detail: "This request needs a payment. Pay one of the challenges and repeat it with the credential.",
    scheme: "payment",
  },
  "payment-insufficient": {
    status: 402,
    title: "Payment Insufficient",
    detail: "The payment is smaller than the price. Pay one of the fresh challenges.",
    scheme: "payment",
  },
  "payment-expired": {
    status: 402,
    title: "Payment Expired",
    detail: "The challenge has expired. Pay one of the fresh challenges.",
    scheme: "payment",
  },
  "verification-failed": {
    status: 402,
    title: "Verification Failed",
    detail: "The payment network did not accept this payment. Pay one of the fresh challenges.",
    scheme: "payment",
  },
  "malformed-credential": {
    status: 402,
    title: "Malformed Credential",
    detail: "The credential cannot be read. Send base64url of the JSON that the Payment scheme describes.",
    scheme: "payment",
  },
  "invalid-challenge": {
    status: 402,
    title: "Invalid Challenge",
    detail:
      "The credential's challenge is unknown, altered, used, or made for another request. Pay one of the fresh challenges.",
    scheme: "payment",
  },
  "invalid-payload": {
    status: 402,
    title: "Invalid Payload",
    detail: "The credential's payload does not have the shape this payment method asks for.",
    scheme: "payment",
  },
  "payment-action-required": {
    status: 402,
    title: "Payment Action Required",
    detail: "The payer must confirm this payment. Pay one of the fresh challenges after that.",
    scheme: "payment",
  },
  "lightning/malformed-credential": {
    status: 402,
    title: "Malformed Credential",
    detail: "The payload is not one of those that this method describes.",
    scheme: "payment",
  },
  "lightning/unknown-challenge": {
    status: 402,
    title: "Unknown Challenge",
    detail:
      "This challenge was not issued here, or another credential has used it. Pay one of the fresh challenges.",
    scheme: "payment",
  },
  "lightning/challenge-expired": {
    status: 402,
    title: "Challenge Expired",
    detail: "The challenge has expired. Pay one of the fresh challenges.",
    scheme: "payment",
  },
  "lightning/expired-invoice": {
    status: 402,
    title: "Expired Invoice",
    detail: "The invoice expired before it was paid. Pay one of the fresh challenges.",
    scheme: "payment",
  },
  "lightning/invalid-preimage": {
    status: 402,
    title: "Invalid Preimage",
    detail: "The preimage is not the one of this payment.",
    scheme: "payment",
  },
  "lightning/invalid-return-invoice": {
    status: 402,
    title: "Invalid Return Invoice",
    detail: "The return invoice must be a BOLT11 invoice of this network without an amount.",
    scheme: "payment",
  },
  "lightning/session-not-found": {
    status: 402,
    title: "Session Not Found",
    detail: "There is no such session here. Open one with a fresh challenge.",
    scheme: "payment",
  },
  "lightning/session-closed": {
    status: 402,
    title: "Session Closed",
    detail: "This session is closed. Open one with a fresh challenge.",
    scheme: "payment",
  },
  "lightning/insufficient-balance": {
    status: 402,
    title: "Insufficient Balance",
    detail: "What is left in this session is less than one unit. Add to it with a fresh challenge.",
    scheme: "payment",
  },
  "method-unsupported": {
    status: 400,
    title: "Method Unsupported",
    detail: "No payment method of this name is known here. Ask without a credential to see what is offered.",
    scheme: "payment",
  },
  "bad-request": {
    status: 400,
    title: "Bad Request",
    detail: "The request cannot be read as sent.",
    scheme: "payment",
  },
  "internal-payment-error": {
    status: 500,
    title: "Internal Payment Error",
    detail: "Something failed here before any money moved. The same credential can be sent again.",
    scheme: "payment",
  },

  unauthenticated: {
    status: 401,
    title: "Who are you?",
    detail: "Send a management key as a bearer token, or sign in.",
  },
  forbidden: { status: 403, title: "Not allowed", detail: "This needs a permission you do not have." },
  "tls-required": {
    status: 403,
    title: "TLS required",
    detail: "Payments are taken over HTTPS only. Repeat the request over HTTPS.",
  },
  "cross-site": {
    status: 403,
    title: "Cross-site request refused",
    detail: "Writes are accepted from this installation's own pages only.",
  },
  "not-found": { status: 404, title: "Not found", detail: "There is nothing at this address." },
  "method-not-allowed": {
    status: 405,
    title: "Method not allowed",
    detail: "This address does not take that HTTP method.",
  },
  "request-timeout": {
    status: 408,
    title: "Request too slow",
    detail: "The request did not arrive in time. Send it again without pausing.",
  },
  "in-progress": {
    status: 409,
    title: "Already in progress",
    detail: "The same request is being worked on. Ask again in a moment.",
  },
  conflict: {
    status: 409,
    title: "The record has moved on",
    detail: "Read it again and repeat the change if it is still wanted.",
  },
  "response-not-kept": {
    status: 409,
    title: "Response not kept",
    detail:
      "This request was paid and answered, and its answer was too large to keep. It is not charged again.",
  },
  "body-too-large": { status: 413, title: "Body too large", detail: "Send a smaller body." },
  unprocessable: {
    status: 422,
    title: "Some values are not acceptable",
    detail: "Correct the fields named in errors and send it again.",
  },
  "idempotency-mismatch": {
    status: 422,
    title: "Idempotency key reused",
    detail: "This Idempotency-Key belongs to another request. Use a new key.",
  },
  "rate-limited": {
    status: 429,
    title: "Too many requests",
    detail: "Wait as long as Retry-After says, then ask again.",
  },
  "headers-too-large": {
    status: 431,
    title: "Headers too large",
    detail: "The credential may have 16 KiB, all headers together 32 KiB.",
  },
  "server-fault": {
    status: 500,
    title: "Something failed here",
    detail: "It is recorded under the request id. Try again, or report the id to the operator.",
  },
  "websocket-refused": {
    status: 501,
    title: "There are no WebSockets here",
    detail: "This connection cannot be upgraded. Ask over plain HTTP; server-sent events stream.",
  },
  "upstream-failed": {
    status: 502,
    title: "The service did not answer",
    detail:
      "The payment was taken and the service behind it failed. Repeat the same request with the same credential; it is not charged twice.",
  },
  "upstream-timeout": {
    status: 504,
    title: "The service did not answer in time",
    detail:
      "The payment was taken and the service behind it did not answer in time. Repeat the same request with the same credential; it is not charged twice.",
  },
  "rail-unavailable": {
    status: 503,
    title: "The payment network cannot be reached",
    detail: "Nothing was taken. Repeat the request with the same credential after Retry-After.",
  },
  "payment-unknown": {
    status: 503,
    title: "The payment network has not said",
    detail: "Do not pay again. Repeat the request with the same credential after Retry-After.",
  },
  unavailable: {
    status: 503,
    title: "Not available right now",
    detail: "Nothing was taken. Ask again after Retry-After.",
  },
} as const satisfies Record<string, Entry>;

export type Slug = keyof typeof catalogue;

/** The slug by which a rail names a refusal of its own, if the table has it as a 402; else the one given. */
export const railSlug = (name: string | undefined, otherwise: Slug): Slug =>
  name !== undefined && Object.hasOwn(catalogue, name) && catalogue[name as Slug].status === 402
    ? (name as Slug) // safe: it is a key of the table
    : otherwise;

/** The slug that the wire shows: a time-out upstream is the same problem with another status. */
const shown = (slug: Slug): string => (slug === "upstream-timeout" ? "upstream-failed" : slug);

/** The problem's `type`: a URI that identifies the kind of refusal (RFC 9457 §3.1.1). */
export function typeOf(slug: Slug): string {
  const entry: Entry = catalogue[slug];
  return entry.scheme === "payment"
    ? `https://paymentauth.org/problems/${slug}`
    : `urn:farebox:problem:${shown(slug)}`;
}
