import { expect, test } from "vitest";
import { draftFor, readHeaders, resultOf, showAfter, type TryItEndpoint, type Verdict } from "./view";

const endpoint: TryItEndpoint = {
  id: "ep_1",
  service: "weather",
  method: "POST",
  path: "/v1/{city}",
  label: "POST /v1/{city}, $0.01",
  isFree: false,
  canPay: true,
  parameters: ["city"],
  samples: { city: "berlin" },
  query: "",
  body: "{}",
};

test("another endpoint brings its own request and leaves the payer as chosen", () => {
  const before = { ...draftFor(undefined), payer: "grace", case: "declined", headers: "a: b" } as const;
  const draft = draftFor(endpoint, before);
  expect(draft).toMatchObject({ method: "POST", samples: { city: "berlin" }, body: "{}" });
  expect(draft).toMatchObject({ payer: "grace", case: "declined", headers: "a: b" });
});

test("header lines are read as names and values, and a line that is none is named", () => {
  expect(readHeaders("Accept: a/b\n\n x-one:two: three \n")).toEqual({
    headers: [
      ["Accept", "a/b"],
      ["x-one", "two: three"],
    ],
  });
  expect(readHeaders("x-one: 1\nno header")).toEqual({
    fault: "“no header” is no header. Write it as Name: value.",
  });
});

const verdict = (isMet: boolean, note: string | null = null): Verdict => ({
  type: "verdict",
  checks: [{ expected: "402", came: "402", isMet }],
  note,
  receipt: null,
  charge: null,
});

test.each([
  ["As expected", verdict(true), null],
  ["Not as expected", verdict(false), null],
  ["Nothing to pay", verdict(true, "This request is free."), null],
  ["Broken off", null, null],
  ["Broken off", verdict(true), "The connection was lost."],
])("an exchange ends with the word %s", (label, ended, fault) => {
  expect(resultOf(ended, fault).label).toBe(label);
});

test("times are told in the unit that reads best", () => {
  expect([showAfter(0), showAfter(999), showAfter(1_204)]).toEqual(["+0 ms", "+999 ms", "+1.204 s"]);
});
