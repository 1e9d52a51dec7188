import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Money } from "@/lib/money";
import { readAmount, writeAmount } from "./amount";

const brl = { code: "BRL", exponent: 2 };

describe("an amount of VTEX", () => {
  test.each([
    [31.9, 3_190n],
    [57.300000000000004, 5_730n],
    [0.1 + 0.2, 30n],
    [57, 5_700n],
    [0, 0n],
    [0.01, 1n],
    [1_234_567.89, 123_456_789n],
  ])("%d is read as %d cents", (value, units) => {
    expect(readAmount(value, brl)).toEqual(Money.of(units, brl));
  });

  test.each([31.905, 1e21, 1e-7, -1, "29,90", "29.90", Number.NaN, Number.POSITIVE_INFINITY, null, {}, true])(
    "%j is refused",
    (value) => {
      expect(readAmount(value, brl)).toBeNull();
    },
  );

  test("a finer unit leaves no room for what is not a whole number of it", () => {
    const btc = { code: "BTC", exponent: 8 };
    expect(readAmount(0.00000001, btc)).toBeNull(); // written 1e-8
    expect(readAmount(0.00001234, btc)).toEqual(Money.of(1_234n, btc));
    expect(readAmount(0.12345678, btc)).toEqual(Money.of(12_345_678n, btc));
    expect(readAmount(0.123456789, btc)).toBeNull();
  });

  test("what is written is read again, whatever the number of decimals", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99_999_999_999 }),
        fc.constantFrom(0, 2, 3),
        (units, exponent) => {
          const money = Money.of(BigInt(units), { code: "XXX", exponent });
          expect(readAmount(writeAmount(money), money.currency)).toEqual(money);
        },
      ),
    );
  });
});
