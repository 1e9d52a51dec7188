import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Problem } from "@/lib/problems";
import { parse, pointerOf, withPointers } from "./faults";
import { ownPath } from "./own-path";
import { readCursor, writeCursor } from "./page";
import { createRateLimit } from "./rate-limit";
import { readJson } from "./read-body";
import { isOwnOrigin, refuseCrossSite } from "./same-origin";

const problemOf = (work: () => unknown): Problem => {
  try {
    work();
  } catch (error) {
    if (Problem.is(error)) return error;
  }
  throw new Error("expected a problem");
};

describe("where somebody is sent after signing in", () => {
  test.each([
    ["/m/acme/receipts?mode=test&q=a%20b#top", "/m/acme/receipts?mode=test&q=a%20b#top"],
    ["/", "/"],
    ["//evil.example", null],
    ["/\\evil.example", null],
    ["/\t/evil.example", null],
    ["/.//evil.example", null],
    ["/..//evil.example", null],
    ["\\/evil.example", null],
    ["https://evil.example/", null],
    ["javascript:alert(1)", null],
    [" /m", null],
    ["", null],
    ["m/acme", null],
    [`/${"a".repeat(3_000)}`, null],
    [undefined, null],
    [["/m"], null],
  ])("%j leads to %j", (text, path) => expect(ownPath(text)).toBe(path));

  test("no text leads to another host", () => {
    const piece = fc.constantFrom(
      "/",
      "\\",
      ".",
      "\t",
      "\n",
      "@",
      ":",
      "evil.example",
      "https",
      "?",
      "#",
      "%2f",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = ownPath(`/${pieces.join("")}`);
        if (path !== null) expect(new URL(path, "https://own.example").host).toBe("own.example");
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("writes from a browser", () => {
  const origin = "https://pay.example.com";
  const asked = (method: string, headers: Record<string, string>) => ({
    method,
    headers: new Headers(headers),
  });

  test.each([
    {},
    { origin: "null" },
    { origin: "https://evil.example" },
    { origin: "https://shop.pay.example.com" },
    { origin: "http://pay.example.com" },
    { origin: "https://pay.example.com:8443" },
    { origin: "https://pay.example.com/" },
  ])("are refused with %j", (headers) => {
    expect(
      problemOf(() => refuseCrossSite(asked("POST", headers as Record<string, string>), origin)).status,
    ).toBe(403);
  });

  test("are taken from our own pages, and reads too", () => {
    expect(() => refuseCrossSite(asked("PUT", { origin }), origin)).not.toThrow();
    expect(() => refuseCrossSite(asked("GET", { "sec-fetch-site": "same-origin" }), origin)).not.toThrow();
    expect(
      problemOf(() => refuseCrossSite(asked("GET", { "sec-fetch-site": "same-site" }), origin)).slug,
    ).toBe("cross-site");
  });

  test("on a loopback installation its names are one place, with one port", () => {
    expect(isOwnOrigin("http://127.0.0.1:3000", "http://localhost:3000")).toBe(true);
    expect(isOwnOrigin("http://[::1]:3000", "http://localhost:3000")).toBe(true);
    expect(isOwnOrigin("http://127.0.0.1:4000", "http://localhost:3000")).toBe(false);
    expect(isOwnOrigin("http://127.0.0.1:3000", "http://pay.example.com:3000")).toBe(false);
  });
});

describe("what is wrong with a document", () => {
  const Document = z.strictObject({
    services: z.array(z.strictObject({ price: z.string(), headers: z.record(z.string(), z.string()) })),
  });

  test("is said all at once, by path and by pointer", () => {
    const sent = {
      services: [
        { price: 1, headers: {} },
        { price: "1", headers: { "x.a/b": 2 }, role: "owner" },
      ],
      slug: "x",
    };
    const fault = withPointers(problemOf(() => parse(Document, sent)));
    expect(fault instanceof Problem && fault.extras.errors).toEqual([
      expect.objectContaining({ path: "services[0].price", pointer: "/services/0/price" }),
      expect.objectContaining({
        path: 'services[1].headers["x.a/b"]',
        pointer: "/services/1/headers/x.a~1b",
      }),
      { path: "services[1].role", message: "There is no field of this name.", pointer: "/services/1/role" },
      { path: "slug", message: "There is no field of this name.", pointer: "/slug" },
    ]);
  });

  test("the whole document is the empty pointer", () => expect(pointerOf("")).toBe(""));

  test("a prototype is no field", () => {
    const sent = JSON.parse('{"services":[],"__proto__":{"role":"owner"}}');
    expect(problemOf(() => parse(Document, sent)).extras.errors).toHaveLength(1);
  });
});

describe("bodies", () => {
  const send = (body: BodyInit, bytesMax = 100) =>
    readJson(new Request("http://own/", { method: "POST", body }), bytesMax).then(
      (value) => ({ value }),
      (error: unknown) => ({ slug: Problem.is(error) ? error.slug : "fault" }),
    );

  test("are JSON in UTF-8, up to the cap and not a byte more", async () => {
    expect(await send('\uFEFF{"a":1}')).toEqual({ value: { a: 1 } });
    expect(await send(`"${"x".repeat(98)}"`)).toMatchObject({ value: expect.any(String) });
    expect(await send(`"${"x".repeat(99)}"`)).toEqual({ slug: "body-too-large" });
    for (const body of ["", " ", "{", "{'a':1}", "NaN", '{"a":1}}']) {
      expect(await send(body)).toEqual({ slug: "bad-request" });
    }
    expect(await send(Uint8Array.of(0x22, 0xff, 0x22))).toEqual({ slug: "bad-request" });
  });

  test("of no declared length are read no further than the cap", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(64).fill(0x20));
      },
    });
    const request = new Request("http://own/", {
      method: "POST",
      body: endless,
      duplex: "half",
    } as RequestInit);
    await expect(readJson(request, 1_000)).rejects.toThrow("at most");
    expect(sent).toBeLessThan(40);
  });
});

test("a cursor reads back as the position it stands for, and nothing else is one", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (position) => {
      expect(readCursor(writeCursor(position))).toBe(position);
    }),
  );
  for (const cursor of ["", "1:5", "AAAA", "MTo=x", Buffer.from("2:5").toString("base64url")]) {
    expect(problemOf(() => readCursor(cursor)).slug).toBe("bad-request");
  }
});

describe("the rate limit", () => {
  let now = 0;
  const limit = createRateLimit({ now: () => new Date(now) });

  test("lets 600 calls a minute through and says how many are left", () => {
    expect(limit.take("a")).toEqual({
      "ratelimit-policy": '"default";q=600;w=60',
      ratelimit: '"default";r=599;t=60',
    });
    for (let call = 1; call < 600; call += 1) limit.take("a");
    now = 20_000;
    const refused = problemOf(() => limit.take("a"));
    expect(refused.extras).toMatchObject({ retryAfter: 40, headers: { ratelimit: '"default";r=0;t=40' } });
    expect(limit.take("b").ratelimit).toBe('"default";r=599;t=60');
    now = 60_000;
    expect(limit.take("a").ratelimit).toBe('"default";r=599;t=60');
  });
});
