import { expect, test } from "vitest";
import { payerHeaders, upstreamHeaders } from "./headers";

const rules = (more: Partial<{ pass: string[]; drop: string[]; set: Record<string, string> }> = {}) => ({
  pass: [],
  drop: [],
  set: {},
  ...more,
});

const toUpstream = (
  sent: Record<string, string>,
  { pass = [], drop = [], own = {} }: { pass?: string[]; drop?: string[]; own?: Record<string, string> } = {},
) =>
  Object.fromEntries(
    upstreamHeaders(
      new Headers(sent),
      { requestHeaders: { pass, drop }, headers: own },
      { "idempotency-key": "fb-1" },
    ),
  );

const toPayer = (given: Record<string, string>, more: Parameters<typeof rules>[0] = {}) =>
  Object.fromEntries(payerHeaders(new Headers(given), { responseHeaders: rules(more) }));

const ours = { "accept-encoding": "identity", "idempotency-key": "fb-1" };

const neverSent = [
  ..."accept-encoding accept-payment authorization connection content-length cookie expect forwarded host".split(
    " ",
  ),
  ..."farebox-code farebox-payer idempotency-key keep-alive openai-organization openai-project".split(" "),
  ..."payment-authorization payment-signature proxy-authorization sec-websocket-key stripe-account te".split(
    " ",
  ),
  ..."trailer transfer-encoding upgrade x-forwarded-for x-forwarded-host x-forwarded-proto".split(" "),
  ..."x-http-method x-http-method-override x-method-override x-original-url x-payment x-real-ip x-rewrite-url".split(
    " ",
  ),
];

const neverReturned = [
  ..."access-control-allow-origin access-control-expose-headers alt-svc clear-site-data connection".split(
    " ",
  ),
  ..."content-length content-security-policy idempotency-replayed keep-alive location".split(" "),
  ..."payment-receipt payment-required payment-response payment-session refresh service-worker-allowed".split(
    " ",
  ),
  ..."set-cookie strict-transport-security trailer transfer-encoding upgrade www-authenticate".split(" "),
];

test("an upstream hears what a request says of itself, and nothing else unless a rule names it", () => {
  const sent = { accept: "text/plain", range: "bytes=0-1", "x-acme-team": "a", "x-other": "b" };
  expect(toUpstream(sent)).toEqual({ ...ours, accept: "text/plain", range: "bytes=0-1" });
  expect(toUpstream(sent, { pass: ["x-acme-*"], drop: ["range"] })).toEqual({
    ...ours,
    accept: "text/plain",
    "x-acme-team": "a",
  });
});

test.each(neverSent)("%s of a caller reaches no upstream, whatever the rules say", (name) => {
  const headers = toUpstream(
    { [name]: "the caller's", accept: "*/*" },
    { pass: [name, "*", `${name.slice(0, 3)}*`] },
  );
  expect(headers).toEqual({ ...ours, accept: "*/*" });
});

test("200 odd headers of a caller stay here", () => {
  const odd = Object.fromEntries(Array.from({ length: 200 }, (_, place) => [`x-odd-${place}`, "1"]));
  expect(toUpstream(odd)).toEqual(ours);
});

test("what Connection names stays on its hop, in both directions", () => {
  const hop = { connection: "close, X-Acme", "x-acme": "1", etag: '"1"', accept: "*/*" };
  expect(toUpstream(hop, { pass: ["x-acme"] })).toEqual({ ...ours, accept: "*/*" });
  expect(toPayer(hop, { pass: ["x-acme"] })).not.toHaveProperty("x-acme");
});

test("the service's own headers win over everything", () => {
  const own = { Authorization: "Bearer ours", accept: "application/json", "idempotency-key": "theirs" };
  expect(toUpstream({ authorization: "Bearer payer", accept: "text/html" }, { own })).toEqual({
    "accept-encoding": "identity",
    accept: "application/json",
    authorization: "Bearer ours",
    "idempotency-key": "theirs",
  });
});

test("a payer reads what describes the answer, and more or less by rule", () => {
  const given = { "content-type": "text/plain", etag: '"1"', "x-quota": "5", server: "acme" };
  const usual = { "content-type": "text/plain", etag: '"1"' };
  expect(toPayer(given)).toMatchObject(usual);
  expect(toPayer(given)).not.toHaveProperty("server");
  const ruled = toPayer(given, { pass: ["X-Quota"], drop: ["ETag"], set: { "X-Terms": "none" } });
  expect(ruled).toMatchObject({ "content-type": "text/plain", "x-quota": "5", "x-terms": "none" });
  expect(ruled).not.toHaveProperty("etag");
});

test.each(neverReturned)("%s of an upstream reaches no payer, whatever the rules say", (name) => {
  const given = { [name]: "the upstream's", etag: '"1"' };
  const more = { pass: [name, "*"], set: { [name]: "the merchant's" } };
  expect(toPayer(given, more)[name] ?? "").not.toMatch(/the upstream's|the merchant's/);
});

test("a page of an upstream runs as a stranger to the dashboard, and no type is guessed", () => {
  expect(toPayer({ "content-type": "text/html" })).toMatchObject({
    "content-security-policy": expect.stringMatching(/^sandbox(?!.*allow-same-origin)/),
    "x-content-type-options": "nosniff",
  });
});
