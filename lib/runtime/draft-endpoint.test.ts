import { describe, expect, test } from "vitest";
import { runCases, termsOf } from "@/lib/pricing";
import { readCase, readDescribed, readDraft } from "./draft-endpoint";

const usd = (amount: string) => ({ amount, currency: "USD" });
const plain = {
  ...{ method: "POST", path: "/v1/{model}", intent: "charge" as const, price: usd("0.01") },
  ...{ rules: [], minimum: null, maximum: null, meter: null },
};
const hook = (secret: unknown) => ({
  id: "ask",
  then: { hook: { url: "https://p.example/x", secret, timeoutMs: 500 } },
});

function secretOf(read: ReturnType<typeof readDraft>): string {
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const effect = termsOf(read.endpoint).rules[0]?.effect;
  return effect?.kind === "hook" ? effect.hook.secret : "";
}

describe("a draft is read as it would be sold", () => {
  test("what is wrong is named at its place", () => {
    const rules = [{ id: "off", then: { discount: { percent: "500" } } }];
    const read = readDraft(null, { ...plain, rules });
    expect(read).toMatchObject({ ok: false, faults: [{ path: "rules[0].then.discount.percent" }] });
    expect(readDraft(null, { ...plain, price: usd("free") })).toMatchObject({
      ok: false,
      faults: [{ path: "price.amount" }],
    });
  });

  test("a hook has the secret that is typed", () => {
    const typed = "t".repeat(40);
    expect(secretOf(readDraft(null, { ...plain, rules: [hook({ $secret: typed })] }))).toBe(typed);
  });

  test("a kept secret is the stored one of the rule of that id, and of no other", () => {
    const stored = readDraft(null, { ...plain, rules: [hook({ $secret: "s".repeat(40) })] });
    if (!stored.ok) throw new Error("It reads.");
    const kept = { ...plain, rules: [hook({ $secret: null })] };
    const before = stored.endpoint;
    expect(secretOf(readDraft(before, kept))).toBe("s".repeat(40));
    const renamed = { ...plain, rules: [{ ...hook({ $secret: null }), id: "other" }] };
    expect(secretOf(readDraft(before, renamed))).toBe("0".repeat(32));
  });
});

describe("a described request", () => {
  test("gets the parts of its path that the pattern names", () => {
    expect(readDescribed({ path: "/v1/{model}" }, { path: "/v1/gpt%205" })).toEqual({
      ok: true,
      request: { path: "/v1/gpt%205", params: { model: "gpt 5" } },
    });
  });

  test("is refused where it is none", () => {
    expect(readDescribed({ path: "/" }, { address: "nowhere" })).toMatchObject({
      ok: false,
      faults: [{ path: "address" }],
    });
  });
});

describe("a kept case", () => {
  test("is judged by the parts of its path, also when it was written by hand", () => {
    const isDear = { path: { name: "model", equals: "dear" } };
    const rules = [{ id: "dear", when: isDear, then: { price: usd("9") } }];
    const read = readDraft(null, { ...plain, rules });
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    const given = { merchant: { timeZone: "UTC" }, endpoint: read.endpoint };
    const written = { name: "dear", request: { path: "/v1/dear" }, expect: { price: usd("9") } };
    expect(runCases(given, [readCase(plain, written)])).toEqual([]);
    expect(runCases(given, [readCase(plain, { ...written, request: { path: "/v1/cheap" } })])).toMatchObject([
      { path: "cases[0].expect.price" },
    ]);
  });

  test("that cannot be read is left to whoever says so", () => {
    for (const value of [null, "text", { name: "no request" }, { request: { address: "nowhere" } }])
      expect(readCase(plain, value)).toBe(value);
  });
});
