import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bug, base64url } from "@/lib/kit";
import { readVectors } from "@/lib/testing/read-vectors";
import { type Challenge, challengeId, formatChallenge, readRequest } from "./challenge";
import {
  type Credential,
  formatCredential,
  type Presentation,
  readCredential,
  readCredentialValue,
} from "./credential";
import { bodyDigest } from "./digest";
import { issueChallenge, quoteNonce, randomNonce, realmOf, type Terms } from "./issue";
import { canonicalize, decodeObject, encodeCanonical } from "./jcs";
import { deriveChallengeKey } from "./keys";
import { readOpaque, scopeDigest } from "./scope";
import { type Expectation, isIssuedUnder, verifyCredential } from "./verify";

const now = new Date("2026-11-21T12:00:00.000Z");
const key = { id: "k1", bytes: deriveChallengeKey("s".repeat(32), "m_1", "k1") };
const body = Buffer.from("hello");
const digest = bodyDigest(body);
const place = { merchant: "m_1", endpoint: "e_1", rail: "r_1", verb: "POST", path: "/v1/a", query: "b=1" };
const scope = scopeDigest(place);

const terms: Terms = {
  realm: "pay.example:3000",
  method: "demo",
  intent: "charge",
  request: { amount: "100", currency: "usd" },
  expires: new Date("2026-11-21T12:05:00.000Z"),
  digest,
  key,
  scope,
  priceVersion: "7",
  mode: "test",
  nonce: "AAAAAAAAAAAAAAAAAAAAAA",
};
const issued = issueChallenge(terms);
const expected: Expectation = {
  keyOf: (id) => (id === "k1" ? key.bytes : null),
  realm: "pay.example:3000",
  scope,
  mode: "test",
  digest,
  field: "authorization",
  now,
};

const presented = (challenge: Challenge): Credential => ({ challenge, payload: { token: "demo_1" } });
const judge = (challenge: Challenge, changes: Partial<Expectation> = {}) =>
  verifyCredential(presented(challenge), { ...expected, ...changes });

describe("issuing a challenge", () => {
  test("everything that binds it is in it", () => {
    expect(issued).toEqual({
      id: challengeId(key.bytes, issued),
      realm: "pay.example:3000",
      method: "demo",
      intent: "charge",
      request: encodeCanonical({ amount: "100", currency: "usd" }),
      expires: "2026-11-21T12:05:00.000Z",
      digest: "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:",
      opaque: encodeCanonical({ v: "1", k: "k1", n: terms.nonce, s: scope, p: "7", m: "test" }),
    });
    expect(issued.id).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(readOpaque(issued.opaque)).toMatchObject({ keyId: "k1", priceVersion: "7", mode: "test" });
  });

  test("what a price depended on and how it was found is bound, and stands only where there is any", () => {
    const priced = issueChallenge({ ...terms, inputs: "hash-of-header", quote: '{"rule":"small"}' });
    expect(readOpaque(priced.opaque)).toMatchObject({ inputs: "hash-of-header", quote: '{"rule":"small"}' });
    expect(judge(priced)).toBe("ok");
    const cheaper = { v: "1", k: "k1", n: terms.nonce, s: scope, p: "7", m: "test", i: "hash-of-another" };
    expect(judge({ ...priced, opaque: encodeCanonical(cheaper) ?? "" })).toBe("invalid-challenge");
    expect(readOpaque(issued.opaque)).not.toHaveProperty("inputs");
  });

  test("header and description stand only where they are asked for, and the description is not bound", () => {
    const header = issueChallenge({ ...terms, header: "Payment-Authorization" });
    expect(header).toMatchObject({ header: "Payment-Authorization" });
    expect(header.id).not.toBe(issued.id);
    expect(issueChallenge({ ...terms, description: "a\r\nb" })).toEqual({ ...issued, description: "ab" });
    expect(issueChallenge({ ...terms, description: "\n", digest: null })).not.toHaveProperty("description");
  });

  test.each<[string, Partial<Terms>]>([
    ["a separator in the realm", { realm: "a|b" }],
    ["a space in the realm", { realm: "a b" }],
    ["an upper-case method", { method: "Demo" }],
    ["a separator in the intent", { intent: "charge|x" }],
    ["a line break in the intent", { intent: "charge\r\n" }],
    ["a request that is not JSON", { request: { amount: 1n } }],
    ["a request with expires", { request: { expires: "2026" } }],
    ["a request beyond 16 KiB", { request: { a: "a".repeat(13_000) } }],
    ["a date that is none", { expires: new Date(Number.NaN) }],
    ["a digest that is none", { digest: "sha-256=a|b" }],
  ])("%s is a bug", (_, change) => {
    expect(() => issueChallenge({ ...terms, ...change })).toThrow(Bug);
  });

  test("ten thousand challenges of one moment have ten thousand ids", () => {
    const ids = Array.from({ length: 10_000 }, () => issueChallenge({ ...terms, nonce: randomNonce() }).id);
    expect(new Set(ids).size).toBe(10_000);
    expect(randomNonce()).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  test("a refreshed quote differs from the first in id and expires only", () => {
    const quote = { key: key.bytes, request: terms.request, scope, priceVersion: "7" };
    const nonce = quoteNonce(quote);
    const first = issueChallenge({ ...terms, nonce });
    const later = new Date(terms.expires.getTime() + 1234);
    const second = issueChallenge({ ...terms, nonce: quoteNonce(quote), expires: later });
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect({ ...second, id: first.id, expires: first.expires }).toEqual(first);
    expect(second.id).not.toBe(first.id);
    expect(quoteNonce({ ...quote, priceVersion: "8" })).not.toBe(nonce);
  });

  test("equal input under two merchants' keys gives two ids", () => {
    const other = { id: "k1", bytes: deriveChallengeKey("s".repeat(32), "m_2", "k1") };
    expect(issueChallenge({ ...terms, key: other }).id).not.toBe(issued.id);
  });

  test.each([
    ["https://pay.example.com", "pay.example.com"],
    ["http://127.0.0.1:3000", "127.0.0.1:3000"],
    ["http://[::1]:3000", "::1:3000"],
  ])("the realm of %s is %s", (origin, realm) => {
    expect(realmOf(origin)).toBe(realm);
    expect(issueChallenge({ ...terms, realm }).realm).toBe(realm);
  });
});

describe("verifying a credential", () => {
  test("what was issued is good, until the millisecond it expires", () => {
    expect(judge(issued)).toBe("ok");
    expect(judge(issued, { now: new Date("2026-11-21T12:04:59.999Z") })).toBe("ok");
    expect(judge(issued, { now: new Date("2026-11-21T12:05:00.000Z") })).toBe("payment-expired");
    expect(judge(issued, { now: new Date("2027-01-01T00:00:00Z"), skipExpiry: true })).toBe("ok");
  });

  test.each(["id", "realm", "method", "intent", "request", "expires", "digest", "opaque"] as const)(
    "%s, with any one character changed or left out, is refused",
    (name) => {
      const value = issued[name] ?? "";
      for (let at = 0; at < value.length; at += 1) {
        const other = value[at] === "A" ? "B" : "A";
        for (const changed of [
          value.slice(0, at) + other + value.slice(at + 1),
          value.slice(0, at) + value.slice(at + 1),
        ]) {
          expect(judge({ ...issued, [name]: changed })).toBe("invalid-challenge");
        }
      }
      expect(judge({ ...issued, [name]: "" })).toBe("invalid-challenge");
      expect(judge({ ...issued, [name]: `${value}|` })).toBe("invalid-challenge");
    },
  );

  test.each(["amount", "currency"])("another %s in the request is refused", (name) => {
    const request = encodeCanonical({ ...readRequest(issued), [name]: "1" }) ?? "";
    expect(judge({ ...issued, request })).toBe("invalid-challenge");
  });

  test.each(["v", "k", "n", "s", "p", "m"])("another or missing %s in opaque is refused", (name) => {
    const members = { ...decodeObject(issued.opaque ?? "") };
    const opaque = encodeCanonical({ ...members, [name]: name === "m" ? "live" : "2" }) ?? "";
    expect(judge({ ...issued, opaque }, { keyOf: () => key.bytes })).toBe("invalid-challenge");
    delete members[name];
    expect(judge({ ...issued, opaque: encodeCanonical(members) ?? "" })).toBe("invalid-challenge");
  });

  test("an added header is refused, whatever it says", () => {
    for (const header of ["Payment-Authorization", "Authorization", "authorization", ""]) {
      expect(judge({ ...issued, header })).toBe("invalid-challenge");
    }
  });

  test("text moved from one slot to the next is refused", () => {
    const { expires, digest: bodyHash, ...rest } = issued;
    const shifted = { ...rest, request: `${issued.request}|${expires}`, expires: bodyHash ?? "" };
    expect(challengeId(key.bytes, { ...shifted, digest: "" })).not.toBe(issued.id);
    const merged = {
      ...issued,
      method: "demo|charge",
      intent: issued.request,
      request: issued.expires ?? "",
    };
    const slots = { ...merged, expires: issued.digest ?? "", digest: issued.opaque ?? "" };
    expect(isIssuedUnder(key.bytes, { ...slots, id: challengeId(key.bytes, slots) })).toBe(false);
  });

  test.each<[string, Partial<Expectation>]>([
    ["another realm", { realm: "evil.example" }],
    ["another mode", { mode: "live" }],
    ["another body", { digest: bodyDigest(Buffer.from("hello!")) }],
    ["no body", { digest: null }],
    ["the other field", { field: "payment-authorization" }],
    ["a key that is gone", { keyOf: () => undefined }],
    ["a key of another merchant", { keyOf: () => deriveChallengeKey("s".repeat(32), "m_2", "k1") }],
    ["another merchant", { scope: scopeDigest({ ...place, merchant: "m_2" }) }],
    ["another endpoint", { scope: scopeDigest({ ...place, endpoint: "e_2" }) }],
    ["another rail", { scope: scopeDigest({ ...place, rail: "r_2" }) }],
    ["another verb", { scope: scopeDigest({ ...place, verb: "PUT" }) }],
    ["another path", { scope: scopeDigest({ ...place, path: "/v1/%61" }) }],
    ["another query", { scope: scopeDigest({ ...place, query: "b=2" }) }],
    ["no query", { scope: scopeDigest({ ...place, query: null }) }],
  ])("%s is refused", (_, change) => {
    expect(judge(issued, change)).toBe("invalid-challenge");
    expect(judge(issued, { ...change, skipExpiry: true })).toBe("invalid-challenge");
  });

  test("a credential that is both expired and foreign is foreign", () => {
    expect(judge(issued, { realm: "x", now: new Date("2030-01-01T00:00:00Z") })).toBe("invalid-challenge");
  });

  test.each([
    undefined,
    "",
    "garbage",
    "2026-11-21T12:05:00",
    "2026-11-21T12:05:00+00:00",
    "2026-02-30T12:05:00Z",
  ])("a signed challenge that expires at %j never stands for ever", (expires) => {
    const { expires: _, ...rest } = issued;
    const signed = expires === undefined ? rest : { ...rest, expires };
    expect(judge({ ...signed, id: challengeId(key.bytes, signed) })).toBe("invalid-challenge");
  });

  test("the bare form of the same digest is the same digest", () => {
    const bare = (issued.digest ?? "").replaceAll(":", "");
    expect(bare).toMatch(/^sha-256=[A-Za-z0-9+/]{43}=$/);
    expect(judge({ ...issued, digest: bare })).toBe("ok");
    expect(judge({ ...issued, digest: `${issued.digest}, ${issued.digest}` })).toBe("invalid-challenge");
    expect(judge({ ...issued, digest: (issued.digest ?? "").replace("sha-256", "sha-512") })).toBe(
      "invalid-challenge",
    );
  });

  test("a credential for Payment-Authorization is good in that field only", () => {
    const challenge = issueChallenge({ ...terms, header: "Payment-Authorization" });
    expect(judge(challenge, { field: "payment-authorization" })).toBe("ok");
    expect(judge(challenge)).toBe("invalid-challenge");
    expect(judge({ ...challenge, header: "payment-authorization" }, { field: "payment-authorization" })).toBe(
      "invalid-challenge",
    );
  });

  test("no invented challenge is accepted, and none makes it throw", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...Object.values(issued)));
    const challenges = fc.record({
      id: text,
      realm: text,
      method: text,
      intent: text,
      request: text,
      expires: text,
      digest: text,
      opaque: text,
    });
    fc.assert(
      fc.property(challenges, (challenge) => {
        expect(judge(challenge)).toBe("invalid-challenge");
      }),
    );
  });
});

describe("one credential in other letters", () => {
  const lines = (value: string) => [["Authorization", value]] as const;
  const header = formatCredential({ ...presented(issued), source: "demo:ann" } as Presentation);
  const token = header.slice("Payment ".length);
  const boundIn = ({ description: _, ...bound }: Challenge) => bound;

  test("every single-character flip of the token is refused, or leaves everything that is bound as it was", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (let at = 0; at < token.length; at += 1) {
      for (const letter of [
        alphabet[(alphabet.indexOf(token.charAt(at)) + 1) % 64],
        alphabet[(alphabet.indexOf(token.charAt(at)) + 33) % 64],
      ]) {
        const outcome = readCredential(lines(`Payment ${token.slice(0, at)}${letter}${token.slice(at + 1)}`));
        if (outcome.kind !== "credential" || verifyCredential(outcome.credential, expected) !== "ok")
          continue;
        expect(boundIn(outcome.credential.challenge)).toEqual(boundIn(issued));
      }
    }
  });

  test("fifty re-spellings are one challenge, one payload, and so one claim", () => {
    const spelled = (value: object, indent?: string | number) => JSON.stringify(value, null, indent);
    const request = readRequest(issued);
    const opaque = decodeObject(issued.opaque ?? "");
    const { payload } = presented(issued);
    const reversed = Object.fromEntries(Object.entries(issued).reverse());
    const echoes = [
      issued,
      reversed,
      { ...issued, request },
      { ...issued, opaque },
      { ...issued, extra: [1] },
    ];
    const texts = echoes.flatMap((challenge) => {
      const plain = spelled({ challenge, payload });
      return [
        plain,
        spelled({ payload, challenge }),
        spelled({ challenge, payload, note: 1 }),
        spelled({ challenge, payload }, 1),
        spelled({ challenge, payload }, "\t"),
        ` ${plain}`,
        `${plain}\r\n`,
        plain.replace('"payload"', '"\\u0070ayload"'),
        plain.replace("demo_1", "\\u0064emo_1"),
        plain.replace("pay.example", "pay\\u002eexample"),
      ];
    });
    const headers = new Set(texts.map((text) => `Payment ${base64url.encode(text)}`));
    expect(headers.size).toBe(50);

    const claims = new Set<string>();
    const hashes = new Set<string>();
    for (const value of [...headers, ...[...headers].map((text) => text.replace("Payment ", "PAYMENT  "))]) {
      const outcome = readCredential(lines(value));
      if (outcome.kind !== "credential") throw new Error(`not read: ${value}`);
      expect(verifyCredential(outcome.credential, expected)).toBe("ok");
      claims.add(canonicalize({ ...outcome.credential }) ?? "");
      hashes.add(outcome.decodedHash.toString("hex"));
    }
    expect(claims.size).toBe(1);
    expect(hashes.size).toBe(50);
  });

  test("padding is another spelling of the same bytes", () => {
    const padded = [1, 2].map((extra) =>
      base64url.encode(`${JSON.stringify(presented(issued))}${" ".repeat(extra)}`),
    );
    for (const bare of padded.filter((text) => text.length % 4 !== 0)) {
      const [plain, filled] = [bare, bare.padEnd(Math.ceil(bare.length / 4) * 4, "=")].map((text) =>
        readCredential(lines(`Payment ${text}`)),
      );
      expect(filled).toEqual(plain);
      expect(filled?.kind).toBe("credential");
    }
  });
});

type Case = {
  name: string;
  route: Omit<Challenge, "id" | "request"> & {
    secretKey: string;
    request: object;
    verificationError?: string;
  };
  credential: { challenge: Omit<Challenge, "request"> & { request: object }; payload: object };
  expected: { ok: boolean; errorType?: string };
};

/**
 * The published cases have no `opaque`, and compare with what the route would challenge now. Ours bind the route in
 * `opaque` instead, so each case runs twice: its id under its own secret, and its story told with one of our challenges.
 */
describe("published verification cases", () => {
  const { cases } = readVectors<{ cases: Case[] }>("mpp-tools/server-verification.json");
  const clock = new Date("2026-01-29T12:00:00Z");

  test("all of them are here", () => {
    expect(cases).toHaveLength(7);
  });

  test.each(cases)("$name: the id", ({ name, route, credential }) => {
    const read = readCredentialValue(credential);
    const isOurs = read !== null && isIssuedUnder(route.secretKey, read.credential.challenge);
    expect(isOurs).toBe(name !== "tampered_challenge_id_rejected");
  });

  test.each(cases)("$name: the answer", ({ name, route, credential, expected: { ok, errorType } }) => {
    const ours = issueChallenge({
      ...terms,
      realm: credential.challenge.realm,
      request: route.request,
      expires: new Date(route.expires ?? ""),
      digest: null,
      key: { id: "k1", bytes: Buffer.from(route.secretKey) },
    });
    const { expires: _, ...withoutExpires } = ours;
    const told: Record<string, Challenge> = {
      missing_credential_expires_rejected_with_route_expiry: withoutExpires,
      tampered_challenge_id_rejected: { ...ours, id: credential.challenge.id },
      request_mismatch_rejected: { ...ours, request: encodeCanonical(credential.challenge.request) ?? "" },
    };
    const verdict = judge(told[name] ?? ours, {
      keyOf: () => Buffer.from(route.secretKey),
      realm: route.realm,
      digest: null,
      now: clock,
    });
    // What the rail says comes after these checks: to them that credential is good.
    expect(verdict).toBe(ok || errorType === "verification_failed" ? "ok" : errorType?.replace("_", "-"));
  });
});

test("a formatted challenge of ours has no control, and every bound value is free of the separator", () => {
  const { description: _, ...bound } = issued;
  expect(formatChallenge(issued)).toMatch(/^[ -~]+$/);
  for (const value of Object.values(bound)) expect(value).not.toContain("|");
});
