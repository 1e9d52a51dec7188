import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  byteUnits,
  countOf,
  curlCommand,
  type EndpointDocument,
  emptyEndpoint,
  endpointDocumentOf,
  endpointDraft,
  locateInEndpoint,
  measureOf,
  parametersOf,
  payCommand,
  samplePath,
  timeUnits,
} from "./view";

const stored: EndpointDocument = {
  method: "GET",
  path: "/v1/forecast/{city}",
  description: "Forecast",
  free: false,
  intent: "charge",
  price: { amount: "0.01", currency: "USD" },
  redeemableForSeconds: 86_400,
  bodyMaxBytes: 1_048_576,
  responseMaxBytes: 1_000,
  billable4xx: true,
  repeatable: true,
  paymentAuthorization: false,
  neverBilled: [404],
  listed: true,
  paused: false,
  rules: [{ id: "spring", when: { code: "SPRING" }, then: { discount: { percent: "10" } } }],
  maximum: { amount: "5", currency: "USD" },
  cases: [
    {
      name: "plain",
      request: { path: "/v1/forecast/oslo" },
      expect: { price: { amount: "0.01", currency: "USD" } },
    },
  ],
};

describe("an endpoint that nobody touched is saved as it is stored", () => {
  test("with a price", () => {
    const { free: _, intent: __, ...rest } = stored;
    expect(endpointDocumentOf(endpointDraft(stored, "USD"))).toEqual(rest);
  });

  test("in a session", () => {
    const session = { ...stored, intent: "session", unit: "token" } as const;
    expect(endpointDocumentOf(endpointDraft(session, "USD"))).toMatchObject({
      intent: "session",
      unit: "token",
      price: stored.price,
    });
  });

  test("free, without a price", () => {
    const { price: _, ...free } = { ...stored, free: true };
    const document = endpointDocumentOf(endpointDraft(free, "USD"));
    expect(document).toMatchObject({ free: true });
    expect(document).not.toHaveProperty("price");
  });
});

test("making a priced endpoint free drops the price and the text of it stays in the form", () => {
  const draft = { ...endpointDraft(stored, "USD"), terms: "free" } as const;
  for (const key of ["price", "rules", "maximum", "cases"]) {
    expect(endpointDocumentOf(draft)).not.toHaveProperty(key);
  }
  expect(draft.amount).toBe("0.01");
});

test("the amount goes out exactly as typed, without a detour through a number", () => {
  const draft = { ...emptyEndpoint("USD"), amount: " 0.000000000001 " };
  expect(endpointDocumentOf(draft)).toMatchObject({ price: { amount: "0.000000000001", currency: "USD" } });
});

test("a measure shows the largest whole unit, and a day as hours", () => {
  expect(measureOf(86_400, timeUnits, "h")).toEqual({ value: "24", unit: "h" });
  expect(measureOf(90, timeUnits, "h")).toEqual({ value: "90", unit: "s" });
  expect(measureOf(1_048_576, byteUnits)).toEqual({ value: "1", unit: "MiB" });
  expect(measureOf(0, byteUnits)).toEqual({ value: "0", unit: "B" });
});

test("a measure means the same number before and after it is shown", () => {
  fc.assert(
    fc.property(fc.nat(100_000_000), (count) => {
      expect(countOf(measureOf(count, byteUnits), byteUnits)).toBe(count);
      expect(countOf(measureOf(count, timeUnits, "h"), timeUnits)).toBe(count);
    }),
  );
});

test("a measure that is no whole number stays as typed", () => {
  expect(countOf({ value: "1.5", unit: "h" }, timeUnits)).toBe("1.5");
});

test("the defaults of the form are those of the document", () => {
  expect(endpointDocumentOf(emptyEndpoint("USD"))).toMatchObject({
    redeemableForSeconds: 86_400,
    bodyMaxBytes: 1_048_576,
    responseMaxBytes: 10_485_760,
    billable4xx: true,
    repeatable: false,
    paymentAuthorization: false,
  });
});

test("faults lead to their fields", () => {
  const locate = locateInEndpoint(endpointDraft(stored, "USD"));
  expect(locate("price.amount")?.id).toBe("amount");
  expect(locate("price")?.id).toBe("amount");
  expect(locate("rules[0].then.discount.percent")).toEqual({ id: "rule-0", label: "Rule 1, Discount" });
  expect(locate("cases[0].expect.price")?.label).toBe("Case “plain”");
  expect(locate("maximum.amount")?.id).toBe("maximum");
  expect(locate("somewhere.else")).toBeNull();
});

describe("a path that can be asked for", () => {
  test("takes samples, and a parameter's own name without one", () => {
    expect(samplePath("/v1/{country}/{city}", { city: "São Paulo" })).toBe("/v1/country/S%C3%A3o%20Paulo");
  });

  test("keeps the slashes of a rest and gives a wildcard a file", () => {
    expect(samplePath("/files/{path...}", { path: "/a/b c" })).toBe("/files/a/b%20c");
    expect(samplePath("/files/*")).toBe("/files/file");
  });

  test("names each parameter once in order", () => {
    expect(parametersOf("/v1/{country}/x/{rest...}")).toEqual(["country", "rest"]);
  });
});

describe("commands", () => {
  test("quote what a shell would take apart", () => {
    expect(curlCommand("GET", "https://pay.example/a/it's$(x)")).toBe(
      "curl -i 'https://pay.example/a/it'\\''s$(x)'",
    );
  });

  test("name the method and send a body where one is expected", () => {
    expect(curlCommand("DELETE", "http://h/a")).toBe("curl -i -X DELETE http://h/a");
    expect(curlCommand("POST", "http://h/a")).toContain(
      "-X POST -H 'content-type: application/json' -d '{}'",
    );
    expect(payCommand("GET", "http://h/a")).toBe("npm run farebox -- pay http://h/a");
    expect(payCommand("POST", "http://h/a")).toBe("npm run farebox -- pay http://h/a -X POST -d '{}'");
  });
});
