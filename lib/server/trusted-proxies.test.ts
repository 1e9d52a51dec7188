import { expect, test } from "vitest";
import { trustedProxies } from "./trusted-proxies";

const isTrusted = trustedProxies(["10.0.0.0/8", "fd00::/8"]);

test("addresses inside the ranges are trusted, in every spelling", () => {
  for (const address of ["10.1.2.3", "::ffff:10.1.2.3", "fd12::1", "fd12:0:0::1"]) {
    expect(isTrusted(address)).toBe(true);
  }
});

test("all others are not, and neither is what is no address", () => {
  for (const address of ["11.0.0.1", "127.0.0.1", "::1", "fe80::1", "", "unknown", "10.0.0.1:80"]) {
    expect(isTrusted(address)).toBe(false);
  }
});

test("no ranges trust nobody", () => {
  expect(trustedProxies([])("127.0.0.1")).toBe(false);
});
