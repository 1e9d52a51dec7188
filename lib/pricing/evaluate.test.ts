import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nameOf, stateKeys } from "./counters";
import { type DescribedRequest, requestOf } from "./describe";
import { evaluate, type HookAnswer, type State } from "./evaluate";
import { compare, readFraction, zero } from "./fraction";
import { inputsOf, namesPayer, sameInputs } from "./inputs";
import { isFixed, readTerms, type Terms } from "./terms";

const usd = (amount: string) => ({ amount, currency: "USD" });
const about = { intent: "charge", price: usd("0.05") } as const;
const secret = "s".repeat(32);

function terms(rules: readonly object[], rest: object = {}): Terms {
  const named = rules.map((rule, place) => ({ id: `r${place}`, ...rule }));
  const read = readTerms({ rules: named, ...rest }, about);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.value;
}

const at = new Date("2026-11-21T12:00:00Z");
const aState = (state: Partial<State> = {}): State => ({
  ...{ at, timeZone: "Europe/Berlin", used: new Map(), volumes: new Map(), hooks: new Map() },
  ...state,
});
const decide = (of: Terms, request: DescribedRequest = {}, state: Partial<State> = {}) =>
  evaluate(of, requestOf(request), aState(state));
/** The amount, "free", or what else was decided. */
function outcome(of: Terms, request: DescribedRequest = {}, state: Partial<State> = {}): string {
  const decision = decide(of, request, state);
  return decision.kind === "priced" ? decision.price.amount : decision.kind;
}

describe("rules are read top to bottom", () => {
  test("no rule: the list price, as it was written, and nothing is asked of the database", () => {
    const plain = terms([]);
    expect(decide(plain)).toMatchObject({
      kind: "priced",
      price: usd("0.05"),
      rule: null,
      isListPrice: true,
    });
    expect(stateKeys(plain, requestOf({}), aState())).toEqual({ counters: [], volumes: [] });
    expect(inputsOf(plain, requestOf({}))).toBeNull();
  });

  test("the first rule that sets a price wins, and the later ones say so", () => {
    const decision = decide(terms([{ then: { price: usd("1") } }, { then: { price: usd("2") } }]));
    expect(decision).toMatchObject({ kind: "priced", price: usd("1"), rule: "r0" });
    expect(decision.trace[1]).toMatchObject({ rule: "r1", matched: false });
  });

  test("discounts apply in their order, wherever they stand", () => {
    const half = { then: { discount: { percent: "50" } } };
    const off = { then: { discount: { amount: usd("0.4") } } };
    expect(outcome(terms([half, off, { then: { price: usd("1") } }]))).toBe("0.1");
    expect(outcome(terms([{ then: { price: usd("1") } }, off, half]))).toBe("0.3");
  });

  test("a refusal ends, unless an earlier rule allows", () => {
    const reject = { when: { payer: ["mallory"] }, then: { reject: { message: "No." } } };
    const allow = { when: { caller: ["friend"] }, then: { allow: {} } };
    const mallory = { payer: "mallory", caller: "friend" };
    expect(outcome(terms([reject]), mallory)).toBe("rejected");
    expect(outcome(terms([allow, reject]), mallory)).toBe("0.05");
    expect(outcome(terms([reject, allow]), mallory)).toBe("rejected");
  });

  test("what is waived is free, whatever comes later, and says from which rule", () => {
    const waived = decide(terms([{ then: { waive: { message: "Today." } } }, { then: { price: usd("9") } }]));
    expect(waived).toMatchObject({ kind: "free", by: "waive", rule: "r0", message: "Today.", counters: [] });
  });

  test("a free quota ends while units are left, and goes on when they are used up", () => {
    const quota = terms([{ then: { quota: { free: 3, per: "address", window: "day" } } }]);
    const [counter] = stateKeys(quota, requestOf({ address: "203.0.113.7" }), aState()).counters;
    if (!counter) throw new Error("a quota is counted");
    expect(counter).toMatchObject({
      identity: "address 203.0.113.7",
      startsAt: new Date("2026-11-20T23:00:00Z"),
      endsAt: new Date("2026-11-21T23:00:00Z"),
    });
    const used = (count: number) => ({ used: new Map([[nameOf(counter), count]]) });
    expect(decide(quota, { address: "203.0.113.7" }, used(2))).toMatchObject({
      kind: "free",
      by: "quota",
      quotas: [{ limit: 3, remaining: 1 }],
    });
    expect(decide(quota, { address: "203.0.113.7" }, used(3))).toMatchObject({
      kind: "priced",
      quotas: [{ limit: 3, remaining: 0 }],
    });
    expect(outcome(quota, {})).toBe("0.05"); // nobody is known to count for
  });

  test("minimum and maximum come last, and zero is free", () => {
    const gone = { then: { discount: { percent: "100" } } };
    expect(decide(terms([gone]))).toMatchObject({ kind: "free", by: "zero", rule: "r0" });
    expect(outcome(terms([gone], { minimum: usd("0.01") }))).toBe("0.01");
    expect(outcome(terms([{ then: { price: usd("7") } }], { maximum: usd("2") }))).toBe("2");
  });

  test("a code lowers the price for whoever sends it, and its uses are told", () => {
    const coupon = terms([
      { when: { code: "SPRING" }, then: { discount: { percent: "10", uses: { total: 5, perIdentity: 1 } } } },
    ]);
    const decision = decide(coupon, { code: "SPRING", address: "2001:db8:1:2:3::4" });
    expect(decision).toMatchObject({ kind: "priced", price: usd("0.045"), rule: "r0" });
    expect(decision.kind === "priced" && decision.uses.map(({ identity, most }) => [identity, most])).toEqual(
      [
        ["all", 5],
        ["address 2001:db8:1:2::/64", 1],
      ],
    );
    expect(outcome(coupon, { code: "spring" })).toBe("0.05");
    const [all] = stateKeys(coupon, requestOf({ code: "SPRING", address: "192.0.2.1" }), aState()).counters;
    expect(
      all && outcome(coupon, { code: "SPRING", address: "192.0.2.1" }, { used: new Map([[nameOf(all), 5]]) }),
    ).toBe("0.05");
  });

  test("every rule leaves one line of the trace, matched or why not", () => {
    const rules = [
      { when: { caller: ["acme"] }, then: { price: usd("1") } },
      { then: { waive: {} } },
      { then: { discount: { percent: "1" } } },
    ];
    const { trace } = decide(terms(rules));
    expect(trace.map(({ rule, matched }) => [rule, matched])).toEqual([
      ["r0", false],
      ["r1", true],
      ["r2", false],
    ]);
    expect(trace.every(({ words }) => words.length > 5)).toBe(true);
  });
});

describe("the price by what is asked for", () => {
  const byModel = terms([
    { when: { json: { pointer: "/model", in: ["gpt-5", "o9"] } }, then: { price: usd("1") } },
    {
      when: {
        json: [
          { pointer: "/n", min: 2, max: "4" },
          { pointer: "/stream", equals: true },
        ],
      },
      then: { price: usd("3") },
    },
  ]);
  test.each([
    [{ model: "o9" }, "1"],
    [{ model: "gpt-4" }, "0.05"],
    [{ n: 2, stream: true }, "3"],
    [{ n: 4.0, stream: true }, "3"],
    [{ n: 4.0001, stream: true }, "0.05"],
    [{ n: "3", stream: true }, "0.05"],
    [{ n: 3, stream: "true" }, "0.05"],
    [[], "0.05"],
  ])("%j costs %s", (json, price) => expect(outcome(byModel, { json })).toBe(price));

  test("no body has no fields", () => {
    const absent = terms([{ when: { json: { pointer: "/a", exists: false } }, then: { price: usd("2") } }]);
    expect(outcome(absent)).toBe("2");
    expect(outcome(absent, { json: { a: null } })).toBe("0.05");
  });

  test.each([
    ['{"model":"gpt-4","model":"o9"}', {}],
    ["{", {}],
    ['{"model":"o9"}', { "content-encoding": "gzip" }],
    [`${"[".repeat(70)}${"]".repeat(70)}`, {}],
    ["model=o9", {}],
    ['{"Model":"o9"}', {}],
    ['{"model":"gpt-4","MODEL":"o9"}', {}],
  ])("a body that two readers could read differently is refused: %s", (body, headers) => {
    expect(decide(byModel, { body, headers })).toMatchObject({ kind: "rejected", by: "request" });
  });

  test("query, header, path, size and address are looked at", () => {
    const rules = terms([
      { when: { query: { name: "size", equals: 2 } }, then: { price: usd("1") } },
      { when: { header: { name: "X-Tier", startsWith: "gold" } }, then: { price: usd("2") } },
      { when: { path: { name: "city", equals: "Köln" } }, then: { price: usd("3") } },
      { when: { bodyBytes: { min: 10 } }, then: { price: usd("4") } },
      { when: { address: ["203.0.113.0/24", "2001:db8::/32"] }, then: { price: usd("5") } },
    ]);
    expect(outcome(rules, { query: "a=1&size=2.0" })).toBe("1");
    expect(outcome(rules, { headers: { "x-tier": "golden" } })).toBe("2");
    expect(outcome(rules, { params: { city: "Köln" } })).toBe("3");
    expect(outcome(rules, { body: "0123456789" })).toBe("4");
    expect(outcome(rules, { address: "::ffff:203.0.113.9" })).toBe("5");
    expect(outcome(rules, { query: "size=2&size=3" })).toBe("rejected");
    expect(outcome(rules, { params: {} })).toBe("0.05");
  });

  test("units are counted exactly, with a default, and refused when they are not said", () => {
    const unit = { price: usd("0.000002"), by: { json: "/max_tokens" } };
    const perToken = terms([{ then: { unit } }]);
    expect(outcome(perToken, { json: { max_tokens: 1234567 } })).toBe("2.469134");
    expect(outcome(perToken, { body: '{"max_tokens":9007199254740993}' })).toBe("18014398509.481986");
    expect(outcome(terms([{ then: { unit: { ...unit, per: 1000 } } }]), { json: { max_tokens: 1 } })).toBe(
      "0.000000002",
    );
    expect(outcome(terms([{ then: { unit: { ...unit, per: 3 } } }]), { json: { max_tokens: 1 } })).toBe(
      "0.000000666667",
    );
    expect(outcome(terms([{ then: { unit: { ...unit, default: 100 } } }]), { json: {} })).toBe("0.0002");
    for (const json of [{}, { max_tokens: -1 }, { max_tokens: "5" }, { max_tokens: [] }]) {
      expect(decide(perToken, { json })).toMatchObject({ kind: "rejected", by: "request" });
    }
    expect(outcome(perToken, { body: '{"max_tokens":1e59}' })).toBe("rejected");
    expect(
      outcome(terms([{ then: { unit: { price: usd("0.01"), by: "bodyBytes", per: 10 } } }]), {
        body: "12345",
      }),
    ).toBe("0.005");
  });
});

describe("the merchant's hook", () => {
  const hook = { url: "https://shop.example/price", secret, timeoutMs: 500 };
  const answered = (answer: HookAnswer) => ({ hooks: new Map([["r0", answer]]) });
  test("is asked only when no rule ends before, and its answer is a price like any other", () => {
    const hooked = terms([{ then: { hook } }, { then: { discount: { percent: "50" } } }]);
    expect(decide(hooked)).toMatchObject({ kind: "hook", rule: "r0" });
    expect(outcome(hooked, {}, answered({ kind: "price", price: usd("0.2") }))).toBe("0.1");
    expect(outcome(hooked, {}, answered({ kind: "free", message: null }))).toBe("free");
    expect(outcome(hooked, {}, answered({ kind: "reject", message: "No." }))).toBe("rejected");
    expect(outcome(terms([{ then: { hook } }, { then: { reject: { message: "No." } } }]))).toBe("rejected");
  });

  test("that does not answer leaves the fallback, or nothing to sell", () => {
    const silent = answered({ kind: "none", why: "It is down." });
    expect(outcome(terms([{ then: { hook: { ...hook, fallback: usd("0.3") } } }]), {}, silent)).toBe("0.3");
    expect(outcome(terms([{ then: { hook } }]), {}, silent)).toBe("unavailable");
  });
});

describe("volume", () => {
  const tiers = terms([
    {
      when: { volume: { per: "payer", window: "month", requests: 1000 } },
      then: { discount: { percent: "20" } },
    },
    {
      when: { volume: { per: "payer", window: "ever", amount: "100" } },
      then: { discount: { percent: "50" } },
    },
  ]);
  const ann = { payer: "demo:ann" };
  const behind = (requests: bigint, amount: string) => {
    const { volumes } = stateKeys(tiers, requestOf(ann), aState());
    const volume = { requests, amount: readFraction(amount) ?? zero };
    return { volumes: new Map(volumes.map((key) => [nameOf(key), volume])) };
  };
  test.each([
    [999n, "99.99", "0.05"],
    [1000n, "99.99", "0.04"],
    [1000n, "100", "0.02"],
  ])("%s requests and %s dollars make it %s", (requests, amount, price) => {
    expect(outcome(tiers, ann, behind(requests, amount))).toBe(price);
    expect(outcome(tiers, {}, behind(requests, amount))).toBe("0.05");
  });
});

describe("what the price depended on", () => {
  const rules = terms([
    { when: { header: { name: "x-tier", equals: "gold" } }, then: { price: usd("1") } },
    { when: { payer: ["demo:ann"] }, then: { discount: { percent: "10", uses: { total: 1 } } } },
  ]);
  test("is bound: another header or payer is another price, also where no rule matched", () => {
    const inputs = inputsOf(rules, requestOf({ headers: { "x-tier": "tin" } }), [{ rule: "r1" }]);
    expect(sameInputs(inputs, requestOf({ headers: { "x-tier": "tin", other: "1" } }))).toBe(true);
    expect(sameInputs(inputs, requestOf({ headers: { "x-tier": "gold" } }))).toBe(false);
    expect(sameInputs(inputs, requestOf({}))).toBe(false);
    expect(sameInputs(inputs, requestOf({ headers: { "x-tier": "tin" }, payer: "demo:ann" }))).toBe(false);
    expect(namesPayer(inputs)).toBe(false);
    expect(namesPayer(inputsOf(rules, requestOf({ payer: "demo:ann" })))).toBe(true);
  });

  test("text that is not ours is never the same", () => {
    fc.assert(fc.property(fc.string(), (text) => sameInputs(text, requestOf({})) === false));
  });
});

describe("a price that can be told beforehand", () => {
  test.each([
    [[], true],
    [[{ then: { quota: { free: 1, per: "payer", window: "day" } } }], true],
    [[{ when: { time: { days: ["sat"] } }, then: { price: usd("1") } }], true],
    [[{ when: { code: "A" }, then: { discount: { percent: "5" } } }], false],
    [[{ then: { unit: { price: usd("1"), by: "bodyBytes" } } }], false],
  ])("%j: %s", (rules, fixed) => expect(isFixed(terms(rules))).toBe(fixed));
});

const percents = fc
  .integer({ min: 0, max: 10_000 })
  .map((n) => `${Math.floor(n / 100)}.${String(n % 100).padStart(2, "0")}`);
const amounts = fc
  .bigInt({ min: 0n, max: 10n ** 18n })
  .map((n) => usd(`${n / 10n ** 9n}.${(n % 10n ** 9n).toString().padStart(9, "0")}`));
const setters = fc.oneof(
  amounts.map((price) => ({ price })),
  fc.record({ price: amounts, per: fc.integer({ min: 1, max: 999 }) }).map(({ price, per }) => ({
    unit: { price, per, by: { json: "/n" }, default: 3 },
  })),
);
const discounts = fc.oneof(
  percents.map((percent) => ({ discount: { percent } })),
  amounts.map((amount) => ({ discount: { amount } })),
);
const ruleLists = fc
  .array(fc.oneof(setters, discounts), { maxLength: 8 })
  .map((list) => list.map((then) => ({ then })));
const numbers = fc.oneof(fc.nat(), fc.double({ min: 1e-9, max: 1e9, noNaN: true }));
const exactly = (amount: string) => readFraction(amount) ?? zero;
const priceOf = (of: Terms, json: object): string => {
  const said = outcome(of, { json: json as never });
  return said === "free" ? "0" : said;
};

describe("for all rules and requests", () => {
  test("a price is never negative, and lies between minimum and maximum", () => {
    fc.assert(
      fc.property(ruleLists, amounts, amounts, numbers, (rules, a, b, n) => {
        const [minimum, maximum] = compare(exactly(a.amount), exactly(b.amount)) <= 0 ? [a, b] : [b, a];
        const price = exactly(priceOf(terms(rules, { minimum, maximum }), { n }));
        expect(compare(price, exactly(minimum.amount))).toBeGreaterThanOrEqual(0);
        expect(compare(price, exactly(maximum.amount))).toBeLessThanOrEqual(0);
      }),
    );
  });

  test("one more discount never makes it dearer, wherever it stands", () => {
    fc.assert(
      fc.property(ruleLists, discounts, fc.nat(8), numbers, (rules, more, place, n) => {
        const lowered = rules.toSpliced(place, 0, { then: more });
        const [before, after] = [priceOf(terms(rules), { n }), priceOf(terms(lowered), { n })];
        expect(compare(exactly(after), exactly(before))).toBeLessThanOrEqual(0);
      }),
    );
  });

  test("a discount may move past a rule that sets the price, and nothing changes", () => {
    fc.assert(
      fc.property(
        setters,
        fc.array(discounts, { maxLength: 4 }),
        fc.nat(4),
        numbers,
        (setter, list, place, n) => {
          const lowered: { then: object }[] = list.map((then) => ({ then }));
          const first = priceOf(terms([{ then: setter }, ...lowered]), { n });
          expect(priceOf(terms(lowered.toSpliced(place, 0, { then: setter })), { n })).toBe(first);
        },
      ),
    );
  });

  test("the price of a number is exact however it is written", () => {
    const perUnit = terms([{ then: { unit: { price: usd("1"), by: { json: "/n" } } } }]);
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 30n }),
        fc.integer({ min: 0, max: 12 }),
        (digits, places) => {
          const plain = digits.toString().padStart(places + 1, "0");
          const text = places === 0 ? plain : `${plain.slice(0, -places)}.${plain.slice(-places)}`;
          const said = exactly(outcome(perUnit, { body: `{"n":${text}}` }));
          expect(compare(said, { n: digits, d: 10n ** BigInt(places) })).toBe(0);
          expect(compare(exactly(outcome(perUnit, { body: `{"n":${digits}e-${places}}` })), said)).toBe(0);
        },
      ),
    );
  });

  test("no request makes it throw, and every rule leaves its line", () => {
    const all = terms([
      { when: { json: { pointer: "/a/0/b", min: 3 } }, then: { price: usd("1") } },
      {
        when: { query: { name: "q", startsWith: "x" } },
        then: { discount: { percent: "5", uses: { perIdentity: 1 } } },
      },
      {
        when: { header: { name: "x", in: [1, null, "a"] } },
        then: { quota: { free: 1, per: "payer", window: "week" } },
      },
      { when: { path: { name: "p", exists: true }, address: ["::/0"] }, then: { waive: {} } },
      { then: { unit: { price: usd("3"), by: { header: "x-n" } } } },
    ]);
    fc.assert(
      fc.property(
        fc.record(
          {
            body: fc.oneof(fc.string(), fc.json()),
            query: fc.string(),
            headers: fc.dictionary(
              fc.constantFrom("x", "x-n", "farebox-payer", "content-encoding"),
              fc.string(),
            ),
            params: fc.dictionary(fc.constantFrom("p", "__proto__"), fc.string()),
            address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
          },
          { requiredKeys: [] },
        ),
        (request) => {
          const described = requestOf(request);
          stateKeys(all, described, aState());
          const { trace } = evaluate(all, described, aState());
          expect(trace.filter(({ rule }) => rule !== null).map(({ rule }) => rule)).toEqual(
            all.rules.map(({ id }) => id),
          );
          expect(sameInputs(inputsOf(all, described), described)).toBe(true);
        },
      ),
    );
  });
});
