import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import { counted, figureOf, namedMoney, placesOf, showBytes, showChange, showCount } from "./figures";

const usd = { code: "USD", exponent: 2 };
const micro = { code: "USD", exponent: 6 };
const sat = { code: "SAT", exponent: 0 };

test("a figure keeps every digit and steps its unit aside", () => {
  expect(figureOf(Money.of(12_500n, micro))).toEqual({ text: "$0.0125", unit: "USD" });
  expect(figureOf(Money.of(412_880n, sat))).toEqual({ text: "412\u2009880 sat", unit: "sat" });
});

test("a sum always says its currency", () => {
  expect(namedMoney(Money.of(9_137n, usd))).toBe("$91.37 USD");
  expect(namedMoney(Money.of(12_400n, sat))).toBe("12\u2009400 sat");
});

test("a column keeps room for its longest fraction", () => {
  const figure = (text: string) => ({ text, unit: "USD" });
  expect(placesOf([])).toBe(0);
  expect(placesOf([figure("14"), figure("$0.01")])).toBe(2);
  expect(placesOf([figure("$0.0125")])).toBe(4);
  expect(placesOf([figure("$0.000000001")])).toBe(8);
});

test.each([
  [109n, 100n, "+9.0%"],
  [1_091n, 1_000n, "+9.1%"],
  [50n, 100n, "\u221250.0%"],
  [100n, 100n, "0.0%"],
  [5n, 0n, "—"],
])("from %d, %d before, the change is %s", (now, before, shown) =>
  expect(showChange(now, before)).toBe(shown),
);

test("counts are grouped and agree with their noun", () => {
  expect(showCount(8_204)).toBe("8,204");
  expect([counted(1, "receipt"), counted(1_200, "receipt")]).toEqual(["1 receipt", "1,200 receipts"]);
});

test("sizes have the unit that fits", () => {
  expect([showBytes(312), showBytes(1_800), showBytes(4_200_000)]).toEqual(["312 B", "1.8 kB", "4.2 MB"]);
});
