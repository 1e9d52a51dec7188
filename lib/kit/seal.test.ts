import fc from "fast-check";
import { expect, test } from "vitest";
import { createSeal, SealFault, secretId } from "./seal";

const first = "a".repeat(32);
const second = "b".repeat(32);

test("what is sealed is opened again, for its own place only", () => {
  const { seal, open } = createSeal(first);
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (text, about, elsewhere) => {
      const well = text.toWellFormed();
      const envelope = seal(well, about);
      expect(open(envelope, about)).toBe(well);
      if (elsewhere.toWellFormed() !== about.toWellFormed()) {
        expect(() => open(envelope, elsewhere)).toThrow(SealFault);
      }
    }),
  );
});

test("an envelope never shows its text, and no two are alike", () => {
  const { seal } = createSeal(first);
  const envelopes = new Set(Array.from({ length: 100 }, () => seal("macaroon", "rail|settings|1|2")));
  expect(envelopes.size).toBe(100);
  for (const envelope of envelopes) {
    expect(envelope).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+$/);
    expect(Buffer.from(envelope.split(".")[2] ?? "", "base64url").includes("macaroon")).toBe(false);
  }
});

test("one changed character breaks an envelope", () => {
  const { seal, open } = createSeal(first);
  const envelope = seal("secret", "x");
  for (let place = 0; place < envelope.length; place += 1) {
    const other = envelope[place] === "A" ? "B" : "A";
    const altered = envelope.slice(0, place) + other + envelope.slice(place + 1);
    expect(() => open(altered, "x")).toThrow(SealFault);
  }
});

test("a replaced secret still opens what it sealed, until it is gone", () => {
  const old = createSeal(first).seal("kept", "x");
  const both = createSeal([second, first]);
  expect(both.open(old, "x")).toBe("kept");
  expect(() => createSeal(second).open(old, "x")).toThrow("another FAREBOX_SECRET");
  expect(createSeal(second).open(both.seal("new", "x"), "x")).toBe("new");
});

test("a secret that comes while we run seals from then on, and the one before still opens", () => {
  const secrets = [first];
  const seal = createSeal(() => secrets);
  const old = seal.seal("kept", "x");
  expect(seal.isCurrent(old)).toBe(true);
  expect(seal.keyId()).toBe(secretId(first));

  secrets.unshift(second);
  expect(seal.open(old, "x")).toBe("kept");
  expect(seal.isCurrent(old)).toBe(false);
  expect(seal.keyId()).toBe(secretId(second));
  expect(createSeal(second).open(seal.seal("new", "x"), "x")).toBe("new");

  secrets.pop();
  expect(() => seal.open(old, "x")).toThrow("another FAREBOX_SECRET");
});
