import fc from "fast-check";
import { expect, test } from "vitest";
import { formatChallenge, issueChallenge, renewal, type Terms } from ".";

const key = { id: "k1.abc", bytes: Buffer.alloc(32, 3) };
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,22}$/);
const terms: fc.Arbitrary<Omit<Terms, "scope">> = fc
  .record({
    realm: fc.constantFrom("pay.example", "localhost:4020"),
    method: fc.stringMatching(/^[a-z]{1,10}$/),
    intent: fc.constantFrom("charge", "session"),
    request: fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })),
    expires: fc.date({ min: new Date(0), max: new Date("9999-01-01"), noInvalidDate: true }),
    digest: fc.constantFrom(null, "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"),
    header: fc.constantFrom(undefined, "Payment-Authorization" as const),
    description: fc.option(fc.string({ unit: "grapheme" }), { nil: undefined }),
    priceVersion: fc.nat().map(String),
    mode: fc.constantFrom("test" as const, "live" as const),
    nonce: name,
  })
  .filter(({ request }) => !Object.hasOwn(request, "expires") && !Object.hasOwn(request, "__proto__"))
  .map((some) => ({ ...some, key }));

test("a renewed challenge is the text of the one that would be issued", () => {
  fc.assert(
    fc.property(terms, terms, name, name, (first, then, scope, other) => {
      const issued = issueChallenge({ ...first, scope });
      const renew = renewal(issued, key.bytes, other);
      const fresh = { nonce: then.nonce, expires: then.expires };
      const expected = issueChallenge({ ...first, ...fresh, scope: other });
      expect(renew?.(fresh)).toBe(formatChallenge(expected));
    }),
  );
});

test("a challenge that is not ours is not renewed", () => {
  const issued = issueChallenge({
    ...{ realm: "pay.example", method: "demo", intent: "charge", request: {}, expires: new Date(0), key },
    ...{ scope: "s", priceVersion: "1", mode: "test" as const, nonce: "n" },
  });
  expect(renewal({ ...issued, opaque: "e30" }, key.bytes, "s")).toBeNull();
  const { expires: _, ...endless } = issued;
  expect(renewal(endless, key.bytes, "s")).toBeNull();
});
