import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sealTo, TokenService } from "@/e2e/networks/card/token-service";
import { NetError } from "@/lib/net";
import type { Effect, Kit } from "../contract";
import { isSealedTo } from "./jwe";
import { createOpener } from "./open-token";
import { card } from "./rail";
import { CardSettings } from "./settings";
import type { CardOffer } from "./wire";

function keyPair(kid: string, modulusLength = 2_048) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  const jwk = { kty: "RSA" as const, n, e, alg: "RSA-OAEP-256" as const, use: "enc" as const, kid };
  return { jwk, pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}
const [one, two] = [keyPair("one"), keyPair("two")];
const tokens = new TokenService();
const enabler = { url: "https://enabler.test/v1/", key: "a-key-of-the-enabler" };
const settings = (more: object = {}) => CardSettings.parse({ encryptionJwk: one.jwk, enabler, ...more });

describe("a sealed token", () => {
  test("is one to this key, by its header alone", async () => {
    const jwe = await sealTo(one.jwk, {});
    expect(isSealedTo(jwe, one.jwk)).toBe(true);
    expect(isSealedTo(jwe, two.jwk)).toBe(false);
    expect(isSealedTo(jwe, { ...one.jwk, kid: "two" })).toBe(false);
  });

  test("has one spelling: whatever character of its frame is changed or added, it is another or none", async () => {
    const jwe = await sealTo(one.jwk, {});
    fc.assert(
      fc.property(fc.nat(jwe.length), fc.constantFrom("=", " ", "\n", "+", "/", ".", "%", "é"), (at, odd) => {
        expect(isSealedTo(jwe.slice(0, at) + odd + jwe.slice(at), one.jwk)).toBe(false);
      }),
    );
  });

  test("is no text that anybody makes up, and none makes the reader throw", () => {
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString("base64url")),
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(part, { minLength: 3, maxLength: 6 }).map((parts) => parts.join(".")),
    );
    fc.assert(
      fc.property(text, (jwe) => {
        expect(isSealedTo(jwe, one.jwk)).toBe(false);
      }),
    );
  });
});

describe("settings", () => {
  const faultsIn = (value: object): string[] =>
    CardSettings.safeParse({ encryptionJwk: one.jwk, enabler, ...value }).error?.issues.map(({ path }) =>
      path.join("."),
    ) ?? [];

  test("have the defaults of the contract", () => {
    expect(settings()).toEqual({
      acceptedNetworks: ["visa", "mastercard"],
      encryptionJwk: one.jwk,
      billingRequired: false,
      enabler: { ...enabler, timeoutMs: 10_000 },
    });
    const { kty, n, e, kid } = one.jwk;
    expect(settings({ encryptionJwk: { kty, n, e, kid, ext: true } }).encryptionJwk).toEqual(one.jwk);
  });

  test("refuse keys that are weak, private, unnamed or for something else, each at its member", () => {
    const weak = keyPair("weak", 1_024).jwk;
    const jwk = (change: object) => ({ encryptionJwk: { ...one.jwk, ...change } });
    expect(faultsIn({ encryptionJwk: weak })).toEqual(["encryptionJwk.n"]);
    expect(faultsIn(jwk({ d: "AQAB", p: "AQAB" }))).toEqual(["encryptionJwk.d", "encryptionJwk.p"]);
    expect(faultsIn(jwk({ kid: "" }))).toEqual(["encryptionJwk.kid"]);
    expect(faultsIn(jwk({ use: "sig" }))).toEqual(["encryptionJwk.use"]);
    expect(faultsIn(jwk({ alg: "RSA1_5" }))).toEqual(["encryptionJwk.alg"]);
    expect(faultsIn(jwk({ kty: "EC" }))).toEqual(["encryptionJwk.kty"]);
    expect(faultsIn(jwk({ n: `${one.jwk.n}==` }))).toEqual(["encryptionJwk.n"]);
    expect(faultsIn(jwk({ e: "AQ" }))).toEqual(["encryptionJwk.e"]);
    expect(faultsIn(jwk({ kid: "", use: "sig" })).sort()).toEqual(["encryptionJwk.kid", "encryptionJwk.use"]);
  });

  test("say nothing of a private key that was pasted by mistake", () => {
    const canary = "canary-of-a-private-exponent";
    const said = CardSettings.safeParse({ encryptionJwk: { ...one.jwk, d: canary }, enabler });
    expect(JSON.stringify(said.error)).not.toContain(canary);
  });

  test("take the private half of their own key only", () => {
    expect(faultsIn({ decrypt: { privateKey: one.pem } })).toEqual([]);
    expect(faultsIn({ decrypt: { privateKey: one.pem.replaceAll("\n", " ") } })).toEqual([]);
    expect(faultsIn({ decrypt: { privateKey: one.pem.replaceAll("\n", "") } })).toEqual([]);
    expect(faultsIn({ decrypt: { privateKey: two.pem } })).toEqual(["decrypt.privateKey"]);
    expect(faultsIn({ decrypt: { privateKey: "none" } })).toEqual(["decrypt.privateKey"]);
    expect(faultsIn({ decrypt: { privateKey: one.pem, previousPrivateKey: two.pem } })).toEqual([]);
  });
});

describe("tokens that are opened here", () => {
  const open = createOpener({ privateKey: two.pem, previousPrivateKey: one.pem });

  test("open with the key of their challenge, the old one too", async () => {
    const [now, before] = [tokens.issue({ amount: "1" }), tokens.issue({ amount: "1" })];
    expect(await open(await sealTo(two.jwk, now), two.jwk.n)).toEqual(now);
    expect(await open(await sealTo(one.jwk, before), one.jwk.n)).toEqual(before);
  });

  test("are nothing when anything about them is wrong", async () => {
    const good = await sealTo(two.jwk, tokens.issue({ amount: "1" }));
    const third = keyPair("three").jwk;
    for (const [jwe, modulus] of [
      [good, one.jwk.n],
      [good, third.n],
      [await sealTo(third, tokens.issue({ amount: "1" })), two.jwk.n],
      [await sealTo(two.jwk, { token: {} }), two.jwk.n],
      [await sealTo(two.jwk, tokens.issue({ amount: "1" }), { alg: "RSA-OAEP" }), two.jwk.n],
      [`${good.slice(0, -2)}AA`, two.jwk.n],
      ["", two.jwk.n],
    ] as const) {
      expect(await open(jwe, modulus)).toBeNull();
    }
  });
});

describe("what the enabler says", () => {
  const usd = { code: "USD", exponent: 2 };
  const effect: Effect = {
    ...{ key: "ch_1:capture:1", challengeId: "challenge-1", mode: "test", currency: usd },
    ...{ signal: new AbortController().signal, now: () => new Date("2026-11-21T10:00:00Z") },
  };
  const calls: Request[] = [];
  const railThat = (answer: () => Response | Promise<never>) => {
    const kit: Kit = {
      origin: "https://pay.test",
      log: () => undefined,
      async fetch(input, init) {
        calls.push(new Request(input, init));
        return await answer();
      },
    };
    return card.connect(settings({ merchantName: "Shop" }), kit);
  };
  const said = (status: number, body: unknown) => railThat(() => Response.json(body, { status }));
  const offer: CardOffer = {
    ...{ amount: "500", currency: "usd" },
    methodDetails: {
      ...{ acceptedNetworks: ["visa"], merchantName: "Shop", billingRequired: false },
      encryptionJwk: one.jwk,
    },
  };
  const capture = async (abilities: ReturnType<typeof card.connect>) =>
    (await abilities.capture?.(await tokens.pay(offer), offer, effect))?.outcome;

  test.each([
    [200, { status: "approved", reference: "a1" }, "settled"],
    [200, { status: "approved" }, "unknown"],
    [200, { status: "approved", reference: "has space" }, "unknown"],
    [200, {}, "unknown"],
    [402, { status: "declined", code: "51" }, "declined"],
    [402, {}, "unknown"],
    [400, { code: "bad_token" }, "invalid"],
    [400, { code: "bad_request" }, "unknown"],
    [401, {}, "unknown"],
    [302, {}, "unknown"],
    [404, {}, "unknown"],
    [409, {}, "unknown"],
    [503, {}, "unknown"],
  ])("%i %j to a charge is %s", async (status, body, outcome) => {
    expect(await capture(said(status, body))).toBe(outcome);
  });

  test("a call that certainly did not leave took nothing; any other silence leaves it open", async () => {
    const failing = (error: Error) => capture(railThat(() => Promise.reject(error)));
    expect(await failing(new NetError("not-reached", "x"))).toBe("unavailable");
    expect(await failing(new NetError("blocked", "x"))).toBe("unavailable");
    expect(await failing(new NetError("timeout", "x"))).toBe("unknown");
    expect(await failing(new NetError("broken", "x"))).toBe("unknown");
    expect(await failing(new Error("x"))).toBe("unknown");
  });

  test("every call is signed, and a look-up needs no more than the amount", async () => {
    const found = { status: "approved", reference: "a1", amount: "500", refunded: "20" };
    const look = (body: object, status = 200) => said(status, body).lookup("a1", effect);
    expect(await look(found)).toMatchObject({
      state: "settled",
      captured: { units: 500n },
      refunded: { units: 20n },
    });
    expect(await look({ ...found, amount: undefined })).toMatchObject({ outcome: "unavailable" });
    expect(await look({ status: "declined", code: "05" }, 402)).toMatchObject({ state: "declined" });
    expect(await look({}, 404)).toEqual({ outcome: "absent" });
    expect(await look({}, 500)).toMatchObject({ outcome: "unavailable" });
    const call = calls.at(-1);
    expect(call?.url).toBe("https://enabler.test/v1/charges/a1");
    expect(call?.headers.get("authorization")).toBe(`Bearer ${enabler.key}`);
    expect(call?.headers.get("farebox-signature")).toMatch(/^v1=[0-9a-f]{64}$/);
    expect(call?.headers.get("farebox-timestamp")).toBe("1795255200");
  });

  test("money that went back while nobody knew pays for nothing", async () => {
    const found = { status: "approved", reference: "a1", amount: "500", refunded: "500" };
    expect(await said(200, found).find?.("key", effect)).toMatchObject({
      state: "voided",
      captured: { units: 0n },
    });
  });

  test("its settings are tried out by asking after what cannot exist", async () => {
    const probe = (status: number) => said(status, {}).probe?.(effect);
    expect(await probe(404)).toMatchObject({ outcome: "works" });
    expect(await probe(401)).toMatchObject({ outcome: "faulty", reason: "The enabler refuses the key." });
    expect(await probe(200)).toMatchObject({ outcome: "faulty" });
    const silent = railThat(() => Promise.reject(new NetError("timeout", "x")));
    expect(await silent.probe?.(effect)).toMatchObject({ outcome: "faulty" });
  });
});
