import { type Flow, paidFlow, refused, served } from "./flow";

/** What a body has to do with its payment, and what an answer says. */
export const bodies: readonly Flow[] = [
  paidFlow(
    { name: "post_body_charge", at: "post-body", amount: "1200", signature: "0xpostbody" },
    {
      method: "POST",
      body: '{"data":"test payload"}',
      expect: { ...served("ref-post-body"), bodyReachesUpstream: true },
    },
  ),
  paidFlow(
    {
      name: "post_body_preserved_on_retry",
      at: "post-body-preserved",
      amount: "1500",
      signature: "0xpostpreserved",
    },
    {
      method: "POST",
      body: '{"items":[1,2,3]}',
      expect: { ...served("ref-post-preserved"), bodyReachesUpstream: true },
    },
  ),
  paidFlow(
    { name: "body_digest_match", at: "body-digest-match", amount: "1600", signature: "0xdigestmatch" },
    {
      method: "POST",
      body: '{"data":"digest-bound"}',
      expect: {
        ...served("ref-digest-match"),
        digest: "sha-256=:niUq/2l1JQXKjYkhgtWG2lwXqlq3cM8V+Au8Cj5FLEE=:",
      },
    },
  ),
  paidFlow(
    {
      name: "body_digest_mismatch",
      at: "body-digest-mismatch",
      amount: "1700",
      signature: "0xdigestmismatch",
    },
    {
      method: "POST",
      body: '{"data":"original"}',
      retryBody: '{"data":"changed"}',
      expect: refused("invalid-challenge"),
    },
  ),
  paidFlow(
    {
      name: "cache_headers_success",
      at: "cache-headers-success",
      amount: "1800",
      signature: "0xcacheheaders",
    },
    { expect: { ...served("ref-cache-headers"), cacheControl: ["no-store", "private"] } },
  ),
  paidFlow(
    {
      name: "problem_details_retry_after_no_receipt",
      at: "problem-retry-after",
      amount: "1900",
      signature: "0xretryafter",
    },
    {
      railRefuses: "insufficient",
      expect: {
        ...refused("payment-insufficient"),
        title: "Payment Insufficient",
        retryAfter: "60",
        cacheControl: ["no-store", "no-store"],
        noReceipt: true,
      },
    },
  ),
];

/** What a credential is good for: this request, once. */
export const bindings: readonly Flow[] = [
  paidFlow(
    {
      name: "accept_payment_preference",
      at: "accept-payment",
      amount: "2000",
      signature: "0xacceptpayment",
    },
    {
      acceptPayment: "tempo/charge;q=0.9, stripe/charge;q=0.1",
      expect: { ...served("ref-accept-payment"), firstOffer: "tempo/charge" },
    },
  ),
  paidFlow(
    {
      name: "same_origin_payment_request",
      at: "same-origin-payment-request",
      amount: "2040",
      signature: "0xsameorigin",
    },
    { clientFlow: true, expect: { statuses: [402, 200], receipt: true } },
  ),
  paidFlow(
    { name: "plain_payment_request", at: "plain-payment-request", amount: "2041", signature: "0xplain" },
    { clientFlow: true },
  ),
  {
    name: "cross_origin_redirect_before_402_rejected",
    path: "/charge/redirect-cross-origin",
    payload: { type: "transaction", signature: "0xredirect" },
    clientFlow: true,
    clientOnly: "the client sends no credential across a redirect to another origin",
  },
  paidFlow(
    {
      name: "cross_origin_redirect_before_402_target",
      at: "redirect-cross-origin-target",
      amount: "2050",
      signature: "0xredirect",
    },
    { clientOnly: "second origin of the case above" },
  ),
  paidFlow(
    {
      name: "idempotent_post_side_effect",
      at: "idempotent-post",
      amount: "2100",
      signature: "0xidempotent",
    },
    {
      method: "POST",
      body: '{"event":"create"}',
      idempotencyKey: "idem-123",
      repeatPaid: 2,
      expect: { ...served("ref-idempotent"), statuses: [402, 200, 200], upstreamCalls: 1 },
    },
  ),
  paidFlow(
    {
      name: "route_bound_basic_charge",
      at: "route-basic",
      amount: "100",
      signature: "0xroutebasic",
      resource: "/charge/route-basic",
    },
    { expect: served("ref-route-basic") },
  ),
  paidFlow(
    {
      name: "cross_route_credential_replay_rejected",
      at: "route-premium",
      amount: "5000",
      signature: "0xroutereplay",
      resource: "/charge/route-premium",
    },
    { challengePath: "/charge/route-basic", expect: refused("invalid-challenge") },
  ),
  paidFlow(
    { name: "query_bound_charge", at: "query-bound", amount: "2300", signature: "0xquerybound" },
    { query: "?tier=basic", expect: served("ref-query-bound") },
  ),
  paidFlow(
    { name: "query_replay_rejected", at: "query-replay", amount: "2400", signature: "0xqueryreplay" },
    { query: "?tier=basic", retryQuery: "?tier=premium", expect: refused("invalid-challenge") },
  ),
  paidFlow(
    {
      name: "concurrent_replay_rejected",
      at: "concurrent-replay",
      amount: "2200",
      signature: "0xconcurrent",
    },
    {
      parallelPaid: 2,
      expect: { oneOf200: true, othersIn: [402, 409], receiptReference: "ref-concurrent" },
    },
  ),
];
