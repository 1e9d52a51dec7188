import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base64url, utf8 } from "@/lib/kit";
import { readVectors } from "@/lib/testing/read-vectors";
import { canonicalize, decodeObject, encodeCanonical } from "./jcs";
import { depthMax, parseJson, parseJsonObject, writeJson } from "./json";

type Aperture = {
  canonicalization: { name: string; input: string; canonical?: string; error?: boolean }[];
  base64url: { name: string; encoded: string; decodedHex?: string; canonical: boolean; error?: boolean }[];
};
const aperture = readVectors<Aperture>("aperture/vectors.json");
const tools = readVectors<{ cases: { name: string; decoded?: string; encoded: string; error?: string }[] }>(
  "mpp-tools/base64url.json",
);

describe("published vectors", () => {
  test("all of them are here", () => {
    expect([aperture.canonicalization.length, aperture.base64url.length, tools.cases.length]).toEqual([
      22, 17, 12,
    ]);
  });

  test.each(aperture.canonicalization)("canonical JSON: $name", ({ input, canonical, error }) => {
    const value = parseJson(input);
    if (error) expect(value).toBeUndefined();
    else expect(canonicalize(value)).toBe(canonical);
  });

  test.each(aperture.base64url)(
    "base64url, aperture: $name",
    ({ encoded, decodedHex = "", canonical, error }) => {
      const bytes = base64url.decode(encoded);
      if (error) return expect(bytes).toBeNull();
      expect(Buffer.from(bytes ?? []).toString("hex")).toBe(decodedHex);
      expect(base64url.encode(Buffer.from(decodedHex, "hex")) === encoded).toBe(canonical);
    },
  );

  test.each(tools.cases)("base64url, mpp-tools: $name", ({ decoded, encoded, error }) => {
    const bytes = base64url.decode(encoded);
    if (error) return expect(bytes && utf8(bytes)).toBeNull();
    expect(bytes && utf8(bytes)).toBe(decoded);
    expect(base64url.encode(decoded ?? "")).toBe(encoded);
  });
});

describe("reading JSON", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

  test("32 levels are read and 33 are not", () => {
    expect(parseJson(nested(depthMax))).toBeDefined();
    expect(parseJson(nested(depthMax + 1))).toBeUndefined();
    expect(parseJson(`${'{"a":'.repeat(33)}1${"}".repeat(33)}`)).toBeUndefined();
  });

  test("a hundred thousand open brackets are refused, not followed", () => {
    expect(parseJson("[".repeat(100_000))).toBeUndefined();
  });

  test.each([
    ['{"a":1,"a":2}', "a name twice"],
    ['{"a":1,"\\u0061":2}', "a name twice, once escaped"],
    ['{"a":{"b":1,"b":1}}', "a name twice further in"],
    ['{"a":1,}', "a trailing comma"],
    ["[1,]", "a trailing comma in an array"],
    ["01", "a leading zero"],
    ["1.", "a bare point"],
    ["+1", "a plus sign"],
    ["1e400", "a number no double can hold"],
    ["NaN", "NaN"],
    ["'a'", "single quotes"],
    ['"\t"', "a raw control"],
    ['"\\x41"', "an unknown escape"],
    ['"\\ud800"', "a lone surrogate"],
    ["\ufeff{}", "a byte order mark"],
    ["{} {}", "two values"],
    ["", "nothing"],
    ["nul", "half a word"],
    ["\u00a0{}", "white space that is not JSON's"],
  ])("%s is refused: %s", (text) => {
    expect(parseJson(text)).toBeUndefined();
  });

  test("__proto__ and constructor are names like any other", () => {
    const value = parseJsonObject('{"__proto__":{"polluted":true},"constructor":1}');
    expect(value && Object.keys(value)).toEqual(["__proto__", "constructor"]);
    expect(value && Object.getPrototypeOf(value)).toBeNull();
    expect("polluted" in {}).toBe(false);
    expect(canonicalize(value)).toBe('{"__proto__":{"polluted":true},"constructor":1}');
  });

  test.each(["[]", '"a"', "null", "1"])("%s is not an object", (text) => {
    expect(parseJsonObject(text)).toBeNull();
  });

  test("what JSON.parse reads of generated JSON is read the same", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, "\t"), (text, indent) => {
        const value = JSON.parse(text);
        const expected = canonicalize(value);
        fc.pre(expected !== null);
        expect(canonicalize(parseJson(JSON.stringify(value, null, indent)))).toBe(expected);
      }),
    );
  });

  test("no text makes it throw, and whatever it reads JSON.parse reads too", () => {
    const almost = fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0041e.-+ntrfalse \n') });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), almost), (text) => {
        const value = parseJson(text);
        if (value !== undefined) expect(canonicalize(value)).toBe(canonicalize(JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("canonical JSON", () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;

  test.each([
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["a bigint", 1n],
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["a hole", new Array(2)],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate as a name", { "\udc00": 1 }],
    ["a cycle", cyclic],
  ])("%s is refused at any place, not coerced", (_, value) => {
    expect(canonicalize(value)).toBeNull();
    expect(canonicalize({ a: [value] })).toBeNull();
    expect(encodeCanonical({ a: value })).toBeNull();
  });

  test("it stands still: the canonical text of a canonical text is itself", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = canonicalize(value);
        fc.pre(text !== null);
        expect(canonicalize(parseJson(text ?? ""))).toBe(text);
      }),
    );
  });

  test("what is encoded decodes to the same object", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (value) => {
        const encoded = encodeCanonical(value);
        fc.pre(encoded !== null);
        expect(canonicalize(decodeObject(encoded ?? ""))).toBe(canonicalize(value));
      }),
    );
  });
});

test("JSON that we write keeps the order of its members and every digit of a bigint", () => {
  const value = {
    z: 1,
    a: [true, null, "é\n"],
    absent: undefined,
    sats: 9007199254740993n,
    inner: { b: 1n },
  };
  expect(writeJson(value)).toBe('{"z":1,"a":[true,null,"é\\n"],"sats":9007199254740993,"inner":{"b":1}}');
});
