import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  emptyService,
  endpointCounts,
  headerFaults,
  locateInService,
  type ServiceDocument,
  serviceDocumentOf,
  serviceDraft,
  slugOf,
} from "./view";

const stored: ServiceDocument = {
  slug: "weather",
  title: "Weather",
  mode: "test",
  upstream: {
    url: "https://api.example.com/base",
    headers: { "x-api-key": { $secret: null }, accept: "application/json" },
    timeoutMs: 30_000,
  },
  rails: ["demo"],
};

test("a service that nobody touched is saved as it is stored, its secret kept and its endpoints left alone", () => {
  expect(serviceDocumentOf(serviceDraft(stored))).toEqual({ ...stored, kind: "http" });
});

test("a replaced secret goes out as a secret, and never as a plain value", () => {
  const draft = serviceDraft(stored);
  const [secret, ...rest] = draft.headers;
  if (!secret) throw new Error("The draft has its headers.");
  const replaced = { ...draft, headers: [{ ...secret, state: "secret" as const, value: "new" }, ...rest] };
  expect(serviceDocumentOf(replaced)).toMatchObject({
    upstream: { headers: { "x-api-key": { $secret: "new" }, accept: "application/json" } },
  });
});

test("a time limit that is no number reaches the judge as typed", () => {
  const draft = { ...emptyService("test", []), timeoutMs: "30 s" };
  expect(serviceDocumentOf(draft)).toMatchObject({ upstream: { timeoutMs: "30 s" } });
});

describe("headers that a document cannot hold", () => {
  const header = { value: "v", state: "plain", isStored: false } as const;

  test("a name given twice is a fault of the second line, whatever its case", () => {
    const faults = headerFaults([
      { ...header, key: 0, name: "X-Key" },
      { ...header, key: 1, name: "x-key " },
    ]);
    expect(faults).toEqual([{ path: "header-1-name", message: "This header is set twice." }]);
  });

  test("a line without a name is a fault", () => {
    expect(headerFaults([{ ...header, key: 0, name: " " }])[0]?.path).toBe("header-0-name");
  });
});

describe("faults of a service", () => {
  const locate = locateInService(serviceDraft(stored), ["GET /v1/status", "POST /v1/chat"]);

  test("lead to the field of their place", () => {
    expect(locate("upstream.url")?.id).toBe("upstream-url");
    expect(locate("rails[1]")?.id).toBe("rails");
    expect(locate("upstream.headers.x-api-key")?.id).toBe("header-0-value");
    expect(locate("upstream.headers.x-api-key.$secret")?.id).toBe("header-0-value");
    expect(locate("header-1-name")).toEqual({ id: "header-1-name", label: "accept" });
  });

  test("that a change here brings to an endpoint name it", () => {
    expect(locate("endpoints[1].price")).toEqual({ label: "POST /v1/chat" });
    expect(locate("endpoints[7].price")).toBeNull();
  });
});

test("a title becomes a name for addresses", () => {
  expect(slugOf("Météo & Co")).toBe("meteo-co");
  expect(slugOf("  Weather API v2! ")).toBe("weather-api-v2");
  expect(slugOf("天気")).toBe("");
});

test("every name made from a title is one that an address takes, or empty", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (title) => {
      expect(slugOf(title)).toMatch(/^(?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)?$/);
    }),
  );
});

test("counts of endpoints leave out what there is none of", () => {
  expect(endpointCounts(3, 1)).toBe("3 paid, 1 free");
  expect(endpointCounts(0, 2)).toBe("2 free");
  expect(endpointCounts(0, 0)).toBe("none yet");
});
