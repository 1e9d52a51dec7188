import fc from "fast-check";
import { expect, test } from "vitest";
import { base64url, newId, sameSecret, utf8 } from ".";

test("base64url reads back what it wrote, and nothing that is spelled otherwise", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(base64url.decode(base64url.encode(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
  for (const text of ["YQ=", "YR", "Y", "YQ==YQ==", "Y Q", "YQ\n", "YQ+", "Y===", "YWI==", "YWJj="]) {
    expect(base64url.decode(text)).toBeNull();
  }
  expect(base64url.decode("YQ==")).toEqual(Buffer.from("a"));
});

test("no text makes the decoder throw", () => {
  fc.assert(fc.property(fc.string(), (text) => void base64url.decode(text)));
});

test("bytes that are not UTF-8 are no text", () => {
  expect(utf8(Uint8Array.of(0xc0, 0xaf))).toBeNull();
  expect(utf8(new TextEncoder().encode("ü"))).toBe("ü");
});

test("ids are unique and sort by their time", () => {
  const ids = Array.from({ length: 10_000 }, () => newId("rc", 1_000));
  expect(new Set(ids).size).toBe(10_000);
  expect(newId("rc", 2_000) > newId("rc", 1_999)).toBe(true);
  expect(newId("rc")).toMatch(/^rc_[0-9A-HJKMNP-TV-Z]{26}$/);
});

test("secrets compare by value, whatever their length", () => {
  expect(sameSecret("abc", "abc")).toBe(true);
  expect(sameSecret("abc", "abcd")).toBe(false);
});
