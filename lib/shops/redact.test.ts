import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasCardNumber, holdsCardNumber, redact } from "./redact";

const visa = "4444333322221111";

describe("a card number", () => {
  test.each([
    visa,
    `card ${visa}.`,
    "4444 3333 2222 1111",
    "4444-3333-2222-1111",
    "3782 822463 10005",
    "378282246310005",
  ])("is found in %s", (text) => expect(hasCardNumber(text)).toBe(true));

  test.each([
    "4444333322221112",
    "444433332222",
    `${visa}${visa}`,
    "2026-11-21 19:52:01",
    "payses_01KADF",
    "1000.00",
  ])("is not seen in %s", (text) => expect(hasCardNumber(text)).toBe(false));

  test("is found at any depth, as a key and as a number", () => {
    expect(holdsCardNumber({ a: [{ b: { c: visa } }] })).toBe(true);
    expect(holdsCardNumber({ [visa]: 1 })).toBe(true);
    expect(holdsCardNumber({ a: 4444333322221111 })).toBe(true);
    expect(holdsCardNumber({ a: "4444", b: "333322221111" })).toBe(false);
  });

  test("is gone from what is kept, wherever it stood", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: fc.constantFrom(..."ab ,{}[]é漢") }), (value, around) => {
        const kept = redact({ value, card: { number: visa }, note: `${around}${visa}${around}`, [visa]: 1 });
        expect(JSON.stringify(kept)).not.toContain(visa);
      }),
      { numRuns: 500 },
    );
  });
});

test("what opens something is left out of what is kept", () => {
  expect(redact({ proof: { token: "t" }, card: null, amount: "1.00" })).toEqual({
    proof: "[left out]",
    card: null,
    amount: "1.00",
  });
});
