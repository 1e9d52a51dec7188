import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cards, creating, fresh, gatewayOf, withCard } from "@/lib/testing/vtex-gateway";
import { createVtexWorld, partner, type VtexWorld } from "@/lib/testing/vtex-world";

let v: VtexWorld;
const gateway = gatewayOf(() => v);
const { create, settle, refund, cancel, callbacksOf, moves, paySlip, pass } = gateway;

beforeAll(async () => {
  v = await createVtexWorld();
});
afterAll(() => v.close());

const members = [
  ...["paymentId", "status", "authorizationId", "tid", "nsu", "acquirer", "code", "message"],
  ...["delayToAutoSettle", "delayToAutoSettleAfterAntifraud", "delayToCancel"],
];

describe("the manifest", () => {
  test("offers what the rails of the connector can be sold as, without credentials", async () => {
    const { status, body } = await v.ask("manifest", { headers: {} });
    expect(status).toBe(200);
    expect(body).toEqual({
      paymentMethods: ["Visa", "Pix", "BankInvoice", "Promissories", "Cobranded"].map((name) => ({
        name,
        allowsSplit: "disabled",
      })),
      customFields: [],
      autoSettleDelay: { minimum: "1", maximum: "168" },
    });
    expect((await v.ask("payment-methods", { headers: {} })).body).toEqual({
      paymentMethods: ["Visa", "Pix", "BankInvoice", "Promissories", "Cobranded"],
    });
  });

  test("answers other methods with 405 and says which it takes", async () => {
    const { status, headers } = await v.ask("manifest", { method: "POST", body: {} });
    expect([status, headers.get("allow")]).toEqual([405, "GET"]);
    expect((await v.ask("payments", { method: "HEAD" })).status).toBe(405);
  });
});

describe("a card of the suite", () => {
  test("is approved, settled once, refunded in parts and no further", async () => {
    const body = creating(withCard(cards.approved));
    const { status, body: said } = await create(body);
    expect(status).toBe(200);
    expect(Object.keys(said).sort()).toEqual([...members].sort());
    expect(said).toMatchObject({
      paymentId: body.paymentId,
      status: "approved",
      code: null,
      acquirer: "Acme",
    });
    expect(said.authorizationId).toEqual(expect.any(String));
    expect((await settle(body, 57.01)).body).toMatchObject({
      settleId: null,
      value: 0,
      code: "over_capture",
    });
    const settled = await settle(body, 57);
    expect(settled).toMatchObject({ status: 200, body: { value: 57, code: null, message: null } });
    expect(settled.body.settleId).toEqual(expect.any(String));
    expect((await settle(body, 57)).body).toMatchObject({
      settleId: null,
      value: 0,
      code: "already_captured",
    });
    for (const value of [20, 37])
      expect((await refund(body, value, { settleId: settled.body.settleId })).body).toMatchObject({
        refundId: expect.any(String),
        value,
      });
    expect(await refund(body, 1)).toMatchObject({
      status: 200,
      body: { refundId: null, value: 0, code: "over_refund" },
    });
    expect(await moves(body)).toEqual(["hold 5700", "capture 5700", "refund 2000", "refund 3700"]);
  });

  test("that is denied is denied again, with no authorization", async () => {
    const body = creating(withCard(cards.denied));
    const first = await create(body);
    expect(first.body).toMatchObject({ status: "denied", authorizationId: null, code: "declined" });
    expect((await create(body)).text).toBe(first.text);
  });

  test("that nobody knows is denied, and its number is nowhere", async () => {
    const number = "4916338506082832";
    const body = creating(withCard(number));
    expect((await create(body)).body).toMatchObject({ status: "denied" });
    expect(await gateway.everything()).not.toContain(number);
  });

  test("is cancelled once, whatever request asks, and cannot be settled then", async () => {
    const body = creating(withCard(cards.approved));
    const approved = await create(body);
    const requestId = fresh("RQ");
    const first = await cancel(body, { requestId });
    expect(first.body.cancellationId).toEqual(expect.any(String));
    expect((await cancel(body, { requestId })).text).toBe(first.text);
    expect((await cancel(body)).body.cancellationId).toBe(first.body.cancellationId);
    expect(await settle(body, 57)).toMatchObject({
      status: 200,
      body: { settleId: null, code: "not_capturable" },
    });
    expect((await create(body)).text).toBe(approved.text);
    expect(await moves(body)).toEqual(["hold 5700", "void 5700"]);
  });

  test.each([
    ["approved later", cards.later, "approved"],
    ["denied later", cards.laterDenied, "denied"],
  ])("%s is called back about, whole and with the partner's pair", async (_name, number, status) => {
    const body = creating(withCard(number));
    const first = await create(body);
    expect(first.body).toMatchObject({ status: "undefined", authorizationId: null });
    await pass(1_000);
    expect(callbacksOf(body)).toEqual([]);
    await pass(3_000);
    await pass(3_000);
    const [callback, ...more] = callbacksOf(body);
    expect(more).toEqual([]);
    expect(callback?.url).toBe(body.callbackUrl);
    expect(callback?.headers.get("x-vtex-api-appkey")).toBe(partner.appKey);
    expect(callback?.headers.get("x-vtex-api-apptoken")).toBe(partner.appToken);
    expect(callback?.body).toMatchObject({ status, tid: first.body.tid });
    expect(Object.keys(callback?.body ?? {}).sort()).toEqual([...members].sort());
    expect((await create(body)).text).toBe(JSON.stringify(callback?.body));
  });
});

describe("a payment that somebody pays elsewhere", () => {
  test("by Pix shows a code that VTEX can read, for as long as it lives", async () => {
    const body = creating({ paymentMethod: "Pix" });
    const { body: said } = await create(body);
    expect(said).toMatchObject({ status: "undefined", delayToAutoSettle: 604_800, delayToCancel: 3_600 });
    const { appName, payload } = said.paymentAppData as { appName: string; payload: string };
    expect(appName).toBe("vtex.pix-payment");
    const shown = JSON.parse(payload) as { code: string; qrCodeBase64Image: string };
    expect(shown.code).toMatch(/^DEMO\.slip_/);
    expect(Buffer.from(shown.qrCodeBase64Image, "base64").subarray(1, 4).toString()).toBe("PNG");
    await paySlip(body);
    await pass(3_000);
    expect(callbacksOf(body).map((callback) => callback.body?.status)).toEqual(["approved"]);
    expect((await create(body)).body).toMatchObject({ status: "approved", tid: said.tid, nsu: said.nsu });
  });

  test("by slip shows its four members and lives as long as the rail lets it", async () => {
    const { body: said } = await create(creating({ paymentMethod: "BankInvoice" }));
    expect(said).toMatchObject({ status: "undefined", barCodeImageType: "i25", delayToCancel: 86_400 });
    for (const name of [
      "paymentUrl",
      "identificationNumber",
      "identificationNumberFormatted",
      "barCodeImageNumber",
    ])
      expect(said[name]).toEqual(expect.any(String));
  });

  test.each([null, "null"])("by page sends the payer there, also with a card of %j", async (card) => {
    const body = creating({ paymentMethod: "Promissories", card });
    const { body: said } = await create(body);
    const paymentUrl = `http://farebox.test/checkout/payments/${said.tid}`;
    expect(said).toMatchObject({ status: "undefined", paymentUrl, redirectUrl: paymentUrl });
  });

  test("and pays itself in a suite is called back about 2 to 5 seconds later", async () => {
    const body = creating({ paymentMethod: "Cobranded" });
    expect((await create(body)).body.status).toBe("undefined");
    await pass(1_900);
    expect(callbacksOf(body)).toEqual([]);
    await pass(1_200);
    await pass(1_900);
    expect(callbacksOf(body).map((callback) => callback.body?.status)).toEqual(["approved"]);
  });

  test("and does not in time is denied, and what comes after that goes back", async () => {
    const body = creating({ paymentMethod: "Pix" });
    await create(body);
    await pass(3_601_000);
    expect(callbacksOf(body).map((callback) => callback.body?.status)).toEqual(["denied"]);
    expect((await create(body)).body).toMatchObject({ status: "denied", code: "expired" });
    await paySlip(body);
    await pass(16 * 60_000);
    expect(await moves(body)).toEqual(["capture 5700", "refund 5700"]);
    expect((await create(body)).body).toMatchObject({ status: "denied", code: "expired" });
  });

  test("after it was cancelled gets the money back, and VTEX is not told what it knows", async () => {
    const body = creating({ paymentMethod: "Pix" });
    await create(body);
    const cancelled = await cancel(body);
    expect(cancelled.body.cancellationId).toEqual(expect.any(String));
    await paySlip(body);
    await pass(16 * 60_000);
    expect(await moves(body)).toEqual(["capture 5700", "refund 5700"]);
    expect(callbacksOf(body)).toEqual([]);
    expect((await create(body)).body).toMatchObject({ status: "denied", code: "cancelled" });
  });
});
