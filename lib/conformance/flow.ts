/** What a flow's challenge asks for. `resource` says that the credential is bound to its route, by whatever means. */
type FlowTerms = Readonly<{ amount: string; currency: string; recipient: string; resource?: string }>;

type FlowExpectation = Readonly<{
  /** Status of the first answer, of the second, and of any further one. */
  statuses?: readonly number[];
  /** Slug of the last answer's problem. */
  problem?: string;
  title?: string;
  retryAfter?: string;
  /** A directive of each answer's `Cache-Control`. */
  cacheControl?: readonly string[];
  digest?: string;
  firstOffer?: string;
  receipt?: true;
  receiptReference?: string;
  noReceipt?: true;
  noChallenge?: true;
  bodyReachesUpstream?: true;
  upstreamCalls?: number;
  oneOf200?: true;
  othersIn?: readonly number[];
  openapi?: string;
  has?: readonly string[];
  anOfferWithNullAmount?: true;
  credentialAt?: string;
  receiptAt?: string;
}>;

/** One published flow: what is asked of an address, what is sent back, and what must come of it. */
export type Flow = Readonly<{
  name: string;
  path: string;
  request?: FlowTerms;
  payload?: Readonly<{ type: "transaction"; signature: string }>;
  method?: "POST";
  body?: string;
  /** The body of the second request, when it is another one; so with `retryQuery`. */
  retryBody?: string;
  query?: string;
  retryQuery?: string;
  retry?: "withoutCredential";
  /** Members of the challenge that are changed before it is echoed; `null` leaves one out. */
  tamper?: Readonly<{ id?: string; request?: Readonly<Record<string, string>>; expires?: null }>;
  /** What the server's payment network says: no, or not enough. */
  railRefuses?: true | "insufficient";
  /** The server offers this address with an expiry in the past. */
  challengeExpires?: string;
  /** The credential answers a challenge of another address. */
  challengePath?: string;
  acceptPayment?: string;
  idempotencyKey?: string;
  repeatPaid?: number;
  parallelPaid?: number;
  jsonRpc?: true;
  clientFlow?: true;
  /** Says what a client does; nothing is asked of a server. */
  clientOnly?: string;
  expect?: FlowExpectation;
}>;

type Paid = Readonly<{ name: string; at: string; amount: string; signature: string; resource?: string }>;

/** A flow at an address that costs `amount` US cents. */
export const paidFlow = (
  { name, at, amount, signature, resource }: Paid,
  more: Omit<Flow, "name" | "path" | "request" | "payload">,
): Flow => ({
  name,
  path: `/charge/${at}`,
  request: { amount, currency: "USD", recipient: "merchant", ...(resource ? { resource } : {}) },
  payload: { type: "transaction", signature },
  ...more,
});

/** It is paid, the goods come, and the receipt names this reference of the payment network. */
export const served = (receiptReference: string): FlowExpectation => ({
  statuses: [402, 200],
  receiptReference,
});

/** It is refused with this problem, and asked to be paid afresh. */
export const refused = (problem: string): FlowExpectation => ({ statuses: [402, 402], problem });
