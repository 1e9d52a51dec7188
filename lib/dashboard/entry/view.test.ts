import fc from "fast-check";
import { expect, test } from "vitest";
import { readSignInFault, suggestSlug } from "./view";

test("a refusal, a wait and a lost connection are told apart", () => {
  expect(readSignInFault("refused")).toEqual({ kind: "refused" });
  expect(readSignInFault("slowed:8")).toEqual({ kind: "slowed", seconds: 8 });
  expect(readSignInFault("slowed:soon")).toBeNull();
  expect(readSignInFault("Configuration")).toBeNull();
});

test("a name suggests a slug without accents or punctuation", () => {
  expect(suggestSlug("Acme Weather, Inc.")).toBe("acme-weather-inc");
  expect(suggestSlug("Crème Brûlée")).toBe("creme-brulee");
  expect(suggestSlug("天気")).toBe("");
});

test("whatever the name, the suggestion is empty or a slug", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (name) => {
      expect(suggestSlug(name)).toMatch(/^$|^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);
    }),
  );
});
