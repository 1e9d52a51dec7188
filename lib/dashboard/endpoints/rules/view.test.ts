import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scalarOf, typedOf } from "./document";
import {
  effectFigure,
  effectKinds,
  emptyCondition,
  emptyEffect,
  emptyRule,
  faultsInRule,
  ruleIdOf,
  rulesDocument,
  rulesDraft,
  ruleWords,
} from "./view";

const usd = (amount: string) => ({ amount, currency: "USD" });
const rule = (id: string, when: object | undefined, then: object) => ({
  id,
  ...(when ? { when } : {}),
  then,
});

const every = [
  rule("json", { json: { pointer: "/model", in: ["gpt-5", 5, "5", null, true] } }, { price: usd("0.02") }),
  rule(
    "many",
    {
      query: [
        { name: "page", min: 2, max: 9 },
        { name: "all", exists: true },
      ],
      header: { name: "x-plan", equals: "gold" },
    },
    { unit: { price: usd("0.02"), by: { json: "/max_tokens" }, per: 1000, default: 4096 } },
  ),
  rule("bytes", { bodyBytes: { min: 1000 } }, { unit: { price: usd("0.02"), by: "bodyBytes" } }),
  rule(
    "who",
    { caller: ["acme", "b"], payer: ["demo:ann"], address: ["10.0.0.0/8"] },
    { reject: { message: "No." } },
  ),
  rule("place", { path: { name: "city", startsWith: "os" } }, { allow: {} }),
  rule("spring", { code: "SPRING" }, { discount: { percent: "12.5", uses: { total: 500, perIdentity: 1 } } }),
  rule("off", undefined, { discount: { amount: usd("0.01") } }),
  rule(
    "night",
    {
      time: {
        from: "2026-12-01",
        to: "2026-12-24T18:00",
        days: ["mon", "sun"],
        hours: { from: "22:00", to: "06:00" },
      },
    },
    { waive: { message: "Good night" } },
  ),
  rule("volume", { volume: { per: "payer", window: "month", requests: 1000 } }, { price: usd("0.005") }),
  rule("spent", { volume: { per: "caller", window: "ever", amount: "10.50" } }, { waive: {} }),
  rule(
    "trial",
    { json: { pointer: "", exists: false } },
    { quota: { free: 100, per: "caller", window: "day" } },
  ),
  rule("ask", undefined, {
    hook: { url: "https://p.example/x", secret: { $secret: null }, timeoutMs: 900, fallback: usd("1") },
  }),
];

test("every condition and effect of the document passes through the form unchanged", () => {
  expect(rulesDocument(rulesDraft(every), "USD")).toEqual(every);
});

test("there is an effect in that list for each one the form offers", () => {
  const shown = rulesDraft(every).map(({ effect }) => effect.kind);
  expect(new Set(shown)).toEqual(new Set(effectKinds));
});

test("a value of a test means the same before and after it is typed", () => {
  const scalar = fc.oneof(fc.string({ maxLength: 20 }), fc.integer(), fc.boolean(), fc.constant(null));
  fc.assert(
    fc.property(scalar, (value) => {
      const trimmed = typeof value === "string" ? value.trim() : value;
      expect(scalarOf(typedOf(trimmed))).toBe(trimmed);
    }),
  );
});

test("a number too long to be kept exactly goes on as text", () => {
  expect(scalarOf("9007199254740993")).toBe("9007199254740993");
  expect(scalarOf("5.50")).toBe(5.5);
  expect(scalarOf('"5"')).toBe("5");
});

test("a change of the currency takes all amounts of the rules along", () => {
  expect(rulesDocument(rulesDraft(every.slice(0, 1)), "EUR")[0]).toMatchObject({
    then: { price: { amount: "0.02", currency: "EUR" } },
  });
});

test("each rule is said in a line", () => {
  const lines = rulesDraft(every).map(
    (each) => `${effectFigure(each.effect, "USD")} ${ruleWords(each, "USD")}`,
  );
  expect(lines).toEqual([
    "$0.02 /model is gpt-5, 5 or 3 more",
    "$0.02 ?page is 2 to 9, and ?all is there, and header x-plan is gold; per 1,000 of /max_tokens",
    "$0.02 body of at least 1000 bytes; each of the body's bytes",
    "403 caller acme or b, and payer demo:ann, and address in 10.0.0.0/8",
    "allowed {city} starts with os",
    "−12.5% code SPRING; 500 times in all, 1 times each",
    "−$0.01 every request",
    "free from 2026-12-01, until 2026-12-24 18:00, Mon, Sun, 22:00 to 06:00",
    "$0.005 from 1000 paid requests this month by this payer",
    "free from $10.50 paid ever by this caller key",
    "free the body is not there; 100 per caller key and day",
    "asked every request; p.example",
  ]);
});

test("a rule that is not whole yet is said all the same", () => {
  for (const kind of effectKinds) {
    const draft = { ...emptyRule(0), effect: emptyEffect(kind), conditions: [emptyCondition("volume", 0)] };
    expect(ruleWords(draft, "USD")).toContain("…");
  }
});

describe("faults of a rule lead to its parts", () => {
  const [, many] = rulesDraft(every);
  const at = (path: string) => many && faultsInRule(many, { errors: [{ path, message: "x" }], place: 1 });

  test("to the condition of that kind and place", () => {
    expect(at("rules[1].when.query[1].name")).toEqual([{ part: "condition", place: 1, message: "x" }]);
    expect(at("rules[1].when.header.name")).toEqual([{ part: "condition", place: 2, message: "x" }]);
  });

  test("to what it does, its id, or the rule as such", () => {
    expect(at("rules[1].then.unit.price.amount")).toEqual([{ part: "effect", message: "x" }]);
    expect(at("rules[1].id")).toEqual([{ part: "id", message: "x" }]);
    expect(at("rules[1].when.code")).toEqual([{ part: "rule", message: "x" }]);
  });

  test("and those of other rules do not", () => {
    expect(at("rules[11].id")).toEqual([]);
    expect(at("price.amount")).toEqual([]);
  });
});

test("a new rule gets a name that no other has", () => {
  expect(ruleIdOf("Météo & Co", [])).toBe("meteo-co");
  expect(ruleIdOf("Discount", ["discount", "discount-2"])).toBe("discount-3");
  expect(ruleIdOf("…", [])).toBe("rule");
});
