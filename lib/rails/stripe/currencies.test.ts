import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findCurrency, Money } from "@/lib/money";
import { limitsOf, minorUnits, moneyOf } from "./currencies";

const currency = (code: string) => findCurrency(code) ?? { code, exponent: 2 };
const money = (units: bigint, code: string) => Money.of(units, currency(code));

describe("amounts as Stripe counts them", () => {
  test.each([
    ["USD", 250n, 250n],
    ["JPY", 500n, 500n],
    ["KRW", 50n, 50n],
    ["KWD", 1_230n, 1_230n],
    ["ISK", 25n, 2_500n],
    ["UGX", 25n, 2_500n],
    ["MGA", 500n, 5n],
  ])("%s %s are %s minor units", (code, units, minor) => {
    expect(minorUnits(money(units, code))).toBe(minor);
    expect(moneyOf(minor, code.toLowerCase())).toEqual(money(units, code));
  });

  test("thousandths end in a zero, and there is no part of an ariary", () => {
    expect(minorUnits(money(1_231n, "KWD"))).toBeNull();
    expect(minorUnits(money(501n, "MGA"))).toBeNull();
  });

  test("whatever can be written is read back as it was, in every currency", () => {
    const codes = ["USD", "JPY", "KWD", "ISK", "UGX", "MGA", "HUF", "BHD", "XOF", "EUR"];
    fc.assert(
      fc.property(fc.constantFrom(...codes), fc.bigInt(1n, 99_999_999n), (code, units) => {
        const given = money(units, code);
        const minor = minorUnits(given);
        if (minor !== null) expect(moneyOf(minor, code.toLowerCase())).toEqual(given);
      }),
    );
  });
});

describe("what one currency is taken in", () => {
  test.each([
    ["USD", 50n],
    ["GBP", 30n],
    ["JPY", 50n],
    ["HUF", 17_500n],
    ["THB", 1_000n],
  ])("%s from %s on", (code, min) => {
    expect(limitsOf(currency(code), {})).toEqual({ min, max: 99_999_999n });
  });

  test("a currency without a published minimum is taken once the settings name one, in its own steps", () => {
    expect(limitsOf(currency("KWD"), {})).toBeNull();
    expect(limitsOf(currency("KWD"), { KWD: "200" })).toEqual({ min: 200n, max: 99_999_999n, step: 10n });
    expect(limitsOf(currency("MGA"), { MGA: "20" })).toMatchObject({ min: 2_000n, step: 100n });
    expect(limitsOf(currency("ISK"), { ISK: "10050" })).toMatchObject({ min: 101n });
  });

  test.each([null, "USD", { TWD: "x" }, { TWD: 5 }, []])(
    "settings that are wrong (%j) say nothing",
    (own) => {
      expect(limitsOf(currency("TWD"), own)).toBeNull();
      expect(limitsOf(currency("USD"), own)).toMatchObject({ min: 50n });
    },
  );

  test("Bitcoin, and a currency by another exponent, are not taken", () => {
    expect(limitsOf({ code: "SAT", exponent: 0 }, { SAT: "1" })).toBeNull();
    expect(limitsOf({ code: "USD", exponent: 6 }, {})).toBeNull();
  });
});
