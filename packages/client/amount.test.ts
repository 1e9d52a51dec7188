import fc from "fast-check";
import { expect, test } from "vitest";
import { findCurrency, Money } from "@/lib/money";
import { majorText, minorText, sumText } from "./amount";
import { decimalsOf } from "./currency";

test("every currency has the decimals that Farebox gives it, in either case", () => {
  for (const code of [...Intl.supportedValuesOf("currency"), "BTC", "SAT"]) {
    const known = findCurrency(code);
    expect([code, decimalsOf(code.toLowerCase())]).toEqual([code, known?.exponent]);
  }
  expect(decimalsOf("zzz")).toBeNull();
});

test.each([
  ["30", "usd", "30.00"],
  ["30.000000000000000000", "usd", "30.00"],
  ["0.1", "usd", "0.10"],
  ["0.30000000000000004", "usd", "0.30"],
  ["10.714275", "usd", "10.71"],
  ["10.715", "usd", "10.72"],
  ["9.995", "usd", "10.00"],
  ["0.004", "usd", "0.00"],
  ["1e+21", "jpy", "1000000000000000000000"],
  ["1.5e-7", "btc", "0.00000015"],
  ["1e-9", "btc", "0.00000000"],
  ["100.5", "jpy", "101"],
  ["1.2345", "kwd", "1.235"],
  [".5", "usd", null],
  ["5.", "usd", "5.00"],
  ["-5", "usd", null],
  ["+5", "usd", null],
  ["1,5", "usd", null],
  ["", "usd", null],
  ["NaN", "usd", null],
  ["Infinity", "usd", null],
  ["12.340000", "zzz", "12.34"],
  ["12.000", "zzz", "12"],
  ["100", "zzz", "100"],
])("%s of %s is %s", (text, currency, expected) => {
  expect(majorText(text, currency)).toBe(expected);
});

test("whole smallest units are the same money in Farebox's own words", () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom("USD", "JPY", "KWD", "BTC", "SAT", "CLP"), (units, code) => {
      const currency = findCurrency(code);
      const text = minorText(units, code.toLowerCase());
      expect(currency && text !== null && Money.parse(text, currency)?.units).toBe(BigInt(units));
    }),
  );
});

test("an exact amount comes through unchanged, however many zeros follow", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat({ max: 20 }), (units, zeros) => {
      const text = `${units / 100n}.${String(units % 100n).padStart(2, "0")}`;
      expect(majorText(text + "0".repeat(zeros), "usd")).toBe(text);
    }),
  );
});

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
  "%s is no count of smallest units",
  (units) => {
    expect(minorText(units, "usd")).toBeNull();
  },
);

test("units of a currency that nobody knows are no amount", () => {
  expect(minorText(100, "zzz")).toBeNull();
});

test("amounts are added by their digits", () => {
  expect(sumText("0.10", "0.2", "usd")).toBe("0.30");
  expect(sumText("0", "1.005", "kwd")).toBe("1.005");
  expect(sumText("1000", "1", "jpy")).toBe("1001");
  expect(sumText("x", "1", "usd")).toBeNull();
});
