import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { waitMs } from "./back-off";
import { createTurns } from "./in-turn";
import { networkOf } from "./network";
import { hashPassword, passwordFault, verifyPassword } from "./password";
import { type KeyWho, type MemberWho, may, maySee, type Role, roles, scopes } from "./policy";

const key: KeyWho = { kind: "key", keyId: "k", merchantId: "m_a", mode: "test", scopes: ["receipts:read"] };
const aMember = (role: Role): MemberWho => ({
  kind: "member",
  memberId: "mb",
  email: "p@example.com",
  name: null,
  isOperator: false,
  memberships: [{ merchantId: "m_a", role }],
});

describe("the one policy", () => {
  test("nobody but the bootstrap key and the operator does anything for a merchant that is not theirs", () => {
    for (const scope of scopes) {
      for (const role of roles) expect(may(aMember(role), scope, "m_b")).toBe(false);
      expect(may({ ...key, scopes }, scope, "m_b")).toBe(false);
      expect(may({ ...key, scopes }, scope, null)).toBe(false);
      expect(may(aMember("owner"), scope, null)).toBe(false);
      expect(may({ kind: "bootstrap" }, scope, null)).toBe(true);
      expect(may({ ...aMember("viewer"), isOperator: true }, scope, "m_b")).toBe(true);
    }
    expect(maySee(key, "m_b")).toBe(false);
    expect(maySee(aMember("owner"), "m_b")).toBe(false);
  });

  test.each([
    ["owner", "keys:write", true],
    ["admin", "audit:read", true],
    ["developer", "config:write", true],
    ["developer", "refunds:write", false],
    ["developer", "audit:read", false],
    ["finance", "refunds:write", true],
    ["finance", "config:write", false],
    ["finance", "config:read", true],
    ["viewer", "receipts:read", true],
    ["viewer", "receipts:export", false],
    ["viewer", "refunds:write", false],
  ] as const)("may a %s %s: %s", (role, scope, answer) => {
    expect(may(aMember(role), scope, "m_a")).toBe(answer);
  });

  test("a key does what its scopes say, and exports what it may read", () => {
    expect(may(key, "receipts:export", "m_a")).toBe(true);
    expect(may(key, "refunds:write", "m_a")).toBe(false);
  });
});

describe("passwords", () => {
  test.each([
    ["elevenchars", "at least 12"],
    ["x".repeat(201), "at most 200"],
    ["Password1234", "first that anybody"],
    ["correct horse battery staple", "first that anybody"],
    ["aaaaaaaaaaaaaaaa", "first that anybody"],
    ["Someone@example.com", "e-mail address"],
  ])("%j is not taken", (password, words) => {
    expect(passwordFault(password, "someone@example.com")).toContain(words);
  });

  test("a long phrase is taken, in any script", () => {
    expect(passwordFault("дванадцять слів")).toBeNull();
    expect(passwordFault("y".repeat(50) + "abc".repeat(50))).toBeNull();
  });

  test("the right password matches in either Unicode form; nothing matches where there is no account", async () => {
    const stored = await hashPassword("caf\u00e9 at the corner");
    expect(stored).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await verifyPassword("cafe\u0301 at the corner", stored)).toBe(true);
    expect(await verifyPassword("cafe at the corner", stored)).toBe(false);
    expect(await verifyPassword("cafe at the corner", null)).toBe(false);
    expect(await hashPassword("caf\u00e9 at the corner")).not.toBe(stored);
  });
});

test("more people at once than can be served are sent away; those in line are served in order, faults or not", async () => {
  const inTurn = createTurns({ runningMax: 2, waitingMax: 3 });
  const served: number[] = [];
  let running = 0;
  let most = 0;
  const work = (place: number) => async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    served.push(place);
    if (place === 1) throw new Error("its own fault");
  };
  const all = await Promise.allSettled(Array.from({ length: 8 }, (_, place) => inTurn(work(place))));
  expect(served).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(all.map(({ status }) => status === "rejected")).toEqual([
    false,
    true,
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
  await inTurn(work(8));
  expect(served).toContain(8);
});

describe("networks", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:DB8:0:0:1:2:3:4", "2001:db8:0:0::/64"],
    ["2001:0db8:0001:0002::9", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["", ""],
    ["junk", "junk"],
  ])("%s belongs to %s", (address, network) => expect(networkOf(address)).toBe(network));

  test("all addresses of a /64 are one network", () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const network = networkOf(address);
        fc.pre(!address.includes(".") && network.endsWith("::/64"));
        expect(networkOf(network.replace("::/64", ":dead:beef:1:2"))).toBe(network);
      }),
    );
  });
});

test("a wait never shrinks with more failures and never passes its limit", () => {
  const limit = { free: 5, firstMs: 1_000, longestMs: 900_000 };
  fc.assert(
    fc.property(fc.integer({ min: -20, max: 10_000 }), (failures) => {
      const wait = waitMs(failures, limit);
      expect(wait).toBeLessThanOrEqual(waitMs(failures + 1, limit));
      expect(wait).toBeLessThanOrEqual(limit.longestMs);
    }),
  );
});
