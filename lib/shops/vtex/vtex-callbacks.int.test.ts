import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createGuardedFetch } from "@/lib/net";
import { creating, fresh, gatewayOf } from "@/lib/testing/vtex-gateway";
import { createVtexWorld, secrets, type VtexWorld } from "@/lib/testing/vtex-world";

let v: VtexWorld;
const gateway = gatewayOf(() => v);
const { create, callbacksOf, paySlip, pass } = gateway;

beforeAll(async () => {
  v = await createVtexWorld();
});
afterAll(() => v.close());

describe("a callback", () => {
  const paid = async (facts = {}) => {
    const body = creating({ paymentMethod: "Pix", ...facts });
    await create(body);
    await paySlip(body);
    return body;
  };
  afterEach(() => {
    v.receiver.answer = async () => new Response(null, { status: 204 });
  });

  test("that is redirected, hangs, resolves inside or fails is sent again, with the status of then", async () => {
    const inside = createGuardedFetch({ allowPrivateNetworks: [], resolve: async () => ["10.0.0.1"] });
    const answers = [
      async () => new Response(null, { status: 302, headers: { location: "http://10.0.0.1/" } }),
      async () => Promise.reject(new Error("It did not answer in time.")),
      () => inside.fetch("https://shop.test/callback", { method: "POST" }),
      async () => new Response(null, { status: 500 }),
    ];
    v.receiver.answer = () => (answers.shift() ?? (async () => new Response(null, { status: 200 })))();
    const body = await paid();
    for (const seconds of [3, 2, 3, 5, 9, 20, 40]) await pass(seconds * 1_000);
    const sent = callbacksOf(body);
    expect(sent).toHaveLength(5);
    expect(sent.map((callback) => callback.body?.status)).toEqual(Array(5).fill("approved"));
  });

  test("outlives a receiver that is down for a day", async () => {
    v.receiver.answer = async () => new Response(null, { status: 503 });
    const body = await paid();
    for (const seconds of [3, 2, 3, 5, 9, 21_600, 21_600, 21_600, 18_000]) await pass(seconds * 1_000);
    v.receiver.answer = async () => new Response(null, { status: 200 });
    const before = callbacksOf(body).length;
    expect(before).toBeGreaterThan(5);
    await pass(1_800_000);
    expect(callbacksOf(body)).toHaveLength(before + 1);
    await pass(1_800_000);
    expect(callbacksOf(body)).toHaveLength(before + 1);
  });

  test("to a retry address has no body, and VTEX asks again by itself", async () => {
    const body = await paid({
      callbackUrl: `https://shop.test/payments/${fresh("P")}/retry?X-VTEX-signature=1`,
    });
    await pass(3_000);
    expect(callbacksOf(body).map((callback) => callback.body)).toEqual([null]);
  });

  test("goes to hosts of VTEX and of the merchant's list only", async () => {
    for (const callbackUrl of [
      "https://evil.test/callback",
      "https://10.0.0.1/callback",
      "https://myvtex.com.evil.test/",
      "https://user@acme.myvtex.com/",
      "ftp://acme.myvtex.com/",
      "javascript:alert(1)",
      "//acme.myvtex.com/",
    ])
      expect(await create(creating({ callbackUrl }))).toMatchObject({
        status: 400,
        body: { code: "callback_not_allowed" },
      });
    const ours = creating({ callbackUrl: "https://acme.myvtex.com/_v/api?X-VTEX-signature=1" });
    expect((await create(ours)).status).toBe(200);
  });

  test("is found again under another secret", async () => {
    const body = creating({ paymentMethod: "Pix" });
    await create(body);
    secrets.unshift("another secret, of more than 32 bytes");
    const { moved, unreadable } = await v.vtex.resealCallbacks();
    expect([moved > 0, unreadable]).toEqual([true, 0]);
    secrets.pop();
    await paySlip(body);
    await pass(3_000);
    expect(callbacksOf(body)).toHaveLength(1);
  });

  test("is nowhere in the clear but at its receiver", async () => {
    const body = await paid({ callbackUrl: `https://shop.test/c?X-VTEX-signature=canary-${fresh("C")}` });
    await pass(3_000);
    expect(callbacksOf(body)).toHaveLength(1);
    expect(await gateway.everything()).not.toContain("canary-");
  });
});
