import fc from "fast-check";
import { expect, test } from "vitest";
import { plainPath } from "./plain-path";

test.each([
  "/pay/a",
  "/%70ay/a",
  "/%70%61%79%2fa",
  "/%2570ay/a",
  "//pay/a",
  "/pay//a",
  "/./pay/a",
  "/x/../pay/a",
  "/x/%2e%2e/pay/a",
  "/x/%2e%2e%2fpay/a",
  "\\pay\\a",
  "/x/..\\pay/a",
  "/%5cpay/a",
])("%s is understood as /pay/a", (path) => expect(plainPath(path)).toBe("/pay/a"));

test.each(["/PAY/a", "/payments/a", "/m/pay/a", "/pay%zz/a", "/"])("%s is not", (path) => {
  expect(plainPath(path)).not.toBe("/pay/a");
});

test("any text at all is a path that begins with one slash", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (path) => {
      expect(plainPath(path)).toMatch(/^\/(?!\/)/);
    }),
  );
});
