import { bindings, bodies } from "./bound-flows";
import { type Flow, paidFlow, refused, served } from "./flow";

const past = { challengeExpires: "2020-01-01T00:00:00Z" };

const charges: readonly Flow[] = [
  paidFlow(
    { name: "success_charge", at: "success", amount: "1000", signature: "0xabc123" },
    { expect: served("ref-success") },
  ),
  paidFlow(
    { name: "verification_error", at: "error", amount: "999", signature: "0xfeedface" },
    { railRefuses: true, expect: refused("verification-failed") },
  ),
  paidFlow(
    { name: "invalid_payload", at: "invalid-payload", amount: "100", signature: "not-hex" },
    { expect: refused("invalid-payload") },
  ),
  paidFlow(
    { name: "expired_challenge", at: "expired", amount: "500", signature: "0xdeadbeef01" },
    { ...past, expect: refused("payment-expired") },
  ),
  paidFlow(
    { name: "missing_authorization", at: "missing-authorization", amount: "600", signature: "0xmissingauth" },
    { retry: "withoutCredential", expect: refused("payment-required") },
  ),
  paidFlow(
    { name: "mismatched_request", at: "mismatched-request", amount: "700", signature: "0xmismatch" },
    { tamper: { request: { amount: "1" } }, expect: refused("invalid-challenge") },
  ),
  paidFlow(
    { name: "invalid_challenge_id", at: "invalid-challenge-id", amount: "800", signature: "0xbadid" },
    { tamper: { id: "invalid" }, expect: refused("invalid-challenge") },
  ),
  paidFlow(
    {
      name: "missing_challenge_expires_rejected",
      at: "missing-challenge-expires",
      amount: "850",
      signature: "0xmissingexpires",
    },
    { tamper: { expires: null }, expect: refused("invalid-challenge") },
  ),
  paidFlow(
    { name: "no_receipt_header", at: "no-receipt", amount: "900", signature: "0xnoreceipt" },
    { clientOnly: "a 200 without Payment-Receipt is accepted" },
  ),
  paidFlow(
    { name: "invalid_www_authenticate", at: "invalid-www-auth", amount: "1001", signature: "0xwwwbork" },
    { clientOnly: "a broken challenge is a parse error" },
  ),
  {
    name: "non_402_error",
    path: "/charge/server-error",
    expect: { statuses: [500], noChallenge: true, noReceipt: true },
  },
  { name: "free_endpoint", path: "/free", expect: { statuses: [200], noChallenge: true } },
  paidFlow(
    {
      name: "problem_details_expired",
      at: "problem-expired",
      amount: "500",
      signature: "0xproblemexpired",
    },
    { ...past, expect: refused("payment-expired") },
  ),
  paidFlow(
    {
      name: "problem_details_verification_failed",
      at: "problem-verify-fail",
      amount: "999",
      signature: "0xproblemverifyfail",
    },
    { railRefuses: true, expect: refused("verification-failed") },
  ),
  paidFlow(
    {
      name: "problem_details_missing_auth",
      at: "problem-missing-auth",
      amount: "600",
      signature: "0xproblemmissingauth",
    },
    { retry: "withoutCredential", expect: refused("payment-required") },
  ),
];

const documents: readonly Flow[] = [
  {
    name: "discovery_document",
    path: "/openapi.json",
    expect: {
      statuses: [200],
      openapi: "3.1.0",
      has: ["x-service-info", "x-payment-info.offers"],
      anOfferWithNullAmount: true,
    },
  },
  {
    name: "json_rpc_mcp_payment",
    path: "/rpc",
    payload: { type: "transaction", signature: "0xjsonrpc" },
    jsonRpc: true,
    expect: { credentialAt: "root _meta", receiptAt: "result._meta" },
  },
];

/** The flows that the scheme's authors publish, in their order. */
export const flows: readonly Flow[] = [...charges, ...bodies, ...bindings, ...documents];
