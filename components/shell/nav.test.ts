import { describe, expect, test } from "vitest";
import { isCurrent, withMode } from "./nav";

describe("the current item of the left bar", () => {
  const receipts = { href: "/m/acme/receipts?mode=test" };

  test("is current on its own address whatever the mode", () => {
    expect(isCurrent(receipts, "/m/acme/receipts")).toBe(true);
  });

  test("is current on the pages below it", () => {
    expect(isCurrent(receipts, "/m/acme/receipts/rc_1")).toBe(true);
  });

  test("is not current on a screen whose name only begins alike", () => {
    expect(isCurrent(receipts, "/m/acme/receipts-archive")).toBe(false);
  });

  test("an exact item is not current on the pages below it", () => {
    expect(isCurrent({ href: "/m/acme", isExact: true }, "/m/acme/rails")).toBe(false);
  });
});

describe("switching the mode", () => {
  test("keeps the filters and forgets the place in the list", () => {
    expect(withMode("/m/acme/receipts", "rail=demo&cursor=abc&mode=live", "test")).toBe(
      "/m/acme/receipts?rail=demo&mode=test",
    );
  });
});
