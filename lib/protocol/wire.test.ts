import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bug, base64url } from "@/lib/kit";
import { readVectors } from "@/lib/testing/read-vectors";
import { parseAcceptPayment, selectOffers } from "./accept-payment";
import { bodyDigest, formatDigest, parseDigest, sameDigest } from "./digest";
import { readIdempotencyKey, requestFingerprint } from "./idempotency";
import { writeJson } from "./json";
import { canVerify, deriveChallengeKey } from "./keys";
import { formatReceipt, parseReceipt, type Receipt } from "./receipt";
import { readOpaque, scopeDigest } from "./scope";
import { formatTimestamp, parseTimestamp } from "./timestamps";

describe("Accept-Payment", () => {
  const offers = ["demo/charge", "tempo/charge", "tempo/session", "card/charge"].map((name) => {
    const [method = "", intent = ""] = name.split("/");
    return { method, intent, name };
  });
  const chosen = (text: string | null) => selectOffers(offers, text).map(({ name }) => name);
  const all = offers.map(({ name }) => name);

  test.each<[string | null, string[]]>([
    [null, all],
    ["", all],
    ["*/*", all],
    ["card/charge", ["card/charge"]],
    ["CARD/Charge", ["card/charge"]],
    ["tempo/*, card/charge", ["tempo/charge", "tempo/session", "card/charge"]],
    ["card/charge;q=0.5, */*;q=0.9", ["demo/charge", "tempo/charge", "tempo/session", "card/charge"]],
    ["card/charge, */*;q=0.123", ["card/charge", "demo/charge", "tempo/charge", "tempo/session"]],
    ["tempo/*, */charge;q=0", ["tempo/charge", "tempo/session"]],
    ["*/charge, */*;q=0.1, tempo/charge;q=0", ["demo/charge", "card/charge", "tempo/session"]],
    ["tempo / session ; q = 1.000 ,card/charge;Q=0.001", ["tempo/session", "card/charge"]],
    [", tempo/session,,", ["tempo/session"]],
    ["lightning/charge", all],
    ["*/*;q=0", all],
    ["card/charge;q=2", all],
    ["card/charge;q=0.1234", all],
    ["card/charge;q=", all],
    ["card/charge;v=1", all],
    ["card", all],
    ["card/charge, oops", all],
    ["card/charge/more", all],
  ])("%j offers %j", (text, expected) => {
    expect(chosen(text)).toEqual(expected);
  });

  test("a 402 always offers something, in a subset of the merchant's offers, whatever is asked", () => {
    const piece = fc.constantFrom(
      "demo",
      "tempo",
      "card",
      "*",
      "/",
      ";q=0",
      ";q=0.5",
      ",",
      " ",
      "charge",
      "session",
      "ü",
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: piece }), fc.string({ unit: "binary" })), (text) => {
        const names = chosen(text);
        expect(names.length).toBeGreaterThan(0);
        expect(new Set([...all, ...names]).size).toBe(all.length);
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 1000 },
    );
  });

  test("weights are whole thousandths", () => {
    expect(parseAcceptPayment("a/b;q=0.123, */*")).toEqual([
      { method: "a", intent: "b", weight: 123 },
      { method: "*", intent: "*", weight: 1000 },
    ]);
  });
});

describe("the body digest", () => {
  test("is the SHA-256 of the bytes, and an empty body has none", () => {
    expect(bodyDigest(Buffer.from("hello"))).toBe("sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:");
    expect(bodyDigest(new Uint8Array())).toBeNull();
    expect(() => formatDigest(new Uint8Array(31))).toThrow(Bug);
  });

  test("the same hash in either form is the same digest", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.uint8Array({ minLength: 1 }), (a, b) => {
        const [one, other] = [bodyDigest(a) ?? "", bodyDigest(b) ?? ""];
        expect(sameDigest(one, one.replaceAll(":", ""))).toBe(true);
        expect(sameDigest(one, other)).toBe(Buffer.from(a).equals(Buffer.from(b)));
      }),
    );
  });

  const good = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
  test.each([
    "",
    good,
    `sha-512=:${good}:`,
    `SHA-256=:${good}:`,
    `sha-256=:${good}`,
    `sha-256=${good}:`,
    `sha-256=:${good}:, sha-256=:${good}:`,
    `sha-256=:${good.slice(0, -1)}:`,
    `sha-256=:${good.slice(0, -2)}R=:`,
    `sha-256=:${good.slice(4)}:`,
    `sha-256=:${good.replace("+", "-")}:`,
  ])("%j is no digest and equals nothing, itself included", (text) => {
    expect(parseDigest(text)).toBeNull();
    expect(sameDigest(text, text)).toBe(false);
  });
});

describe("times", () => {
  test("parse after format is the identity", () => {
    const dates = fc.date({
      min: new Date(0),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, (date) => {
        expect(formatTimestamp(date)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(parseTimestamp(formatTimestamp(date))).toEqual(date);
      }),
    );
  });

  test.each(["2026-03-15T12:05:00Z", "2026-03-15T12:05:00.1Z", "2028-02-29T00:00:00.123456789Z"])(
    "%s is read",
    (text) => {
      expect(parseTimestamp(text)?.toISOString().slice(0, 19)).toBe(text.slice(0, 19));
    },
  );

  test.each([
    "",
    "garbage",
    "2026-03-15",
    "2026-03-15T12:05:00",
    "2026-03-15T12:05:00+00:00",
    "2026-03-15T12:05:00z",
    "2026-03-15 12:05:00Z",
    "2026-02-29T12:05:00Z",
    "2026-13-01T12:05:00Z",
    "2026-03-15T24:00:00Z",
    "2026-03-15T12:60:00Z",
    "2026-03-15T12:05:60Z",
    "+002026-03-15T12:05:00Z",
    "2026-03-15T12:05:00.Z",
    " 2026-03-15T12:05:00Z",
    "1773576300",
  ])("%j is not", (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  test("a year beyond 9999 and a date that is none are bugs", () => {
    expect(() => formatTimestamp(new Date(253_402_300_800_000))).toThrow(Bug);
    expect(() => formatTimestamp(new Date(Number.NaN))).toThrow(Bug);
  });
});

describe("Idempotency-Key", () => {
  const read = (...values: string[]) =>
    readIdempotencyKey(values.map((value) => ["Idempotency-Key", value] as const));

  test.each([
    ["a", "a"],
    ['"a"', "a"],
    [" a\t", "a"],
    ["!~", "!~"],
    ['a"b', 'a"b'],
    ["x".repeat(255), "x".repeat(255)],
    [`"${"x".repeat(255)}"`, "x".repeat(255)],
  ])("%j is the key %j", (value, key) => {
    expect(read(value)).toEqual({ kind: "key", key });
  });

  test.each([[""], ['""'], ["a b"], ["é"], ["a\u0000"], ["\u007f"], ["x".repeat(256)], ["a", "a"]])(
    "%j is refused",
    (...values) => {
      expect(read(...values)).toMatchObject({ kind: "refused", slug: "bad-request" });
    },
  );

  test("no such field is no key", () => {
    expect(readIdempotencyKey([["x", "y"]])).toEqual({ kind: "none" });
  });

  test("the fingerprint tells every part apart, and does not let text move between them", () => {
    const request = { verb: "POST", path: "/a", query: "b", digest: "c" };
    const others = [
      { ...request, verb: "PUT" },
      { ...request, path: "/ab", query: "" },
      { ...request, query: null },
      { ...request, query: "" },
      { ...request, digest: null },
      { ...request, path: "/a?b", query: null },
    ];
    const prints = [request, ...others].map((each) => requestFingerprint(each).toString("hex"));
    expect(new Set(prints).size).toBe(prints.length);
    expect(requestFingerprint({ ...request, verb: "post" })).toEqual(requestFingerprint(request));
    expect(requestFingerprint(request)).toHaveLength(32);
  });
});

describe("keys", () => {
  const hex = (secret: string, merchant: string, id: string) =>
    Buffer.from(deriveChallengeKey(secret, merchant, id)).toString("hex");

  test("are 32 bytes that depend on secret, merchant and id", () => {
    const secret = "s".repeat(32);
    const keys = [
      hex(secret, "m", "k"),
      hex(secret, "m2", "k"),
      hex(secret, "m", "k2"),
      hex(`${secret}x`, "m", "k"),
    ];
    expect(new Set(keys).size).toBe(4);
    expect(keys[0]).toHaveLength(64);
    expect(hex(secret, "m", "k")).toBe(keys[0]);
  });

  test("are derived as the contract says (the value comes from another implementation of HKDF)", () => {
    expect(hex("0123456789abcdef0123456789abcdef", "m_1", "k_1")).toBe(
      "bdbb73f0c6168ec35f44cffcc87dce9a6d6d87368ad8729134c0e138e4c1a03e",
    );
  });

  test("no id may move text across the separator", () => {
    expect(() => deriveChallengeKey("s", "a|b", "c")).toThrow(Bug);
    expect(() => deriveChallengeKey("s", "a", "b|c")).toThrow(Bug);
  });

  test("a retired key verifies for the longest offer and one hour more, then never", () => {
    const retiredAt = new Date("2026-01-01T00:00:00Z");
    expect(canVerify(null, retiredAt)).toBe(true);
    expect(canVerify(retiredAt, new Date("2026-01-01T01:59:59.999Z"))).toBe(true);
    expect(canVerify(retiredAt, new Date("2026-01-01T02:00:00Z"))).toBe(false);
  });
});

describe("scopes", () => {
  const place = { merchant: "m", endpoint: "e", rail: "r", verb: "GET", path: "/a", query: null };

  test("HEAD is spent as GET, and a session on any request of its endpoint", () => {
    expect(scopeDigest({ ...place, verb: "head" })).toBe(scopeDigest(place));
    const { merchant, endpoint, rail } = place;
    expect(scopeDigest({ merchant, endpoint, rail })).not.toBe(scopeDigest(place));
    expect(scopeDigest({ merchant, endpoint, rail })).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  test("raw path and query are told apart to the byte", () => {
    const scopes = [
      place,
      { ...place, query: "" },
      { ...place, query: "a=1&b=2" },
      { ...place, query: "b=2&a=1" },
      { ...place, path: "/%61" },
    ];
    expect(new Set(scopes.map(scopeDigest)).size).toBe(5);
  });

  test.each([
    undefined,
    "",
    "e30",
    "trace-123",
    base64url.encode('{"v":"2"}'),
    base64url.encode('{"v":"1","k":1}'),
  ])("%j is no opaque of ours", (text) => {
    expect(readOpaque(text)).toBeNull();
  });
});

describe("receipts", () => {
  type Vector = { name: string; receiptJson: string; header: string };
  const { receipts } = readVectors<{ receipts: Vector[] }>("aperture/vectors.json");
  const exact = (json: string): Receipt => {
    const members = JSON.parse(json);
    for (const [, name = "", digits = ""] of json.matchAll(/"(\w+)":(\d{16,})/g))
      members[name] = BigInt(digits);
    return members;
  };

  test("all published ones are here", () => {
    expect(receipts).toHaveLength(8);
  });

  test.each(receipts)("aperture: $name", ({ receiptJson, header }) => {
    expect(formatReceipt(exact(receiptJson))).toBe(header);
    // Two of the eight are the top-up event of a session, which travels as the same JSON and is no receipt.
    expect(parseReceipt(header)).toEqual(receiptJson.includes('"status"') ? JSON.parse(receiptJson) : null);
  });

  const receipt = {
    method: "demo",
    reference: "a",
    status: "success",
    timestamp: "2026-01-01T00:00:00.000Z",
  } as const;

  test.each<[string, object]>([
    ["another status", { ...receipt, status: "failed" }],
    ["no reference", { ...receipt, reference: undefined }],
    ["a time without a zone", { ...receipt, timestamp: "2026-01-01T00:00:00" }],
    ["a number as challengeId", { ...receipt, challengeId: 1 }],
  ])("%s is no receipt", (_, value) => {
    expect(parseReceipt(base64url.encode(JSON.stringify(value)))).toBeNull();
  });

  test("parse after format is the identity, members of the rail included", () => {
    const members = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,8}$/),
      fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean()),
    );
    fc.assert(
      fc.property(members, fc.string(), (own, reference) => {
        const whole = { ...own, ...receipt, intent: "session", reference };
        expect(parseReceipt(formatReceipt(whole))).toEqual(whole);
      }),
    );
  });

  test("no text makes the reader throw", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => base64url.encode(text)),
        ),
        (text) => {
          expect(parseReceipt(text)).toBeNull();
        },
      ),
    );
  });

  test("a receipt is its JSON and nothing else", () => {
    expect(formatReceipt({ ...receipt, challengeId: "c" })).toBe(
      base64url.encode(writeJson({ ...receipt, challengeId: "c" })),
    );
  });
});
