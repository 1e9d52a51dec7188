import fc from "fast-check";
import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import { inList, partOf, readAmount } from "./convert";

const usd = { code: "USD", exponent: 2 };
const sat = { code: "SAT", exponent: 0 };
const jpy = { code: "JPY", exponent: 0 };

test.each(["", "1.234", "-1", "+1", "1e2", "01", ".5", "1.", "1,5", "NaN", "1234567890123456789", " 1"])(
  "%j is no amount in dollars",
  (text) => expect(readAmount(text, usd)).toBeNull(),
);

test("a currency without decimals takes none, and one with three takes three", () => {
  expect(readAmount("5.0", jpy)).toBeNull();
  expect(readAmount("5", jpy)?.units).toBe(5n);
  expect(readAmount("1.234", { code: "KWD", exponent: 3 })?.units).toBe(1_234n);
});

test("parts named in the shop's money make up the whole of the rail's, and are told back as they were named", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 1_000_000n }),
      fc.bigInt({ min: 1n, max: 5_000n }),
      fc.array(fc.bigInt({ min: 1n, max: 400_000n }), { maxLength: 6 }),
      (cents, perCent, parts) => {
        const payment = {
          list: { amount: Money.format(Money.of(cents, usd)), currency: "USD" },
          amount: Money.of(cents * perCent + 1n, sat),
        };
        let taken = Money.zero(sat);
        let named = 0n;
        for (const wish of [...parts, cents]) {
          const part = wish > cents - named ? cents - named : wish;
          if (part === 0n) break;
          const money = partOf(payment, Money.of(part, usd), taken);
          if (!money) throw new Error("not exact");
          taken = Money.add(taken, money);
          named += part;
          expect(inList(payment, taken)).toEqual(Money.of(named, usd));
        }
        expect(taken).toEqual(payment.amount);
      },
    ),
  );
});

test("a part that coarser money cannot say back is refused, the whole is not", () => {
  const payment = { list: { amount: "10.00", currency: "USD" }, amount: Money.of(1_500n, jpy) };
  expect(partOf(payment, Money.of(1n, usd), Money.zero(jpy))?.units).toBe(1n);
  const coarse = { list: { amount: "10.00", currency: "USD" }, amount: Money.of(10n, jpy) };
  expect(partOf(coarse, Money.of(1n, usd), Money.zero(jpy))).toBeNull();
  expect(partOf(coarse, Money.of(150n, usd), Money.zero(jpy))).toBeNull();
  expect(partOf(coarse, Money.of(200n, usd), Money.zero(jpy))?.units).toBe(2n);
  expect(partOf(coarse, Money.of(1_000n, usd), Money.zero(jpy))?.units).toBe(10n);
});
