import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Money } from "@/lib/money";
import { type RailFacts, railOffers } from ".";

const aRail = (facts: Partial<RailFacts> = {}): RailFacts => ({
  slug: "demo",
  mode: "test",
  enabled: true,
  currencies: "any",
  ...facts,
});
const usd = (amount: string) => ({ amount, currency: "USD" });
const inTest = { mode: "test" } as const;

describe("the amount a rail asks for", () => {
  test("is never less than the list price and never a whole unit more", () => {
    const exponents = fc.constantFrom(0, 2, 3, 6, 8, 12, 18);
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 24n }), exponents, (tiny, exponent) => {
        const amount = Money.format(Money.of(tiny, { code: "USD", exponent: 12 }));
        const [offer] = railOffers(usd(amount), inTest, [aRail({ currencies: [{ code: "USD", exponent }] })]);
        const unit = 10n ** 18n / 10n ** BigInt(exponent);
        const listed = tiny * 10n ** 6n;
        if (offer?.state !== "offered") {
          expect(listed < unit).toBe(true);
          return;
        }
        const asked = offer.money.units * unit;
        expect(asked >= listed).toBe(true);
        expect(asked - unit < listed).toBe(true);
        expect(offer.exact).toBe(asked === listed);
      }),
    );
  });

  test.each([
    ["0.01", 1n, true],
    ["0.011", 2n, false],
    ["2.5", 250n, true],
  ])("%s dollars are %s cents", (amount, units, exact) => {
    expect(railOffers(usd(amount), inTest, [aRail()])).toEqual([
      { rail: "demo", state: "offered", money: { units, currency: { code: "USD", exponent: 2 } }, exact },
    ]);
  });

  test("is in the rail's own decimals, whatever case it writes its code in", () => {
    const token = aRail({ currencies: [{ code: "usd", exponent: 6 }] });
    expect(railOffers(usd("0.0001"), inTest, [token])).toMatchObject([
      { state: "offered", money: { units: 100n } },
    ]);
  });
});

describe("a rail stays out", () => {
  const limited = aRail({ limits: { min: 50n, max: 1000n } });
  test.each([
    ["of another mode", aRail({ mode: "live" }), "1", "mode"],
    ["that is switched off", aRail({ enabled: false }), "1", "disabled"],
    ["of another currency", aRail({ currencies: [{ code: "BTC", exponent: 8 }] }), "1", "currency"],
    ["whose unit is larger than the price", aRail(), "0.009", "below-unit"],
    ["when the price is zero", aRail(), "0", "below-unit"],
    ["whose minimum is larger than the price", limited, "0.49", "below-minimum"],
    ["whose maximum is smaller than the price", limited, "10.01", "above-maximum"],
  ])("%s", (_, rail, amount, reason) => {
    expect(railOffers(usd(amount), inTest, [rail])).toMatchObject([{ state: "not-offered", reason }]);
  });

  test("that has no sessions, when a session is sold", () => {
    const rails = [aRail(), aRail({ slug: "ln", sessions: true })];
    const offers = railOffers(usd("1"), { mode: "test", intent: "session" }, rails);
    expect(offers.map(({ state }) => state)).toEqual(["not-offered", "offered"]);
  });

  test("and the others keep their places", () => {
    const offers = railOffers(usd("1"), inTest, [aRail({ slug: "a", enabled: false }), aRail({ slug: "b" })]);
    expect(offers.map(({ rail, state }) => [rail, state])).toEqual([
      ["a", "not-offered"],
      ["b", "offered"],
    ]);
  });
});
