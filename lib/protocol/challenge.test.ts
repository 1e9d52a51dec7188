import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bug } from "@/lib/kit";
import { readVectors } from "@/lib/testing/read-vectors";
import {
  type Challenge,
  challengeId,
  formatChallenge,
  formatChallenges,
  parseChallenges,
  readRequest,
} from "./challenge";
import { canonicalize, encodeCanonical } from "./jcs";

type Bound = Omit<Challenge, "id" | "description">;
type Aperture = {
  hmacSecretHex: string;
  challengeHeaders: { name: string; params: Challenge; header: string; parsed: Challenge }[];
  challengeLists: { name: string; header: string; challenges?: Challenge[]; error?: boolean }[];
  challengeIds: { name: string; params: Challenge; hmacInput: string }[];
};
type IdCase = {
  name: string;
  input: Omit<Bound, "request"> & { secretKey: string; request: object };
  id: string;
};
type WireCase = {
  name: string;
  object?: Omit<Challenge, "request"> & { request: object };
  wire: string | { prefix: string; repeat: string; count: number };
  tests: string[];
  error?: string;
  maxDurationMs?: number;
};

const aperture = readVectors<Aperture>("aperture/vectors.json");
const ids = readVectors<{ current: IdCase[]; earlier: IdCase[] }>("mpp-tools/challenge-id.json");
const draft = readVectors<{ cases: IdCase[] }>("paymentauth/challenge-id-header.json");
const wires = readVectors<{ cases: WireCase[] }>("mpp-tools/www-authenticate.json");

const encoded = (value: unknown): string => encodeCanonical(value) ?? "";
const onWire = (object: { request: object }): Challenge =>
  ({ ...object, request: encoded(object.request) }) as Challenge;

describe("published ids", () => {
  const secret = Buffer.from(aperture.hmacSecretHex, "hex");

  test("all of them are here", () => {
    expect([
      ids.current.length + ids.earlier.length,
      draft.cases.length,
      aperture.challengeIds.length,
    ]).toEqual([38, 3, 4]);
  });

  test.each([...ids.current, ...ids.earlier, ...draft.cases])(
    "$name",
    ({ input: { secretKey, ...input }, id }) => {
      expect(challengeId(secretKey, onWire(input))).toBe(id);
    },
  );

  test.each(aperture.challengeIds)("aperture: $name", ({ params }) => {
    expect(challengeId(secret, params)).toBe(params.id);
  });
});

describe("published headers", () => {
  test("all of them are here", () => {
    const counts = [aperture.challengeHeaders.length, aperture.challengeLists.length, wires.cases.length];
    expect(counts).toEqual([6, 11, 25]);
  });

  test.each(aperture.challengeHeaders)("aperture: $name", ({ params, header, parsed }) => {
    expect(formatChallenge(params)).toBe(header);
    expect(parseChallenges(header)).toEqual([parsed]);
  });

  // Two policies differ from aperture on purpose: see the next two tests.
  const asObject = (header: string): string =>
    header.replace(/request=("?)[A-Za-z0-9]+"?/gi, "request=$1e30$1");
  const lists = aperture.challengeLists.filter(({ name }) => !name.startsWith("repeated parameter"));

  test.each(lists)("aperture list, asking for an object: $name", ({ header, challenges = [], error }) => {
    const expected = challenges.map((challenge) => ({ ...challenge, request: "e30" }));
    expect(parseChallenges(asObject(header))).toEqual(error ? [] : expected);
  });

  test.each(lists)("aperture list, asking for what is not JSON, is refused: $name", ({ header }) => {
    expect(parseChallenges(header)).toEqual([]);
  });

  test("a repeated parameter is refused, where aperture takes the first", () => {
    const repeated = aperture.challengeLists.find(({ name }) => name.startsWith("repeated parameter"));
    expect(repeated?.challenges).toHaveLength(1);
    expect(parseChallenges(asObject(repeated?.header ?? ""))).toEqual([]);
  });

  test.each(wires.cases)("mpp-tools: $name", ({ object, wire, tests, error, maxDurationMs = 5000 }) => {
    const text = typeof wire === "string" ? wire : wire.prefix + wire.repeat.repeat(wire.count);
    const started = performance.now();
    const parsed = parseChallenges(text);
    expect(performance.now() - started).toBeLessThan(maxDurationMs);
    if (error || !object) return expect(parsed).toEqual([]);

    expect(parsed).toEqual([{ ...object, request: parsed[0]?.request }]);
    expect(parsed.map((challenge) => canonicalize(readRequest(challenge)))).toEqual([
      canonicalize(object.request),
    ]);
    if (tests.includes("format")) expect(formatChallenge(onWire(object))).toBe(text);
    if (tests.includes("roundtrip")) expect(parsed.map(formatChallenge)).toEqual([text]);
  });
});

const base: Challenge = { id: "a", realm: "r", method: "demo", intent: "charge", request: "e30" };

describe("writing a challenge", () => {
  test("a description cannot leave its quotes or its line", () => {
    const description = 'a"b\\c\r\nPayment id="evil"\u0085\t\u007f';
    const text = formatChallenge({ ...base, description });
    expect(text).not.toMatch(/\p{Cc}/u);
    expect(parseChallenges(text)).toEqual([{ ...base, description: 'a"b\\cPayment id="evil"' }]);
  });

  test("what is beyond Latin-1 becomes \\uXXXX and comes back", () => {
    const description = "coffee ☕ — é 😀 \\u2014";
    const text = formatChallenge({ ...base, description });
    expect(text).toContain('description="coffee \\u2615 \\u2014 é \\ud83d\\ude00 \\\\u2014"');
    expect(parseChallenges(text)).toEqual([{ ...base, description }]);
  });

  test.each(["\r", "\n", "\u0000", "\u007f", "\u0085"])(
    "a control in any other value is a bug (%j)",
    (control) => {
      for (const name of [
        "id",
        "realm",
        "method",
        "intent",
        "request",
        "expires",
        "digest",
        "opaque",
        "header",
      ]) {
        expect(() => formatChallenge({ ...base, [name]: `a${control}b` })).toThrow(Bug);
      }
    },
  );

  const offer = (id: string, length: number): Challenge => ({ ...base, id, description: "d".repeat(length) });

  test("offers that pass 8 KB are dropped from the end", () => {
    const line = formatChallenges([offer("1", 3000), offer("2", 3000), offer("3", 3000), offer("4", 1)]);
    expect(parseChallenges(line ?? "").map(({ id }) => id)).toEqual(["1", "2"]);
    expect(line?.length).toBeLessThan(8192);
  });

  test("the line stays under 8192 bytes to the byte", () => {
    const rest = formatChallenge(offer("1", 0)).length;
    expect(formatChallenges([offer("1", 8191 - rest)])).toHaveLength(8191);
    expect(formatChallenges([offer("1", 8192 - rest)])).toBeNull();
  });

  test("no offer gives no line", () => {
    expect(formatChallenges([])).toBeNull();
  });
});

describe("reading challenges", () => {
  const rest = 'realm="r", method="demo", intent="charge", request="e30"';

  test.each([
    ["a token68 of another scheme", `Basic YWJjZA==, Payment id="a", ${rest}`],
    ["a scheme without parameters", `Negotiate, Payment id="a", ${rest}`],
    ["tabs and missing spaces", `Payment\tid = "a",realm="r"\t,method="demo",intent="charge",request="e30"`],
    ["empty elements", `, ,Payment id="a",, ${rest},,`],
    ["an unclosed extension", `Payment id="a", ${rest}, note="never closed`],
  ])("%s does not hide the offer", (_, header) => {
    expect(parseChallenges(header)).toEqual([base]);
  });

  test.each([
    ["an unclosed description", `Payment id="a", ${rest}, description="never closed`],
    ["an unclosed expiry", `Payment id="a", ${rest}, expires="2026`],
    ["a repeated extension", `Payment id="a", ${rest}, note="1", Note="2"`],
    ["an upper-case method", `Payment id="a", realm="r", method="Demo", intent="charge", request="e30"`],
    [
      "a request that is an array",
      `Payment id="a", realm="r", method="demo", intent="charge", request="W10"`,
    ],
    [
      "a request beyond 16 KiB",
      `Payment id="a", realm="r", method="demo", intent="charge", request="${encoded({ a: "a".repeat(13_000) })}"`,
    ],
  ])("%s is refused", (_, header) => {
    expect(parseChallenges(header)).toEqual([]);
  });

  test("text that was never quoted cannot pose as a second offer", () => {
    const evil = `Payment id="evil", ${rest}`;
    const header = `Payment id="a", ${rest}, description="for "you", ${evil}`;
    expect(parseChallenges(header).map(({ id }) => id)).toEqual(["a"]);
  });

  test.each(['"', "\\", ",", "=", " ", "a ", 'a="', "Payment ", '"\\"'])(
    "%j repeated is read in linear time",
    (unit) => {
      const started = performance.now();
      parseChallenges(`Payment id="a", ${unit.repeat(200_000)}`);
      expect(performance.now() - started).toBeLessThan(2000);
    },
  );

  const printable = fc.string({ unit: fc.constantFrom(..."\t !\"#'(),/:;=?@[\\]{|}~aZ09é\u00ffPayment") });
  const optionalText = fc.option(printable, { nil: undefined });
  const challenge = fc
    .record({
      id: printable.filter((text) => text !== ""),
      realm: printable.filter((text) => text !== ""),
      method: fc.stringMatching(/^[a-z][a-z0-9:_-]{0,9}$/),
      intent: fc.stringMatching(/^[A-Za-z0-9-]{1,10}$/),
      request: fc
        .dictionary(fc.string(), fc.string())
        .map(encoded)
        .filter((text) => text !== ""),
      expires: optionalText,
      digest: optionalText,
      opaque: optionalText,
      header: optionalText,
      description: fc.option(fc.string({ unit: "grapheme" }), { nil: undefined }),
    })
    .map((members) => {
      const present = Object.entries(members).filter(([, value]) => value !== undefined);
      const made = Object.fromEntries(present) as unknown as Challenge;
      return made.description === undefined
        ? made
        : { ...made, description: made.description.replace(/\p{Cc}/gu, "") };
    });

  test("parse after format is the identity, for lists too", () => {
    fc.assert(
      fc.property(fc.array(challenge, { minLength: 1, maxLength: 4 }), (challenges) => {
        const line = challenges.map(formatChallenge).join(", ");
        expect(parseChallenges(line)).toEqual(challenges);
      }),
      { numRuns: 500 },
    );
  });

  test("no text makes it throw", () => {
    const almost = fc.string({
      unit: fc.constantFrom("Payment", "id", "request", "e30", '"', "=", ",", " ", "\\", "u00"),
    });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), almost), (text) => {
        expect(Array.isArray(parseChallenges(text))).toBe(true);
        expect(Array.isArray(parseChallenges(`Payment id="a", ${text}`))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
