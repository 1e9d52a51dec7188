import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base64url } from "@/lib/kit";
import { readVectors } from "@/lib/testing/read-vectors";
import type { Challenge } from "./challenge";
import {
  type CredentialField,
  formatCredential,
  type HeaderLines,
  readCredential,
  readCredentialValue,
} from "./credential";
import { canonicalize, encodeCanonical } from "./jcs";
import { parseJson } from "./json";

type Aperture = { credentials: { name: string; credentialJson: string; header: string; error?: boolean }[] };
type Wire = {
  name: string;
  object?: { challenge: Omit<Challenge, "request"> & { request: object }; payload: object; source?: string };
  wire: string;
  tests: string[];
  error?: string;
};
const aperture = readVectors<Aperture>("aperture/vectors.json");
const wires = readVectors<{ cases: Wire[] }>("mpp-tools/authorization.json");

const read = (value: string, field?: CredentialField) =>
  readCredential([["Authorization", value]], field ?? "authorization");
const credentialIn = (value: string) => {
  const outcome = read(value);
  return outcome.kind === "credential" ? outcome.credential : null;
};
const token = (value: unknown): string =>
  `Payment ${base64url.encode(typeof value === "string" ? value : JSON.stringify(value))}`;

describe("published credentials", () => {
  test("all of them are here", () => {
    expect([aperture.credentials.length, wires.cases.length]).toEqual([11, 9]);
  });

  test.each(aperture.credentials)("aperture: $name", ({ credentialJson, header, error }) => {
    const credential = credentialIn(header);
    if (error) return expect(credential).toBeNull();
    expect(canonicalize({ ...credential })).toBe(canonicalize(parseJson(credentialJson)));
    expect(formatCredential(JSON.parse(credentialJson))).toBe(header.replace(/^payment/, "Payment"));
  });

  test.each(wires.cases)("mpp-tools: $name", ({ object, wire, tests, error }) => {
    const credential = credentialIn(wire);
    if (error || !object) return expect(credential).toBeNull();
    const request = encodeCanonical(object.challenge.request) ?? "";
    const sent = { ...object, challenge: { ...object.challenge, request } } as never;
    expect(canonicalize({ ...credential })).toBe(canonicalize(sent));
    if (tests.includes("format")) expect(formatCredential(sent)).toBe(wire);
    if (tests.includes("roundtrip")) expect(credential && formatCredential(credential)).toBe(wire);
  });
});

const challenge: Challenge = { id: "a", realm: "r", method: "demo", intent: "charge", request: "e30" };
const good = { challenge, payload: { token: "demo_1" } };
const paid = formatCredential(good);

describe("where a credential may stand", () => {
  test.each<[string, HeaderLines]>([
    ["no header at all", []],
    ["another scheme", [["Authorization", "Bearer abc"]]],
    ["a scheme that only begins alike", [["Authorization", "Payments abc"]]],
    ["the word within a quoted value", [["Authorization", 'Digest username="a, Payment b"']]],
    [
      "two lines of other schemes",
      [
        ["Authorization", "Bearer a"],
        ["authorization", "Basic b"],
      ],
    ],
    ["the field this endpoint does not use", [["Payment-Authorization", paid]]],
  ])("%s counts as absent", (_, lines) => {
    expect(readCredential(lines)).toEqual({ kind: "none" });
  });

  test.each<[string, HeaderLines]>([
    [
      "two lines",
      [
        ["Authorization", paid],
        ["authorization", paid],
      ],
    ],
    [
      "a second line of the same field with another scheme",
      [
        ["Authorization", "Bearer a"],
        ["Authorization", paid],
      ],
    ],
    ["two schemes in one line", [["Authorization", `${paid}, ${paid}`]]],
    ["two joined lines", [["Authorization", `Bearer abc, ${paid}`]]],
    ["something behind the token", [["Authorization", `${paid}, Bearer abc`]]],
    [
      "one in each field",
      [
        ["Authorization", paid],
        ["Payment-Authorization", paid],
      ],
    ],
    [
      "two in the field that is not used",
      [
        ["Payment-Authorization", paid],
        ["Payment-Authorization", paid],
      ],
    ],
  ])("%s is refused as a bad request", (_, lines) => {
    for (const field of ["authorization", "payment-authorization"] as const) {
      expect(readCredential(lines, field)).toMatchObject({ kind: "refused", slug: "bad-request" });
    }
  });

  test("beside the caller's own bearer token it stands in Payment-Authorization", () => {
    const lines: HeaderLines = [
      ["authorization", "Bearer abc"],
      ["payment-authorization", paid],
    ];
    expect(readCredential(lines, "payment-authorization")).toMatchObject({
      kind: "credential",
      credential: good,
    });
    expect(readCredential(lines, "authorization")).toEqual({ kind: "none" });
  });

  test.each(["payment", "PAYMENT", "pAyMeNt"])("the scheme may be written %s", (scheme) => {
    expect(credentialIn(paid.replace("Payment", scheme))).toEqual(good);
  });

  test("white space around the value and several spaces within do not matter", () => {
    expect(credentialIn(` \t${paid.replace(" ", "   ")}\t `)).toEqual(good);
  });
});

describe("how large it may be", () => {
  const ofLength = (length: number): string => {
    const bare = JSON.stringify({ ...good, payload: { token: "" } });
    const bytes = Math.floor((length * 3) / 4);
    return token(bare.replace('""', `"${"x".repeat(bytes - bare.length)}"`));
  };

  test("a token of 16 KiB is read and one character more is too large", () => {
    const largest = ofLength(16_384);
    expect(largest.length).toBe("Payment ".length + 16_384);
    expect(read(largest).kind).toBe("credential");
    expect(read(`${largest}A`)).toEqual({ kind: "refused", slug: "headers-too-large" });
  });

  test("all headers together may have 32 KiB, whether there is a credential or not", () => {
    const lines = (length: number): HeaderLines => [["x", "y".repeat(length - 5)]];
    expect(readCredential(lines(32_768))).toEqual({ kind: "none" });
    expect(readCredential(lines(32_769))).toEqual({ kind: "refused", slug: "headers-too-large" });
  });

  test("a line made of quotes and backslashes is read in linear time", () => {
    const started = performance.now();
    for (const unit of ['\\"', '",', '"', ", ", "Payment "]) read(unit.repeat(30_000 / unit.length));
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("what it must hold", () => {
  const { id: _, ...withoutId } = challenge;

  test.each<[string, unknown]>([
    ["no token", ""],
    ["an array", []],
    ["no challenge", { payload: {} }],
    ["a challenge without id", { challenge: withoutId, payload: {} }],
    ["a number as realm", { challenge: { ...challenge, realm: 1 }, payload: {} }],
    ["an array as request", { challenge: { ...challenge, request: [] }, payload: {} }],
    ["a number as expires", { challenge: { ...challenge, expires: 1 }, payload: {} }],
    ["null as digest", { challenge: { ...challenge, digest: null }, payload: {} }],
    ["an object of numbers as opaque", { challenge: { ...challenge, opaque: { a: 1 } }, payload: {} }],
    ["no payload", { challenge }],
    ["an array as payload", { challenge, payload: [] }],
    ["a string as payload", { challenge, payload: "a" }],
    ["a number as source", { ...good, source: 1 }],
    ["a source beyond 512 characters", { ...good, source: "s".repeat(513) }],
    ["a control in the source", { ...good, source: "a\u0000b" }],
    ["a name twice", JSON.stringify(good).replace("{", '{"payload":{},')],
    ["33 levels", JSON.stringify(good).replace('"demo_1"', "[".repeat(31) + "]".repeat(31))],
    ["a byte order mark", `\ufeff${JSON.stringify(good)}`],
  ])("%s is malformed", (_, value) => {
    expect(read(token(value))).toEqual({ kind: "refused", slug: "malformed-credential" });
  });

  const coded = paid.slice("Payment ".length);
  test.each([
    ["white space inside", `Payment ${coded.slice(0, 9)} ${coded.slice(9)}`],
    ["a tab before the token", `Payment\t${coded}`],
    ["the standard alphabet", `Payment ${base64url.encode("{}")}+/`],
    ["bytes that are not UTF-8", `Payment ${base64url.encode(Buffer.from([0x7b, 0xff, 0x7d]))}`],
    ["parameters instead of a token", 'Payment id="a", realm="r"'],
    ["the scheme alone", "Payment"],
  ])("%s is malformed", (_, value) => {
    expect(read(value)).toEqual({ kind: "refused", slug: "malformed-credential" });
  });

  test("unknown members are ignored, at both levels", () => {
    const value = { ...good, extra: 1, challenge: { ...challenge, meta: { a: "b" } } };
    expect(credentialIn(token(value))).toEqual(good);
  });

  test("a request and an opaque echoed as objects become what was challenged", () => {
    const echoed = { ...challenge, request: { b: 1, a: "ä" }, opaque: { v: "1", k: "x" } };
    expect(credentialIn(token({ ...good, challenge: echoed }))?.challenge).toEqual({
      ...challenge,
      request: encodeCanonical({ a: "ä", b: 1 }),
      opaque: encodeCanonical({ k: "x", v: "1" }),
    });
  });

  test("a credential inside a JSON message reads the same, and hashes by its canonical text", () => {
    const one = readCredentialValue({ ...good, challenge: { ...challenge, request: {} } });
    const other = readCredentialValue({ payload: good.payload, challenge: { ...challenge, request: {} } });
    expect(one?.credential).toEqual(good);
    expect(one?.decodedHash).toEqual(other?.decodedHash);
    for (const junk of [
      undefined,
      null,
      1,
      "a",
      [],
      {},
      { challenge },
      { ...good, payload: { a: Number.NaN } },
    ]) {
      expect(readCredentialValue(junk)).toBeNull();
    }
  });
});

describe("any input", () => {
  const word = fc.string({ minLength: 1, maxLength: 20 });
  const present = <T extends object>(members: T): T =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
  const optionalWord = fc.option(word, { nil: undefined });
  const credentials = fc
    .record({
      challenge: fc
        .record({
          id: word,
          realm: word,
          method: word,
          intent: word,
          request: word,
          expires: optionalWord,
          digest: optionalWord,
          opaque: optionalWord,
          header: optionalWord,
          description: optionalWord,
        })
        .map(present),
      payload: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
      source: fc.option(fc.stringMatching(/^[ -~é]{0,40}$/), { nil: undefined }),
    })
    .map(present)
    .filter((value) => canonicalize(value) !== null);

  test("read after format is the identity", () => {
    fc.assert(
      fc.property(credentials, (value) => {
        const outcome = read(formatCredential(value as never));
        expect(outcome.kind).toBe("credential");
        if (outcome.kind === "credential")
          expect(canonicalize({ ...outcome.credential })).toBe(canonicalize(value));
      }),
    );
  });

  test("no header makes it throw", () => {
    const name = fc.constantFrom("Authorization", "payment-authorization", "PAYMENT-AUTHORIZATION", "x");
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("Payment", " ", ",", '"', "\\", "=", "e30", paid) }),
      fc.json().map(token),
      fc.uint8Array().map((bytes) => `Payment ${base64url.encode(bytes)}`),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 4 }), (lines) => {
        for (const field of ["authorization", "payment-authorization"] as const) {
          expect(["none", "credential", "refused"]).toContain(readCredential(lines, field).kind);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
