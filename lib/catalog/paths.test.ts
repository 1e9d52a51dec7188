import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quietEndpoint, quietService, quietUpstream } from "@/lib/testing/quiet";
import { matchEndpoint } from "./match";
import { canonicalPath, compilePattern } from "./paths";
import type { Endpoint, Service } from "./types";

const anEndpoint = (label: string): Endpoint => {
  const [method = "", path = ""] = label.split(" ");
  const compiled = compilePattern(path);
  return {
    id: label,
    method,
    path,
    shape: compiled.ok ? compiled.pattern.shape : "",
    ...quietEndpoint,
    description: null,
    free: false,
    intent: "charge",
    unit: null,
    price: { amount: "0.01", currency: "USD" },
    priceVersion: 1,
    prices: new Map(),
    options: {
      redeemableForSeconds: 1,
      bodyMaxBytes: 1,
      responseMaxBytes: 1,
      billable4xx: true,
      neverBilled: [],
      repeatable: false,
      paymentAuthorization: false,
    },
  };
};

const aService = (...labels: string[]): Service => ({
  id: "sv_1",
  merchantId: "mr_1",
  slug: "weather",
  title: "Weather",
  mode: "test",
  kind: "http",
  ...quietService,
  upstream: { url: "https://api.example.com", headers: {}, secrets: [], timeoutMs: 30_000, ...quietUpstream },
  rails: ["demo"],
  endpoints: labels.map(anEndpoint),
});

function ask(service: Service, method: string, path: string): string {
  const canonical = canonicalPath(path);
  if (!canonical.ok) return canonical.reason;
  const found = matchEndpoint(service, method, canonical);
  if (found.kind === "match") return found.endpoint.id;
  return found.kind === "no-method" ? found.allow.join(",") : "nothing";
}

const hostilePieces = fc.constantFrom(
  ..."v1|V1|forecast|FORECAST|status|admin|..|.|%2e%2e|%2E|%252e|%2f|%2F|%5c|\\|;x|%3b|%00|%20| |%|%zz|x%|%c0|%c0%af|%e0%80%af".split(
    "|",
  ),
  ..."%ef%bc%8f|ｖ１|%76%31|v%31|%25|%2525|%7Bcity%7D|{city}|*|~|a:b|a%3Ab|a,b|caf%C3%A9|cafe%CC%81|%ED%A0%80|\u0000|\u007f|%C2%85|".split(
    "|",
  ),
);
const hostilePath = fc
  .array(fc.oneof(hostilePieces, fc.string({ unit: "binary", maxLength: 6 }), fc.webSegment()), {
    maxLength: 6,
  })
  .map((pieces) => `/${pieces.join("/")}`);

describe("the canonical path", () => {
  test("is its own canonical spelling, and says what its segments say", () => {
    fc.assert(
      fc.property(hostilePath, (raw) => {
        const first = canonicalPath(raw);
        if (!first.ok) return;
        expect(canonicalPath(first.path)).toEqual(first);
        const pieces = first.path === "/" ? [] : first.path.slice(1).split("/");
        expect(pieces.map(decodeURIComponent)).toEqual(first.segments);
        for (const segment of first.segments) {
          expect(segment).not.toMatch(/[\p{Cc}/\\;]|^\.{0,2}$|%[0-9a-f]{2}/iu);
        }
        expect(first.path).toMatch(/^[\x21-\x7e]+$/);
        expect(new URL(`http://upstream.test${first.path}`).pathname).toBe(first.path);
      }),
      { numRuns: 5_000 },
    );
  });

  test("of any text at all is found without a throw", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (raw) => void canonicalPath(raw)));
  });

  test.each([
    ["/", "/"],
    ["/v1/forecast/Berlin", "/v1/forecast/Berlin"],
    ["/%76%31", "/v1"],
    ["/models/a%3Agenerate", "/models/a:generate"],
    ["/caf%c3%a9", "/caf%C3%A9"],
    ["/a%20b", "/a%20b"],
    ["/100%25", "/100%25"],
    ["/~me/!$&'()*+,=:@", "/~me/!$&'()*+,=:@"],
  ])("%s is %s", (raw, path) => expect(canonicalPath(raw)).toMatchObject({ ok: true, path }));

  test.each([
    "",
    "v1",
    "//",
    "/v1/",
    "/v1//x",
    "/./x",
    "/x/..",
    "/%2e%2E/x",
    "/%252e",
    "/%25%32%65",
    "/a%2fb",
    "/a%5Cb",
    "/a\\b",
    "/a;x",
    "/a%3bx",
    "/a%00",
    "/a%0d%0a",
    "/a%7f",
    "/a%C2%85",
    "/a b",
    "/é",
    "/x%",
    "/%zz",
    "/%c0",
    "/%c0%af",
    "/%ED%A0%80",
    "/{city}",
    `/${"a/".repeat(70)}a`,
    `/${"a".repeat(5000)}`,
  ])("%j is refused", (raw) => expect(canonicalPath(raw).ok).toBe(false));
});

describe("patterns", () => {
  test("are told apart by shape, not by the names of parameters", () => {
    const shape = (path: string) => {
      const compiled = compilePattern(path);
      return compiled.ok ? compiled.pattern.shape : null;
    };
    expect(shape("/v1/{city}")).toBe(shape("/v1/{town}"));
    expect(shape("/files/*")).toBe(shape("/files/{path...}"));
    expect(shape("/v1/{city}")).not.toBe(shape("/v1/{city...}"));
    expect(shape("/")).toBe("/");
  });

  test("name their parameters in order", () => {
    expect(compilePattern("/v1/{city}/{day}/{rest...}")).toMatchObject({
      pattern: { parameters: ["city", "day", "rest"] },
    });
  });

  test.each([
    "v1",
    "",
    "/v1/",
    "/v1//x",
    "/v{id}",
    "/{id}.json",
    "/{}",
    "/{a b}",
    "/{a}/{a}",
    "/{a...}/x",
    "/*/x",
    "/a*",
    "/..",
    "/a;b",
    "/é",
    "/a?b",
    "/a#b",
    "/%76",
  ])("%j is refused", (path) => expect(compilePattern(path).ok).toBe(false));
});

describe("matching", () => {
  const service = aService(
    "GET /v1/forecast/{city}",
    "GET /v1/forecast/today",
    "GET /v1/{any}/berlin",
    "POST /v1/forecast/today",
    "GET /v1/status",
    "GET /v1/*",
    "GET /files/{path...}",
    "DELETE /files/{name}",
  );

  test.each([
    ["GET", "/v1/forecast/today", "GET /v1/forecast/today"],
    ["GET", "/v1/forecast/berlin", "GET /v1/forecast/{city}"],
    ["GET", "/v1/archive/berlin", "GET /v1/{any}/berlin"],
    ["GET", "/v1/archive/paris", "GET /v1/*"],
    ["GET", "/v1/forecast/a/b", "GET /v1/*"],
    ["HEAD", "/v1/status", "GET /v1/status"],
    ["GET", "/v1/Status", "GET /v1/*"],
    ["GET", "/v1", "nothing"],
    ["GET", "/", "nothing"],
    ["GET", "/files/a/b/c", "GET /files/{path...}"],
    ["GET", "/files", "nothing"],
    ["PUT", "/v1/forecast/today", "GET,HEAD,POST"],
    ["get", "/v1/status", "GET,HEAD"],
    ["POST", "/files/a", "GET,HEAD,DELETE"],
  ])("%s %s finds %s", (method, path, found) => expect(ask(service, method, path)).toBe(found));

  test("steps back to a parameter when the literal branch ends nowhere", () => {
    const crossing = aService("GET /a/b/c", "GET /a/{x}/d");
    expect(ask(crossing, "GET", "/a/b/d")).toBe("GET /a/{x}/d");
  });

  test("never finds another endpoint than the decoded segments say", () => {
    const paid = aService("GET /v1/forecast/{city}", "GET /v1/status", "GET /admin/*");
    const expected = (segments: readonly string[]) => {
      const [first, second, third] = segments;
      if (first === "admin" && segments.length > 1) return "GET /admin/*";
      if (first !== "v1") return "nothing";
      if (second === "status" && segments.length === 2) return "GET /v1/status";
      return second === "forecast" && third !== undefined && segments.length === 3
        ? "GET /v1/forecast/{city}"
        : "nothing";
    };
    fc.assert(
      fc.property(
        fc.oneof(
          hostilePath,
          hostilePath.map((path) => `/v1${path}`),
          hostilePath.map((path) => `/v1/forecast${path}`),
        ),
        (raw) => {
          const canonical = canonicalPath(raw);
          if (canonical.ok) expect(ask(paid, "GET", raw)).toBe(expected(canonical.segments));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test("is not led astray by names that every object has", () => {
    for (const path of ["/__proto__", "/constructor", "/v1/toString"]) {
      expect(ask(aService("GET /v1/status"), "GET", path)).toBe("nothing");
    }
    expect(ask(aService("GET /v1/status"), "constructor", "/v1/status")).toBe("GET,HEAD");
  });
});
