import { describe, expect, test } from "vitest";
import { runCases } from "./cases";
import { noteOf, readNote } from "./note";
import type { RailFacts } from "./rail-facts";
import { railOffers } from "./rail-offers";
import { ratesAt, readRates } from "./rates";
import { readTerms, termsOf } from "./terms";

const usd = (amount: string) => ({ amount, currency: "USD" });
const charge = { intent: "charge", price: usd("0.05") } as const;
const faultsOf = (
  rules: readonly object[],
  rest: object = {},
  about: Parameters<typeof readTerms>[1] = charge,
) => {
  const read = readTerms({ rules, ...rest }, about);
  return read.ok ? [] : read.faults.map(({ path }) => path);
};
const rule = (rest: object) => ({ id: "a", then: { allow: {} }, ...rest });

describe("a rule that cannot be accepted names the place", () => {
  test.each([
    [[rule({ id: "A" })], "rules[0].id"],
    [[rule({}), rule({})], "rules[1].id"],
    [[rule({ other: 1 })], "rules[0].other"],
    [[rule({ then: {} })], "rules[0].then"],
    [[rule({ then: { allow: {}, waive: {} } })], "rules[0].then"],
    [[rule({ then: { price: usd("-1") } })], "rules[0].then.price.amount"],
    [[rule({ then: { price: { amount: "1", currency: "EUR" } } })], "rules[0].then.price.currency"],
    [[rule({ then: { discount: { percent: "101" } } })], "rules[0].then.discount.percent"],
    [[rule({ then: { discount: { percent: "1", amount: usd("1") } } })], "rules[0].then.discount"],
    [[rule({ then: { quota: { free: 0, per: "payer", window: "day" } } })], "rules[0].then.quota.free"],
    [[rule({ then: { quota: { free: 1, per: "name", window: "day" } } })], "rules[0].then.quota.per"],
    [
      [rule({ then: { hook: { url: "ftp://x", secret: "s".repeat(32), timeoutMs: 500 } } })],
      "rules[0].then.hook.url",
    ],
    [
      [rule({ then: { hook: { url: "https://x.example", secret: "short", timeoutMs: 500 } } })],
      "rules[0].then.hook.secret",
    ],
    [
      [rule({ then: { unit: { price: usd("1"), by: { json: "/a", query: "b" } } } })],
      "rules[0].then.unit.by",
    ],
    [[rule({ when: { json: { pointer: "model", equals: 1 } } })], "rules[0].when.json.pointer"],
    [[rule({ when: { json: [{ pointer: "/a", equals: 1 }, { pointer: "/b" }] } })], "rules[0].when.json[1]"],
    [[rule({ when: { query: { name: "a", equals: 1, exists: true } } })], "rules[0].when.query"],
    [[rule({ when: { header: { name: "Farebox-Code", exists: true } } })], "rules[0].when.header.name"],
    [[rule({ when: { address: ["10.0.0.0/33"] } })], "rules[0].when.address[0]"],
    [[rule({ when: { time: {} } })], "rules[0].when.time"],
    [[rule({ when: { time: { from: "2026-02-30" } } })], "rules[0].when.time.from"],
    [[rule({ when: { time: { from: "2026-02-03", to: "2026-02-02" } } })], "rules[0].when.time.to"],
    [[rule({ when: { volume: { per: "payer", window: "day" } } })], "rules[0].when.volume"],
    [
      [rule({ when: { volume: { per: "payer", window: "day", amount: "0" } } })],
      "rules[0].when.volume.amount",
    ],
  ])("%j", (rules, path) => expect(faultsOf(rules)).toEqual([path]));

  test("and what does not fit together is told, too", () => {
    expect(faultsOf([], { minimum: usd("2"), maximum: usd("1") })).toEqual(["maximum"]);
    expect(faultsOf([], { minimum: { amount: "2", currency: "EUR" } })).toEqual(["minimum.currency"]);
    expect(faultsOf([], { meter: { by: "events" } })).toEqual(["meter"]);
    const session = { intent: "session", price: usd("0.05") } as const;
    expect(faultsOf([], { meter: { by: "json" } }, session)).toEqual(["meter.pointer"]);
    expect(faultsOf([rule({ then: { unit: { price: usd("1"), by: "bodyBytes" } } })], {}, session)).toEqual([
      "rules[0].then.unit",
    ]);
    const read = readTerms({ meter: { by: "json", pointer: "/usage/total_tokens", per: 1000 } }, session);
    expect(read.ok && read.value.meter).toEqual({ by: "json", pointer: "/usage/total_tokens", per: 1000n });
  });

  test("all faults are told at once", () => {
    expect(faultsOf([rule({ id: "-", when: { code: "" } })], { maximum: 5 })).toEqual([
      "rules[0].id",
      "rules[0].when.code",
      "maximum",
    ]);
  });
});

describe("saved cases", () => {
  const read = readTerms(
    {
      rules: [
        {
          id: "night",
          when: { time: { hours: { from: "22:00", to: "06:00" } } },
          then: { discount: { percent: "50" } },
        },
        { id: "vip", when: { code: "VIP" }, then: { waive: {} } },
        { id: "no", when: { payer: ["mallory"] }, then: { reject: { message: "No." } } },
      ],
    },
    charge,
  );
  const given = {
    merchant: { timeZone: "Europe/Berlin" },
    endpoint: { method: "GET", path: "/a", price: charge.price, terms: read.ok ? read.value : null },
  };
  const at = "2026-11-21T22:30:00Z";
  test("that hold say nothing, and those that do not say what came", () => {
    const cases = [
      { name: "night", request: { at }, expect: { price: usd("0.025") } },
      { name: "day", request: {}, expect: { price: usd("0.0500") } },
      { name: "vip", request: { code: "VIP" }, expect: { free: true } },
      { name: "mallory", request: { payer: "mallory" }, expect: { rejected: true } },
    ];
    expect(runCases(given, cases)).toEqual([]);
    expect(
      runCases(given, [...cases, { name: "night", request: { at }, expect: { price: usd("0.05") } }]),
    ).toEqual([{ path: "cases[4].expect.price", message: "The price is 0.025 USD." }]);
    expect(runCases(given, [{ name: "vip", request: { code: "vip" }, expect: { free: true } }, 5])).toEqual([
      { path: "cases[0].expect.free", message: "The price is 0.05 USD." },
      { path: "cases[1]", message: expect.any(String) },
    ]);
  });
});

describe("an endpoint without rules", () => {
  test("has its list price as terms, made once", () => {
    const endpoint = { price: usd("1"), terms: null };
    expect(termsOf(endpoint)).toMatchObject({ list: usd("1"), rules: [] });
    expect(termsOf(endpoint)).toBe(termsOf(endpoint));
  });
});

describe("rates", () => {
  const lightning: RailFacts = {
    ...{ slug: "ln", mode: "test", enabled: true, currencies: [{ code: "BTC", exponent: 11 }], step: 1000n },
    rates: { USD: "64000" },
  };
  const sold = { mode: "test" } as const;
  const offer = (amount: string, currency: string, facts: Partial<RailFacts> = {}) =>
    railOffers({ amount, currency }, sold, [{ ...lightning, ...facts }])[0];

  test.each([
    ["1", "SAT", 1000n, true],
    ["1.001", "SAT", 2000n, false],
    ["0.00000001", "BTC", 1000n, true],
    ["0.00000001001", "BTC", 2000n, false],
    ["64", "USD", 100_000_000n, true],
    ["0.05", "USD", 79_000n, false], // 78.125 satoshis
  ])("%s %s is %s millisatoshis, in whole satoshis", (amount, currency, units, exact) => {
    expect(offer(amount, currency)).toMatchObject({ state: "offered", money: { units }, exact });
  });

  test("a price of a rail's own money needs no rate, and a converted one tells it", () => {
    expect(offer("1", "SAT")).not.toHaveProperty("rate");
    expect(offer("1", "USD")).toMatchObject({ rate: { rate: "64000", source: "rail", at: null } });
    expect(offer("1", "EUR")).toMatchObject({ state: "not-offered", reason: "currency" });
  });

  test("less than one step is not offered", () => {
    expect(offer("0.999", "SAT")).toMatchObject({ state: "not-offered", reason: "below-unit" });
    expect(offer("0.0006", "USD")).toMatchObject({ state: "not-offered", reason: "below-unit" });
    expect(offer("0.00064", "USD")).toMatchObject({ state: "offered", money: { units: 1000n } });
  });

  test("a token is priced by its own rate", () => {
    const token = {
      currencies: [{ code: "0x20c0", exponent: 6 }],
      step: 1n,
      rates: { USD: "1", EUR: "0.9" },
    };
    expect(offer("0.05", "USD", token)).toMatchObject({
      money: { units: 50_000n, currency: { code: "0x20c0" } },
    });
    expect(offer("0.05", "EUR", token)).toMatchObject({ money: { units: 55_556n }, exact: false });
  });

  test("that cannot be accepted name the place", () => {
    const faults = (value: unknown) => {
      const read = readRates(value);
      return read.ok ? [] : read.faults.map(({ path }) => path);
    };
    expect(faults({ BTC: { USD: "64000" } })).toEqual([]);
    expect(faults({ BTC: { USD: "0" } })).toEqual(["BTC.USD"]);
    expect(faults({ BTC: { USD: 5 } })).toEqual(["BTC.USD"]);
    expect(faults({ BTC: { USD: { url: "https://x.example", pointer: "/a" } } })).toEqual(["BTC.USD"]);
  });

  test("names that every object has are no rates", () => {
    const rates = ratesAt({ BTC: { USD: "1" } }, [], new Date());
    expect(rates("constructor", "name")).toBeUndefined();
    expect(rates("BTC", "toString")).toBeUndefined();
  });
});

describe("what a challenge remembers of its price", () => {
  const rate = { rate: "64000", source: "merchant", at: new Date("2026-11-21T10:00:00Z") };
  const offered = {
    rail: "ln",
    state: "offered",
    money: { units: 1n, currency: { code: "SAT", exponent: 0 } },
    exact: true,
  } as const;
  const priced = { price: usd("0.045"), rule: "spring", isListPrice: false };
  test("is read back as it was", () => {
    expect(readNote(noteOf(priced, { ...offered, rate }) ?? "")).toEqual({
      price: priced.price,
      rule: "spring",
      rate,
    });
    expect(readNote(noteOf(priced, offered) ?? "")).toEqual({
      price: priced.price,
      rule: "spring",
      rate: null,
    });
    expect(noteOf({ ...priced, rule: null, isListPrice: true }, offered)).toBeNull();
  });
  test.each(["", "[]", "{", "5", '["x","USD",null]', '["1","usd",null]'])("%j is no note", (text) => {
    expect(readNote(text)).toBeNull();
  });
});
