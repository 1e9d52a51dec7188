import { expect, test } from "vitest";
import { aService } from "@/lib/testing/visit";
import { allowReading, corsOf, preflight } from "./cors";

const open = aService({ url: "http://upstream.test" });
const listed = aService(
  {
    url: "http://upstream.test",
    requestHeaders: { pass: ["x-team", "x-acme-*"], drop: [] },
    responseHeaders: { pass: ["x-quota"], drop: [], set: { "x-terms": "none" } },
  },
  { cors: { origins: ["https://shop.example", "https://app.example"], headers: ["x-page"] } },
);

const said = (cors: ReturnType<typeof corsOf>, vary?: string): Record<string, string> => {
  const answer = new Response(null, vary ? { headers: { vary } } : {});
  allowReading(answer, cors);
  return Object.fromEntries(answer.headers);
};

test("a service without a list is read by any page, and so is what belongs to no service", () => {
  for (const service of [open, null]) {
    expect(said(corsOf(service, "https://anything.example"))).toEqual({
      "access-control-allow-origin": "*",
      "access-control-expose-headers": expect.stringMatching(
        /^WWW-Authenticate, Payment-Receipt, PAYMENT-REQUIRED, PAYMENT-RESPONSE, Payment-Session, Payment-Session-Snapshot, Retry-After, Idempotency-Replayed/,
      ),
    });
  }
});

test("a service with a list is read by the pages on it, exactly as they are written there", () => {
  expect(said(corsOf(listed, "https://app.example"), "Authorization")).toMatchObject({
    "access-control-allow-origin": "https://app.example",
    vary: "Authorization, Origin",
  });
  for (const origin of [
    "https://app.example.evil",
    "http://app.example",
    "https://APP.example",
    "null",
    "*",
    null,
  ]) {
    expect(said(corsOf(listed, origin))).toEqual({ vary: "Origin" });
  }
});

test("a page may read and send what the service's rules let pass", () => {
  const cors = corsOf(listed, "https://shop.example");
  expect(said(cors)["access-control-expose-headers"]).toMatch(/, x-quota, x-terms$/);
  const answer = preflight(["GET", "OPTIONS"], cors);
  expect(answer.status).toBe(204);
  expect(Object.fromEntries(answer.headers)).toEqual({
    "access-control-allow-methods": "GET, OPTIONS",
    "access-control-allow-headers":
      "Authorization, Payment-Authorization, Accept-Payment, Idempotency-Key, PAYMENT-SIGNATURE, Content-Type, Farebox-Payer, Farebox-Code, x-page, x-team",
    "access-control-max-age": "600",
  });
});

test("a page that is not on the list is told nothing in a preflight", () => {
  const answer = preflight(["GET"], corsOf(listed, "https://evil.example"));
  expect([answer.status, [...answer.headers]]).toEqual([204, []]);
});
