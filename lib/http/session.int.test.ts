import NextAuth from "next-auth";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Access, createAccess } from "@/lib/access";
import { type Database, openDatabase } from "@/lib/db";
import { testDatabase } from "@/lib/testing/database";
import { memberOfToken, sessionOptions } from "./session";

const origin = "https://pay.example.com";
const sessionSecret = "5".repeat(64);
const password = "a long enough phrase";
const email = "owner@example.com";

let database: Database;
let access: Access;
let memberId: string;
const logged: string[] = [];

beforeAll(async () => {
  vi.stubEnv("NEXTAUTH_URL", origin);
  database = openDatabase({ url: await testDatabase() });
  access = createAccess({ database, clock: { now: () => new Date() } });
  memberId = (await access.createMember({ email, password, isOperator: true }, { actor: "system" })).id;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.close();
});

type Answer = { status: number; redirect: string | null; cookies: string[]; body: unknown };
const runtime = () => ({
  access,
  sessionSecret,
  env: { publicOrigin: origin },
  log: (_level: string, event: string, facts: object = {}) =>
    void logged.push(`${event} ${JSON.stringify(facts)}`),
});
/** next-auth by its older door, which takes plain objects and needs no Next around it. */
async function call(
  path: string,
  body?: Record<string, string>,
  cookies: Record<string, string> = {},
  from = "192.0.2.1",
): Promise<Answer> {
  const answer: Answer = { status: 200, redirect: null, cookies: [], body: null };
  const request = {
    method: body ? "POST" : "GET",
    query: { nextauth: path.split("/") },
    headers: { "x-forwarded-for": from, "x-forwarded-host": "evil.example", host: "evil.example" },
    cookies,
    body,
  };
  const response = {
    status(code: number) {
      answer.status = code;
      return response;
    },
    setHeader(name: string, value: string | string[]) {
      if (name === "Location") answer.redirect = String(value);
      if (name === "Set-Cookie") answer.cookies = [value].flat();
      return response;
    },
    getHeader: (name: string) => (name === "Set-Cookie" ? answer.cookies : undefined),
    json(value: unknown) {
      answer.body = value;
    },
    send(value: unknown) {
      answer.body = value;
    },
    end: () => undefined,
  };
  await NextAuth(request as never, response as never, sessionOptions(runtime()));
  return answer;
}
const cookiesOf = ({ cookies }: Answer): Record<string, string> =>
  Object.fromEntries(
    cookies.map((line) => {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))];
    }),
  );

async function signIn(fields: Record<string, string>, from?: string) {
  const csrf = await call("csrf");
  const { csrfToken } = csrf.body as { csrfToken: string };
  const answer = await call("callback/credentials", { csrfToken, ...fields }, cookiesOf(csrf), from);
  return { answer, cookies: { ...cookiesOf(csrf), ...cookiesOf(answer) }, csrfToken };
}
const errorOf = (answer: Answer) => new URL(answer.redirect ?? "").searchParams.get("error");
const session = "__Host-farebox.session";

describe("signing in", () => {
  test("sets a cookie that only this host over TLS can set, and that scripts cannot read", async () => {
    const { answer, cookies } = await signIn({ email, password, callbackUrl: "/m/acme/receipts?mode=test" });
    expect(answer.redirect).toBe(`${origin}/m/acme/receipts?mode=test`);
    const cookie = answer.cookies.find((line) => line.startsWith(`${session}=`)) ?? "";
    for (const flag of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"])
      expect(cookie).toContain(`; ${flag}`);
    expect(cookie).not.toContain("Domain");
    expect(await memberOfToken(runtime(), cookies[session])).toMatchObject({ memberId, isOperator: true });
    expect(cookie).not.toContain(email);
  });

  test("gives another session each time", async () => {
    const [first, second] = [await signIn({ email, password }), await signIn({ email, password })];
    expect(first.cookies[session]).not.toBe(second.cookies[session]);
  });

  test.each([
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    `${origin}.evil.example/`,
    `${origin}@evil.example/`,
  ])("leads to our own pages whatever was asked for: %s", async (callbackUrl) => {
    const { answer } = await signIn({ email, password, callbackUrl });
    expect(answer.redirect).toBe(`${origin}/`);
  });

  test("is refused in one word, without a token of ours, and slowed in the end", async () => {
    const from = "203.0.113.9";
    const none = await call("callback/credentials", { email, password });
    expect(cookiesOf(none)).not.toHaveProperty(session);
    for (const fields of [
      { email, password: "wrong wrong wrong" },
      { email: "no@example.com", password },
      {},
    ]) {
      const { answer, cookies } = await signIn(fields as Record<string, string>, from);
      expect(errorOf(answer)).toBe("refused");
      expect(cookies).not.toHaveProperty(session);
    }
    let last = "";
    for (let guess = 0; guess < 8; guess += 1) {
      last = errorOf((await signIn({ email, password: "wrong wrong wrong" }, from)).answer) ?? "";
    }
    expect(last).toMatch(/^slowed:\d+$/);
  });

  test("says nothing of a fault but that there was one", async () => {
    const broken = { ...access, signIn: () => Promise.reject(new Error("relation member at 10.0.0.5")) };
    const kept = access;
    access = broken;
    const { answer } = await signIn({ email, password });
    access = kept;
    expect(errorOf(answer)).toBe("failed");
    expect(JSON.stringify(answer)).not.toContain("10.0.0.5");
    expect(logged.join()).toContain("10.0.0.5");
  });
});

describe("a session", () => {
  test("says nothing about the member, and ends everywhere when it is signed out", async () => {
    const one = await signIn({ email, password });
    const other = await signIn({ email, password });
    const seen = await call("session", undefined, one.cookies);
    expect(Object.keys(seen.body as object)).toEqual(["expires"]);

    await call("signout", { csrfToken: one.csrfToken }, one.cookies);
    for (const { cookies } of [one, other]) {
      expect(await memberOfToken(runtime(), cookies[session])).toBeNull();
      const ended = await call("session", undefined, cookies);
      expect(ended.body).toEqual({});
      expect(cookiesOf(ended)[session]).toBe("");
    }
    const again = await signIn({ email, password });
    await call("signout", { csrfToken: one.csrfToken }, one.cookies);
    expect(await memberOfToken(runtime(), again.cookies[session])).not.toBeNull();
  });

  test.each([undefined, "", "junk", "a.b.c.d.e"])("is not %j", async (token) => {
    expect(await memberOfToken(runtime(), token)).toBeNull();
  });

  test("over plain HTTP has a cookie without the prefix", () => {
    const plain = { ...runtime(), env: { publicOrigin: "http://localhost:3000" } };
    expect(sessionOptions(plain).cookies?.sessionToken).toMatchObject({
      name: "farebox.session",
      options: { secure: false },
    });
  });
});
