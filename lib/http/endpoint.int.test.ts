import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Access, createAccess, type MemberWho } from "@/lib/access";
import { type Database, openDatabase } from "@/lib/db";
import { testDatabase } from "@/lib/testing/database";
import { actionsOn } from "./action";
import type { DoorRuntime } from "./context";
import { endpointsOn } from "./endpoint";
import { writeCursor } from "./page";
import { listAudit } from "./records/audit";
import { PageQuery } from "./records/query";

const origin = "https://pay.example.com";
const bootstrapKey = "bootstrap-key-of-the-whole-installation";
const sessionSecret = "5".repeat(64);
const password = "a long enough phrase";
const by = { actor: "system" };
const merchants = ["acme", "other"].map((slug) => ({
  merchant: { id: `m_${slug}`, slug, name: slug, currency: "USD", timeZone: "UTC", isDemo: false },
}));
const snapshot = {
  findMerchant: (slug: string) => merchants.find(({ merchant }) => merchant.slug === slug) ?? null,
  findMerchantById: (id: string) => merchants.find(({ merchant }) => merchant.id === id) ?? null,
};

let database: Database;
let access: Access;
let runtime: DoorRuntime;
let logged: string[] = [];
const open = async () => runtime;
const { endpoint, openEndpoint } = endpointsOn(open);

beforeAll(async () => {
  database = openDatabase({ url: await testDatabase() });
  access = createAccess({ database, clock: { now: () => new Date() }, bootstrapKey });
  runtime = {
    env: { publicOrigin: origin },
    sessionSecret,
    access,
    catalog: { snapshot: async () => snapshot },
    log: (_level, event, facts) => logged.push(`${event} ${facts?.error ?? ""}`),
  };
});
afterAll(() => database.close());
beforeEach(() => {
  logged = [];
});

const read = endpoint({
  scope: "receipts:read",
  query: z.strictObject({ q: z.string().max(5).optional() }),
  run: ({ merchant, mode, query, who }) =>
    Response.json({ merchant: merchant.slug, mode, query, who: who.kind }),
});
const write = endpoint({
  scope: "refunds:write",
  body: z.strictObject({ receiptId: z.string() }),
  async run({ body, key, audit, merchant }) {
    await audit("refund.requested", `receipt:${body.receiptId}`, { after: { password: "canary" } });
    return Response.json({ ...body, key, merchant: merchant.slug }, { status: 202 });
  },
});
const faulty = endpoint({
  scope: "receipts:read",
  run() {
    throw new Error("select * from secrets");
  },
});

const ask = async (handler: typeof read, path: string, init: RequestInit = {}) => {
  // Next hands an address without parameters a promise of nothing.
  const answer = await handler(new Request(`${origin}${path}`, init), { params: Promise.resolve(undefined) });
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
};
const bearer = (key: string, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${key}`,
  ...more,
});
const keyFor = async (slug: string, more: object = {}) =>
  (await access.createKey({ merchantId: `m_${slug}`, mode: "test", name: "k", ...more }, by)).key;

let people = 0;
const cookieFor = async (role: "owner" | "viewer") => {
  people += 1;
  const email = `member${people}@example.com`;
  const memberships = [{ merchantId: "m_acme", role }];
  const member = await access.createMember({ email, password, memberships }, by);
  const token = await encode({ token: { sub: member.id, version: 1 }, secret: sessionSecret });
  return { member, cookie: `other=1; __Host-farebox.session=${token}` };
};

describe("who asks", () => {
  test("a merchant's key stands for that merchant, in its mode", async () => {
    const key = await keyFor("acme");
    const { status, headers, body } = await ask(read, "/r?q=abc", { headers: bearer(key) });
    expect({ status, body }).toEqual({
      status: 200,
      body: { merchant: "acme", mode: "test", query: { q: "abc" }, who: "key" },
    });
    expect(headers.get("x-request-id")).toMatch(/^rq_/);
    expect(headers.get("cache-control")).toBe("private, no-store");
    expect(headers.get("ratelimit-policy")).toBe('"default";q=600;w=60');
    expect(headers.get("ratelimit")).toMatch(/^"default";r=\d+;t=\d+$/);
  });

  test("another merchant and one that does not exist are refused in the same words", async () => {
    const key = await keyFor("acme");
    const [foreign, missing] = await Promise.all(
      ["other", "nobody"].map((slug) => ask(read, `/r?merchant=${slug}`, { headers: bearer(key) })),
    );
    expect([foreign?.status, missing?.status]).toEqual([404, 404]);
    expect(foreign?.body.detail.replace("other", "nobody")).toBe(missing?.body.detail);
  });

  test("a key of one mode asking for the other is refused", async () => {
    const { status, body } = await ask(read, "/r?mode=live", { headers: bearer(await keyFor("acme")) });
    expect({ status, code: body.code }).toEqual({ status: 403, code: "forbidden" });
    expect(body.detail).toContain("live");
  });

  test("the bootstrap key names the merchant", async () => {
    const headers = bearer(bootstrapKey);
    expect((await ask(read, "/r?merchant=other", { headers })).body).toMatchObject({
      merchant: "other",
      mode: null,
    });
    const unnamed = await ask(read, "/r", { headers });
    expect({ status: unnamed.status, path: unnamed.body.errors[0].path }).toEqual({
      status: 422,
      path: "merchant",
    });
    expect((await ask(read, "/r?merchant=nobody", { headers })).status).toBe(404);
  });

  test.each([
    {},
    { authorization: "Bearer" },
    { authorization: "Basic abc" },
    { authorization: "Bearer fbx_test_unknown" },
    { authorization: `Bearer ${bootstrapKey}x` },
    { cookie: "__Host-farebox.session=junk" },
  ])("nobody with %j", async (headers) => {
    const answer = await ask(read, "/r?merchant=acme", { headers: headers as Record<string, string> });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    expect(answer.body).toMatchObject({
      code: "unauthenticated",
      instance: "/r",
      requestId: expect.any(String),
    });
  });

  test("a scope that is missing is named", async () => {
    const key = await keyFor("acme", { scopes: ["receipts:read"] });
    const { status, body } = await ask(write, "/w", { method: "POST", headers: bearer(key), body: "{}" });
    expect({ status, detail: body.detail }).toEqual({
      status: 403,
      detail: expect.stringContaining("refunds:write"),
    });
  });

  test("an open endpoint without a merchant is for the whole installation's key only", async () => {
    const run = ({ merchant, named }: { merchant: { slug: string } | null; named: string | null }) =>
      Response.json({ merchant: merchant?.slug ?? null, named });
    const open = openEndpoint({ scope: "config:write", run });
    const making = openEndpoint({ scope: "config:write", mayBeNew: true, run });
    const own = { headers: bearer(bootstrapKey) };
    expect((await ask(open, "/c", own)).body).toEqual({ merchant: null, named: null });
    expect((await ask(open, "/c?merchant=acme", own)).body).toEqual({ merchant: "acme", named: "acme" });
    expect((await ask(open, "/c?merchant=new", own)).status).toBe(404);
    expect((await ask(making, "/c?merchant=new", own)).body).toEqual({ merchant: null, named: "new" });
    const { cookie } = await cookieFor("owner");
    const key = await keyFor("acme", { scopes: ["config:write"] });
    for (const headers of [{ cookie }, bearer(key)] as Record<string, string>[]) {
      expect((await ask(making, "/c?merchant=new", { headers })).status).toBe(404);
      expect((await ask(making, "/c?merchant=other", { headers })).status).toBe(404);
    }
    expect((await ask(open, "/c", { headers: { cookie } })).status).toBe(403);
    expect((await ask(open, "/c", { headers: bearer(key) })).body.merchant).toBe("acme");
  });
});

describe("a session", () => {
  test("reads from our own pages and writes only from them", async () => {
    const { cookie } = await cookieFor("owner");
    const own = { cookie, "sec-fetch-site": "same-origin" };
    expect((await ask(read, "/r?merchant=acme", { headers: own })).body.who).toBe("member");
    expect((await ask(read, "/r?merchant=other", { headers: own })).status).toBe(404);
    const body = JSON.stringify({ receiptId: "rc_1" });
    for (const headers of [
      { cookie },
      { cookie, origin: "null" },
      { cookie, origin: "https://a.pay.example.com" },
      { cookie, origin: "https://evil.example", "content-type": "text/plain" },
    ]) {
      const answer = await ask(write, "/w?merchant=acme", { method: "POST", headers, body });
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: "cross-site" });
    }
    const cross = { cookie, "sec-fetch-site": "cross-site" };
    expect((await ask(read, "/r?merchant=acme", { headers: cross })).status).toBe(403);
    const written = await ask(write, "/w?merchant=acme", {
      method: "POST",
      headers: { cookie, origin },
      body,
    });
    expect(written.status).toBe(202);
  });

  test("is worth nothing once it was ended, and nothing beyond its role", async () => {
    const { member, cookie } = await cookieFor("viewer");
    const headers = { cookie, origin };
    const body = JSON.stringify({ receiptId: "rc_1" });
    expect((await ask(write, "/w?merchant=acme", { method: "POST", headers, body })).status).toBe(403);
    expect((await ask(read, "/r?merchant=acme", { headers })).status).toBe(200);
    await access.endSessions(member.id, by);
    expect((await ask(read, "/r?merchant=acme", { headers })).status).toBe(401);
  });

  test("signed with another secret is none", async () => {
    const { member } = await cookieFor("owner");
    const token = await encode({ token: { sub: member.id, version: 1 }, secret: "6".repeat(64) });
    const headers = { cookie: `__Host-farebox.session=${token}` };
    expect((await ask(read, "/r?merchant=acme", { headers })).status).toBe(401);
  });
});

describe("what was sent", () => {
  const send = async (body: string, headers: Record<string, string> = {}) =>
    await ask(write, "/w", { method: "POST", headers: bearer(await keyFor("acme"), headers), body });

  test("reaches the handler parsed, with its key, and is on the audit without secrets", async () => {
    const answer = await send('{"receiptId":"rc_1"}', {
      "idempotency-key": "order 7",
      "x-forwarded-for": "2001:db8::1",
    });
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 202,
      body: { receiptId: "rc_1", key: "order 7", merchant: "acme" },
    });
    const [entry] = await access.audit.list({ merchantId: "m_acme", limit: 1 });
    expect(entry).toMatchObject({
      act: "refund.requested",
      object: "receipt:rc_1",
      after: { password: "•••" },
      network: "2001:db8:0:0::/64",
      requestId: answer.headers.get("x-request-id"),
      actor: expect.stringMatching(/^key:/),
    });
  });

  test.each([
    ["{", {}, 400, "bad-request"],
    ["", {}, 400, "bad-request"],
    ["[]", {}, 422, "unprocessable"],
    ['{"receiptId":"rc_1","merchantId":"m_other"}', {}, 422, "unprocessable"],
    ['{"receiptId":1}', {}, 422, "unprocessable"],
    [`{"receiptId":"${"x".repeat(1024 * 1024)}"}`, {}, 413, "body-too-large"],
    ['{"receiptId":"rc_1"}', { "idempotency-key": "" }, 400, "bad-request"],
    ['{"receiptId":"rc_1"}', { "idempotency-key": "k".repeat(256) }, 400, "bad-request"],
  ])("%.40s… with %j is %i %s", async (body, headers, status, code) => {
    const answer = await send(body, headers as Record<string, string>);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  });

  test.each(["/r?foo=1", "/r?q=a&q=b", "/r?q=toolong", "/r?mode=prod"])(
    "%s is refused by name",
    async (path) => {
      const answer = await ask(read, path, { headers: bearer(await keyFor("acme")) });
      expect(answer.status).toBe(422);
      expect(answer.body.errors[0]).toMatchObject({
        path: expect.any(String),
        pointer: expect.stringMatching(/^\//),
      });
    },
  );
});

test("a fault says nothing but its request id, and is in the log", async () => {
  const { status, headers, body } = await ask(faulty, "/f", { headers: bearer(await keyFor("acme")) });
  expect({ status, code: body.code, requestId: body.requestId }).toEqual({
    status: 500,
    code: "server-fault",
    requestId: headers.get("x-request-id"),
  });
  expect(JSON.stringify(body)).not.toContain("select");
  expect(logged.join()).toContain("select * from secrets");
});

test("the 601st call of a minute waits", async () => {
  const headers = bearer(await keyFor("acme"));
  const answers = await Promise.all(Array.from({ length: 600 }, () => ask(read, "/r", { headers })));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  const last = await ask(read, "/r", { headers });
  expect(last.status).toBe(429);
  expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(last.headers.get("ratelimit")).toMatch(/r=0/);
  expect((await ask(read, "/r", { headers: bearer(await keyFor("acme")) })).status).toBe(200);
});

test("the audit is read page by page, newest first, of one merchant or of all", async () => {
  const audit = openEndpoint({ scope: "audit:read", query: PageQuery, run: listAudit });
  for (const merchantId of ["m_other", "m_acme", "m_other", "m_other"]) {
    await access.audit.append(null, { merchantId, actor: "system", act: "thing.changed", object: "thing" });
  }
  const seen: number[] = [];
  let cursor = "";
  do {
    const path = `/a?merchant=other&limit=2${cursor && `&cursor=${cursor}`}`;
    const { body } = await ask(audit, path, { headers: bearer(bootstrapKey) });
    seen.push(...body.data.map(({ seq }: { seq: number }) => seq));
    cursor = body.nextCursor ?? "";
  } while (cursor);
  expect(seen.length).toBeGreaterThanOrEqual(3);
  expect(seen).toEqual([...seen].sort((a, b) => b - a));
  expect(new Set(seen).size).toBe(seen.length);

  const whole = await ask(audit, "/a?limit=200", { headers: bearer(bootstrapKey) });
  expect(whole.body.data.length).toBeGreaterThan(seen.length);
  expect(whole.body.data[0]).toMatchObject({
    act: "thing.changed",
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const odd = writeCursor("x");
  expect((await ask(audit, `/a?cursor=${odd}`, { headers: bearer(bootstrapKey) })).status).toBe(400);
});

describe("a server action", () => {
  const passed = new Error("redirect");
  const actAs = (member: MemberWho | null, headers: Record<string, string> = { origin }) =>
    actionsOn(open, {
      headers: async () => new Headers(headers),
      member: async () => member,
      rethrow(error) {
        if (error === passed) throw error;
      },
    });
  const who = (role: "owner" | "viewer"): MemberWho => ({
    kind: "member",
    memberId: "mb_1",
    email: "p@example.com",
    name: null,
    isOperator: false,
    memberships: [{ merchantId: "m_acme", role }],
  });
  const spec = {
    scope: "config:write",
    form: z.strictObject({
      title: z.string().min(1, "Give it a title."),
      tags: z.array(z.string()).optional(),
    }),
    run: async ({ form, merchant }: { form: { title: string }; merchant: { slug: string } }) => ({
      saved: `${merchant.slug}/${form.title}`,
    }),
  } as const;
  const formOf = (fields: [string, string][]) => {
    const form = new FormData();
    for (const [name, value] of fields) form.append(name, value);
    return form;
  };

  test("takes a form, alone or after an earlier result", async () => {
    const save = actAs(who("owner"))(spec);
    const form = formOf([
      ["merchant", "acme"],
      ["title", "Weather"],
      ["tags", "a"],
      ["tags", "b"],
      ["$ACTION_ID", "x"],
    ]);
    expect(await save(form)).toEqual({ ok: true, saved: "acme/Weather" });
    expect(await save({ ok: false }, form)).toEqual({ ok: true, saved: "acme/Weather" });
    expect(await save({ merchant: "acme", title: "Plain" })).toEqual({ ok: true, saved: "acme/Plain" });
  });

  test.each([
    [
      who("owner"),
      { origin },
      [
        ["merchant", "acme"],
        ["title", ""],
      ],
      "unprocessable",
    ],
    [
      who("owner"),
      { origin },
      [
        ["merchant", "acme"],
        ["title", "x"],
        ["role", "owner"],
      ],
      "unprocessable",
    ],
    [who("owner"), { origin }, [["title", "x"]], "unprocessable"],
    [
      who("owner"),
      { origin },
      [
        ["merchant", "other"],
        ["title", "x"],
      ],
      "not-found",
    ],
    [
      who("viewer"),
      { origin },
      [
        ["merchant", "acme"],
        ["title", "x"],
      ],
      "forbidden",
    ],
    [
      null,
      { origin },
      [
        ["merchant", "acme"],
        ["title", "x"],
      ],
      "unauthenticated",
    ],
    [
      who("owner"),
      {},
      [
        ["merchant", "acme"],
        ["title", "x"],
      ],
      "cross-site",
    ],
    [
      who("owner"),
      { origin: "https://evil.example" },
      [
        ["merchant", "acme"],
        ["title", "x"],
      ],
      "cross-site",
    ],
  ] as const)("refuses as a value (%#)", async (member, headers, fields, code) => {
    const form = formOf(fields.map(([name, value]) => [name, value]));
    const result = await actAs(member, headers as Record<string, string>)(spec)(form);
    expect(result).toMatchObject({ ok: false, problem: { code, requestId: expect.stringMatching(/^rq_/) } });
  });

  test("keeps a fault to itself and lets Next's own signals through", async () => {
    const act = actAs(who("owner"));
    const form = z.strictObject({});
    const run = async (): Promise<object> => {
      throw new Error("select * from secrets");
    };
    const result = await act({ scope: "config:write", form, run })({ merchant: "acme" });
    expect(JSON.stringify(result)).not.toContain("select");
    expect(result).toMatchObject({ ok: false, problem: { code: "server-fault" } });
    const redirecting = act({
      scope: "config:write",
      form,
      run: async (): Promise<object> => Promise.reject(passed),
    });
    await expect(redirecting({ merchant: "acme" })).rejects.toBe(passed);
  });
});
