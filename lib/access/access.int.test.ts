import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "@/lib/db";
import { Problem } from "@/lib/problems";
import { testDatabase } from "@/lib/testing/database";
import { type Access, createAccess } from "./access";
import { beginSignIn } from "./back-off";
import { accessStore } from "./store";

const password = "a long enough phrase";
const by = { actor: "system" };
const bootstrapKey = "b".repeat(40);
const minute = 60_000;

let database: Database;
let access: Access;
let now = new Date("2026-11-21T12:00:00Z");
const clock = { now: () => now };
const later = (ms: number) => {
  now = new Date(now.getTime() + ms);
};

beforeAll(async () => {
  database = openDatabase({ url: await testDatabase() });
  access = createAccess({ database, clock, bootstrapKey });
});
afterAll(() => database.close());

let counter = 0;
const aMember = async (more: Partial<Parameters<Access["createMember"]>[0]> = {}) => {
  counter += 1;
  return await access.createMember({ email: `person${counter}@example.com`, password, ...more }, by);
};
const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!Problem.is(error)) throw new Error(`expected a problem, got ${String(error)}`);
  return error;
};

describe("the first owner", () => {
  test("of fifty people with one link, one becomes the owner", async () => {
    const link = await access.createSetupLink();
    const token = link?.token ?? "";
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(await access.isSetupLinkUsable(token)).toBe(true);
    expect(await access.isSetupLinkUsable("A".repeat(43))).toBe(false);

    const tries = await Promise.allSettled(
      Array.from({ length: 50 }, (_, place) =>
        access.redeemSetupLink(token, { email: `owner${place}@example.com`, password, merchantIds: ["m_1"] }),
      ),
    );
    const won = tries.filter((tried) => tried.status === "fulfilled");
    expect(won).toHaveLength(1);
    expect(won[0]?.value).toMatchObject({
      isOperator: true,
      memberships: [{ merchantId: "m_1", role: "owner" }],
    });
    expect(await database.client.member.count()).toBe(1);
    expect((await problemOf(access.redeemSetupLink(token, { email: "x@example.com", password }))).slug).toBe(
      "not-found",
    );
  });

  test("once there is a member, no further link is made and the environment makes nobody", async () => {
    expect(await access.createSetupLink()).toBeNull();
    expect(await access.ensureFirstOwner({ email: "env@example.com", password })).toBe(false);
  });

  test("a link ends after a day, and a second link does not make a second owner", async () => {
    const other = openDatabase({ url: await testDatabase() });
    const fresh = createAccess({ database: other, clock });
    const [first, second] = [await fresh.createSetupLink(), await fresh.createSetupLink()];
    const owner = { email: "o@example.com", password };
    later(24 * 60 * minute);
    expect((await problemOf(fresh.redeemSetupLink(first?.token ?? "", owner))).slug).toBe("not-found");
    const [third, fourth] = [await fresh.createSetupLink(), await fresh.createSetupLink()];
    const both = await Promise.allSettled([
      fresh.redeemSetupLink(third?.token ?? "", owner),
      fresh.redeemSetupLink(fourth?.token ?? "", { ...owner, email: "p@example.com" }),
    ]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await fresh.isSetupLinkUsable(second?.token ?? "")).toBe(false);
    await other.close();
  });

  test("two processes that start with the same environment make one owner", async () => {
    const other = openDatabase({ url: await testDatabase() });
    const fresh = createAccess({ database: other, clock });
    const owner = { email: "Env@Example.com ", password };
    const made = await Promise.all([fresh.ensureFirstOwner(owner), fresh.ensureFirstOwner(owner)]);
    expect(made.sort()).toEqual([false, true]);
    expect((await fresh.signIn({ email: "env@example.com", password, address: "192.0.2.1" })).outcome).toBe(
      "signed-in",
    );
    await other.close();
  });
});

describe("members", () => {
  test("what a person typed is checked at once, and an address is taken once", async () => {
    const fault = await problemOf(access.createMember({ email: "nobody", password: "short" }, by));
    expect(fault.extras.errors?.map(({ path }) => path)).toEqual(["email", "password"]);
    const { email } = await aMember();
    expect((await problemOf(access.createMember({ email: email.toUpperCase(), password }, by))).slug).toBe(
      "conflict",
    );
  });

  test("what others see of a member holds no hash", async () => {
    const member = await aMember({ memberships: [{ merchantId: "m_list", role: "finance" }] });
    const seen = JSON.stringify([await access.findMember(member.id), await access.listMembers("m_list")]);
    expect(seen).toContain(member.email);
    expect(seen).not.toContain("scrypt");
    expect(
      (await database.client.member.findFirstOrThrow({ where: { id: member.id } })).passwordHash,
    ).toMatch(/^scrypt\$32768\$8\$1\$/);
  });

  test("a session ends when the member signs out everywhere, changes the password or is disabled", async () => {
    const { id, email } = await aMember();
    const session = async () => {
      const signed = await access.signIn({ email, password, address: "192.0.2.7" });
      if (signed.outcome !== "signed-in") throw new Error(signed.outcome);
      return { memberId: signed.member.memberId, version: signed.version };
    };
    const first = await session();
    expect(await access.findSession(first)).toMatchObject({ kind: "member", memberId: id, email });
    await access.endSessions(id, by);
    expect(await access.findSession(first)).toBeNull();

    const second = await session();
    const change = { memberId: id, current: password, next: "another long phrase", address: "192.0.2.7" };
    const wrong = await problemOf(access.changePassword({ ...change, current: "not the password" }));
    expect(wrong.extras.errors).toEqual([{ path: "current", message: "This is not the present password." }]);
    expect(await access.findSession(second)).not.toBeNull();
    await access.changePassword(change);
    expect(await access.findSession(second)).toBeNull();
    expect((await access.signIn({ email, password, address: "192.0.2.8" })).outcome).toBe("refused");

    await database.client.member.update({ where: { id }, data: { disabledAt: now } });
    const disabled = await access.signIn({ email, password: change.next, address: "192.0.2.9" });
    expect(disabled).toEqual({ outcome: "refused" });
  });
});

describe("sign-in back-off", () => {
  beforeEach(async () => {
    await database.client.signInFailure.deleteMany();
  });
  const begin = (email: string, address: string) =>
    beginSignIn({ store: accessStore(database), clock }, { email, address });
  /** A wrong password: begun, counted and never taken back. */
  const guess = async (email: string, address: string) => {
    const attempt = await begin(email, address);
    return attempt.outcome === "slowed" ? attempt.retryAfter : 0;
  };
  const enter = async (email: string, address: string) => {
    const attempt = await begin(email, address);
    if (attempt.outcome === "begun") await attempt.succeed();
    return attempt.outcome;
  };
  const owner = "owner@example.com";

  test("the answer is the same for an unknown account and for a wrong password", async () => {
    const { email } = await aMember();
    const wrong = (who: string, address: string) =>
      access.signIn({ email: who, password: "guess guess guess", address });
    for (let round = 0; round < 7; round += 1) {
      const [known, unknown] = [
        await wrong(email, "192.0.2.10"),
        await wrong("no@example.com", "192.0.2.11"),
      ];
      expect(known).toEqual(unknown);
      expect(known.outcome).toBe(round < 6 ? "refused" : "slowed");
    }
  });

  test("a guesser waits twice as long each time, up to a quarter of an hour", async () => {
    const waits: number[] = [];
    while (waits.length < 14) {
      const wait = await guess(owner, "192.0.2.20");
      if (wait > 0) waits.push(wait);
      later(wait * 1_000);
    }
    expect(waits.slice(-3)).toEqual([900, 900, 900]);
    expect(waits.slice(0, 4)).toEqual([1, 2, 4, 8]);
  });

  test("fifty guesses at once get no more tries than one after another", async () => {
    const waits = await Promise.all(Array.from({ length: 50 }, () => guess(owner, "192.0.2.30")));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(6);
  });

  test("walking through an IPv6 network, or over many accounts, is no way round", async () => {
    let tries = 0;
    for (let place = 0; place < 40; place += 1) {
      if ((await guess(`spray${place}@example.com`, `2001:db8:1:2::${place.toString(16)}`)) === 0) tries += 1;
    }
    expect(tries).toBe(21);
  });

  test("strangers everywhere do not keep an owner out of the network they use", async () => {
    expect(await enter(owner, "198.51.100.7")).toBe("begun");
    for (let place = 0; place < 60; place += 1) await guess(owner, `203.0.113.${place}`);
    expect(await guess(owner, "203.0.113.200")).toBeGreaterThan(0);
    expect(await enter(owner, "198.51.100.7")).toBe("begun");
  });

  test("from an unknown network the owner waits half a minute at most once the strangers stop", async () => {
    for (let place = 0; place < 90; place += 1) later((await guess(owner, `203.0.113.${place}`)) * 1_000);
    later(30_000);
    expect(await enter(owner, "198.51.100.8")).toBe("begun");
  });

  test("one's own account is no way to reset the wait of one's network", async () => {
    const address = "192.0.2.40";
    expect(await enter("mine@example.com", address)).toBe("begun");
    for (let place = 0; place < 30; place += 1) await guess(`victim${place}@example.com`, address);
    expect(await enter("mine@example.com", address)).toBe("begun");
    expect(await guess("victim99@example.com", address)).toBeGreaterThan(0);
  });

  test("failures are forgotten after a day", async () => {
    for (let round = 0; round < 6; round += 1) await guess(owner, "192.0.2.50");
    expect(await guess(owner, "192.0.2.50")).toBe(1);
    later(24 * 60 * minute + 1);
    for (let round = 0; round < 6; round += 1) expect(await guess(owner, "192.0.2.50")).toBe(0);
  });
});

describe("keys", () => {
  const aKey = (more: object = {}) =>
    access.createKey({ merchantId: "m_keys", mode: "test", name: "Books", ...more }, by);

  test("a key is known by its hash alone, and says whose it is", async () => {
    const { id, key } = await aKey({ scopes: ["receipts:read"] });
    expect(key).toMatch(/^fbx_test_[A-Za-z0-9_-]{43}$/);
    expect(await access.authenticateKey(key)).toEqual({
      kind: "key",
      keyId: id,
      merchantId: "m_keys",
      mode: "test",
      scopes: ["receipts:read"],
    });
    const stored = JSON.stringify(await database.client.apiKey.findMany());
    expect(stored).not.toContain(key.slice(13));
    expect(JSON.stringify(await access.listKeys("m_keys"))).not.toContain("hash");
  });

  test("nothing else opens: altered, ended, expired, empty", async () => {
    const { id, key } = await aKey();
    const expiring = await aKey({ mode: "live", expiresAt: new Date(now.getTime() + minute) });
    expect(expiring.key).toMatch(/^fbx_live_/);
    expect(await access.authenticateKey(expiring.key)).not.toBeNull();
    later(minute);
    expect(await access.authenticateKey(expiring.key)).toBeNull();
    for (const text of [
      "",
      "fbx_test_",
      `${key}A`,
      key.toUpperCase(),
      key.replace("test", "live"),
      "\u0000",
    ]) {
      expect(await access.authenticateKey(text)).toBeNull();
    }
    expect((await problemOf(access.endKey({ id, merchantId: "m_other" }, by))).slug).toBe("not-found");
    expect(await access.authenticateKey(key)).not.toBeNull();
    await access.endKey({ id, merchantId: "m_keys" }, by);
    expect(await access.authenticateKey(key)).toBeNull();
  });

  test("the bootstrap key opens everything, and no empty key is one", async () => {
    expect(await access.authenticateKey(bootstrapKey)).toEqual({ kind: "bootstrap" });
    expect(await createAccess({ database, clock }).authenticateKey("")).toBeNull();
  });

  test("scopes that do not exist are named", async () => {
    const fault = await problemOf(aKey({ scopes: ["receipts:read", "money:make"] }));
    expect(fault.extras.errors?.[0]?.message).toContain("money:make");
  });
});

describe("audit", () => {
  const act = "config.changed";
  let other: Database;
  let chain: Access;
  const spoil = async (statement: string) => {
    await other.pool.query(
      `alter table audit_entry disable trigger user; ${statement}; alter table audit_entry enable trigger user`,
    );
  };
  const append = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, place) =>
        chain.audit.append(null, {
          merchantId: `m_${place % 2}`,
          actor: "system",
          act,
          object: `thing:${place}`,
          before: { name: "old", settings: { macaroon: "canary-1", url: "https://a", $secret: "canary-2" } },
          after: { place, price: "0.01", when: now, units: 5n, nested: [{ apiKey: "canary-3" }] },
        }),
      ),
    );
  beforeEach(async () => {
    other = openDatabase({ url: await testDatabase() });
    chain = createAccess({ database: other, clock });
    await append(12);
    return () => other.close();
  });

  test("entries written at once form one chain that verifies, without secrets", async () => {
    expect(await chain.audit.verify()).toEqual({ ok: true, checked: 12 });
    const entries = await chain.audit.list({ limit: 100 });
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 12 }, (_, at) => 12n - BigInt(at)));
    const text = JSON.stringify(entries, (_name, value) => (typeof value === "bigint" ? `${value}` : value));
    expect(text).not.toContain("canary");
    expect(text).toContain("https://a");
    const own = await chain.audit.list({ merchantId: "m_1", before: 10n, limit: 3 });
    expect(own.every(({ merchantId, seq }) => merchantId === "m_1" && seq < 10n)).toBe(true);
  });

  test.each([
    ["edited", "update audit_entry set actor = 'member:x' where seq = 5", 5n, "altered"],
    ["edited inside", `update audit_entry set after = '{"place": 99}' where seq = 7`, 7n, "altered"],
    ["removed", "delete from audit_entry where seq = 5", 5n, "missing"],
    ["removed at the start", "delete from audit_entry where seq = 1", 1n, "missing"],
    ["cut off", "delete from audit_entry where seq > 9", 10n, "missing"],
    [
      "put elsewhere",
      "update audit_entry set seq = 100 where seq = 3; update audit_entry set seq = 3 where seq = 4; update audit_entry set seq = 4 where seq = 100",
      3n,
      "altered",
    ],
  ])("an entry that was %s is found and named", async (_what, statement, firstBad, reason) => {
    await spoil(statement);
    expect(await chain.audit.verify()).toMatchObject({ ok: false, firstBad, reason });
  });

  test("the database refuses to change an entry", async () => {
    await expect(other.pool.query("update audit_entry set actor = 'x'")).rejects.toThrow("append-only");
    await expect(other.pool.query("truncate audit_entry")).rejects.toThrow("append-only");
  });

  test("odd text is kept, and what is rolled back leaves no gap", async () => {
    const odd = "a\u0000b\ud800c";
    await chain.audit.append(null, {
      actor: "system",
      act,
      object: odd,
      before: { [odd]: odd, "1": 1, b: 2, a: 1e21 },
    });
    const store = accessStore(other);
    await expect(
      store.transaction(async (tx) => {
        await tx.readHead({ lock: true });
        await tx.moveHead(500n, Buffer.alloc(32));
        throw new Error("rolled back");
      }),
    ).rejects.toThrow("rolled back");
    await append(1);
    await other.transaction((tx) => chain.audit.append(tx, { actor: "system", act, object: "together" }));
    expect(await chain.audit.verify()).toEqual({ ok: true, checked: 15 });
  });
});
