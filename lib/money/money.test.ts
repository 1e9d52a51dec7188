import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Currency, findCurrency } from "./currency";
import { showAmount } from "./display";
import { Money } from "./money";
import { priceFault } from "./price";

const usd: Currency = { code: "USD", exponent: 2 };
const currencies = [0, 2, 3, 6, 8, 18].map((exponent) => ({ code: `X${exponent}`, exponent }));

describe("exact amounts", () => {
  test("what is written is read back, in every exponent", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n - 10n ** 78n, max: 10n ** 78n - 1n }), // what the database holds
        fc.constantFrom(...currencies),
        (units, currency) => {
          expect(Money.parse(Money.format(Money.of(units, currency)), currency)).toEqual({ units, currency });
        },
      ),
    );
  });

  test.each([
    "",
    " 5",
    "+5",
    "00",
    "01",
    "1e3",
    "0x10",
    "1.",
    ".5",
    "١",
    "1,000",
    "NaN",
    "-0",
    "1 ",
    "0.001",
    "--1",
  ])("%j is not an amount of dollars", (text) => expect(Money.parse(text, usd)).toBeNull());

  test("no text makes the reader throw, and what it reads is exactly what was written", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?\d{0,30}\.?\d{0,6}$/)), (text) => {
        const money = Money.parse(text, usd);
        if (money) expect(Number(Money.format(money))).toBe(Number(text));
      }),
    );
  });

  test("a split never changes the sum, and shares differ by one unit at most", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.integer({ min: 1, max: 60 }),
        (units, shares) => {
          const parts = Money.split(Money.of(units, usd), shares).map((part) => part.units);
          expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(units);
          const sorted = [...parts].sort((a, b) => (a < b ? -1 : 1));
          expect((sorted.at(-1) ?? 0n) - (sorted[0] ?? 0n)).toBeLessThanOrEqual(1n);
        },
      ),
    );
  });

  test("amounts of two currencies cannot be combined", () => {
    const dollar = Money.of(100n, usd);
    expect(() => Money.add(dollar, Money.of(100n, { code: "EUR", exponent: 2 }))).toThrow(RangeError);
    expect(() => Money.compare(dollar, Money.of(100n, { code: "USD", exponent: 6 }))).toThrow(RangeError);
  });
});

describe("list prices", () => {
  test("a fault names the field that is wrong", () => {
    expect(priceFault({ amount: "0.01", currency: "USD" })).toBeNull();
    expect(priceFault({ amount: "-1", currency: "USD" })?.at).toBe("amount");
    expect(priceFault({ amount: "1e3", currency: "USD" })?.at).toBe("amount");
    expect(priceFault({ amount: "1", currency: "usd" })?.at).toBe("currency");
    expect(priceFault({ amount: "0.0001", currency: "SAT" })?.at).toBe("amount");
  });
});

describe("amounts for the eye", () => {
  test.each([
    ["0.0001", "USD", "$0.0001"],
    ["0.01", "USD", "$0.01"],
    ["1007.9209", "USD", "$1,007.9209"],
    ["12.8400", "USD", "$12.84"],
    ["-3", "USD", "\u2212$3.00"],
    ["412880", "SAT", "412\u2009880 sat"],
    ["0.00000001", "BTC", "0.00000001 BTC"],
    ["5000", "JPY", "¥5,000"],
    ["1.5", "KWD", "1.500 KWD"],
  ])("%s %s is shown as %s", (amount, code, shown) => expect(showAmount(amount, code)).toBe(shown));

  test("currencies have the decimals of ISO 4217", () => {
    expect([findCurrency("JPY"), findCurrency("USD"), findCurrency("KWD"), findCurrency("usd")]).toEqual([
      { code: "JPY", exponent: 0 },
      { code: "USD", exponent: 2 },
      { code: "KWD", exponent: 3 },
      null,
    ]);
  });
});
