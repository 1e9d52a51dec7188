import { createHmac } from "node:crypto";
import { dirname, join } from "node:path";
import type { IPaymentModuleService, PaymentDTO } from "@medusajs/framework/types";
import { Modules } from "@medusajs/framework/utils";
import { moduleIntegrationTestRunner } from "@medusajs/test-utils";
import { noticeSecret, openHook, optionsOf, payAtWallet, paySlip, stage, type Truth, until } from "./stage";

type Data = Record<string, unknown>;

/** A decimal amount as whole cents, by its digits. */
const cents = (value: unknown): bigint => {
  const [whole = "0", fraction = ""] = String(value).split(".");
  if (/[^0]/.test(fraction.slice(2))) throw new Error(`${value} is not in whole cents.`);
  return BigInt(`${whole}${fraction.padEnd(2, "0").slice(0, 2)}`);
};
const sum = (rows: readonly { raw_amount?: { value?: unknown } | null }[]): string =>
  rows.reduce((total, { raw_amount }) => total + cents(raw_amount?.value), 0n).toString();

const home = dirname(require.resolve("@medusajs/payment/package.json"));

moduleIntegrationTestRunner<IPaymentModuleService>({
  moduleName: Modules.PAYMENT,
  resolve: home,
  pathToMigrations: join(home, "dist/migrations"),
  moduleOptions: {
    providers: ["hold", "sale", "slip"].map((id) => ({
      resolve: "farebox-medusa-provider", // as a shop names what it installed
      id,
      options: optionsOf(id),
    })),
  },
  testSuite: ({ service }) => {
    let hook: Awaited<ReturnType<typeof openHook>>;
    beforeAll(async () => {
      hook = await openHook();
    });
    afterAll(() => hook.close());
    beforeEach(() => stage.calm());

    async function openSession(
      shop: "hold" | "sale" | "slip",
      amount: number | string = 100,
      data: Data = {},
    ) {
      const collection = await service.createPaymentCollections({ currency_code: "usd", amount });
      return await service.createPaymentSession(collection.id, {
        provider_id: `pp_farebox_${shop}`,
        ...{ currency_code: "usd", amount, data, context: {} },
      });
    }

    const dataOf = async (session: string): Promise<Data> => {
      const found = await service.retrievePaymentSession(session);
      return found.data as Data;
    };

    /** The customer pays at the pretend network, and the storefront puts the proof into the session. */
    async function addProof(session: string, amount: number | string, behaviour = "approve"): Promise<void> {
      await expect(service.authorizePaymentSession(session, {})).rejects.toThrow("was not authorized");
      const found = await service.retrievePaymentSession(session);
      expect(found.status).toBe("requires_more");
      const data = found.data as Data;
      const proof = await payAtWallet(data, behaviour);
      await service.updatePaymentSession({
        id: session,
        currency_code: "usd",
        amount,
        data: { ...data, proof },
      });
    }

    /** Authorizes what the payer has paid. */
    async function authorize(session: string): Promise<PaymentDTO> {
      const payment = await service.authorizePaymentSession(session, {});
      if (!payment) throw new Error("Medusa made no payment of this session.");
      return payment;
    }

    async function authorized(shop: "hold" | "sale", amount: number | string = 100) {
      const session = await openSession(shop, amount);
      await addProof(session.id, amount);
      const payment = await authorize(session.id);
      return { session: session.id, payment };
    }

    /** Medusa's sums, our ledger, our payment and the rail's own log say the same; answers with what that is. */
    async function agree(
      session: string,
      payment?: PaymentDTO,
    ): Promise<Truth["rail"] & { status: string | null }> {
      const captures = payment ? await service.listCaptures({ payment_id: payment.id }) : [];
      const refunds = payment ? await service.listRefunds({ payment_id: payment.id }) : [];
      const medusa = { captured: sum(captures as never), refunded: sum(refunds as never) };
      const { payments, status, farebox, ledger, rail } = await stage.truth(session);
      expect(payments).toBe(1);
      expect({ medusa, ledger, rail: { captured: rail.captured, refunded: rail.refunded } }).toEqual({
        medusa: farebox,
        ledger: farebox,
        rail: farebox,
      });
      return { ...rail, status };
    }

    it("opens a session, authorizes it, captures 60 and 40, refunds 30 and refuses to refund 80", async () => {
      const { session, payment } = await authorized("hold");
      expect(payment.data).toMatchObject({ status: "authorized", session_id: session, captures: "multiple" });
      expect(payment.data).not.toHaveProperty("proof");
      await agree(session, payment);

      await service.capturePayment({ payment_id: payment.id, amount: 60 });
      expect(await agree(session, payment)).toMatchObject({ captured: "6000", captures: 1 });
      const whole = await service.capturePayment({ payment_id: payment.id, amount: 40 });
      expect(whole.captured_at).toBeTruthy();
      expect(await agree(session, payment)).toMatchObject({
        captured: "10000",
        captures: 2,
        status: "captured",
      });

      await service.refundPayment({ payment_id: payment.id, amount: 30 });
      expect(await agree(session, payment)).toMatchObject({ refunded: "3000", refunds: 1 });
      await expect(service.refundPayment({ payment_id: payment.id, amount: 80 })).rejects.toThrow(
        "cannot refund more",
      );
      expect(await agree(session, payment)).toMatchObject({ refunded: "3000", refunds: 1 });
    });

    it("keeps cents exact where floating point does not", async () => {
      const { session, payment } = await authorized("hold", "19.99");
      for (const amount of [0.1, 0.2, 0.1 + 0.2, 19.39]) {
        await service.capturePayment({ payment_id: payment.id, amount: Number(amount.toFixed(2)) });
      }
      expect(await agree(session, payment)).toMatchObject({
        captured: "1999",
        captures: 4,
        status: "captured",
      });
      await service.refundPayment({ payment_id: payment.id, amount: 19.99 });
      expect(await agree(session, payment)).toMatchObject({ refunded: "1999" });
    });

    it("authorizes twice and holds once", async () => {
      const { session, payment } = await authorized("hold");
      const again = await authorize(session);
      expect(again.id).toBe(payment.id);
      expect(await agree(session, payment)).toMatchObject({ status: "authorized", captured: "0" });
    });

    it("authorizes under the same key once the customer has acted, and says requires_more until then", async () => {
      const session = await openSession("hold");
      for (const attempt of [1, 2]) {
        await expect(service.authorizePaymentSession(session.id, {})).rejects.toThrow("was not authorized");
        expect([attempt, (await service.retrievePaymentSession(session.id)).status]).toEqual([
          attempt,
          "requires_more",
        ]);
      }
      await addProof(session.id, 100);
      const payment = await authorize(session.id);
      expect(await agree(session.id, payment)).toMatchObject({ status: "authorized" });
    });

    it("refuses a declined customer and takes nothing", async () => {
      const session = await openSession("hold");
      await addProof(session.id, 100, "decline");
      await expect(service.authorizePaymentSession(session.id, {})).rejects.toThrow("was not authorized");
      expect((await service.retrievePaymentSession(session.id)).status).toBe("error");
      expect(await agree(session.id)).toMatchObject({ captured: "0", status: "denied" });
    });

    it("books a rail that sells at once as captured, without another call", async () => {
      const { session, payment } = await authorized("sale");
      expect(await agree(session, payment)).toMatchObject({
        captured: "10000",
        captures: 1,
        status: "captured",
      });
      const again = await service.capturePayment({ payment_id: payment.id });
      expect(again.captured_at).toBeTruthy();
      expect(await agree(session, payment)).toMatchObject({ captures: 1 });
    });

    it("refuses to capture more than was authorized, in one capture or in two", async () => {
      const { session, payment } = await authorized("hold");
      await expect(service.capturePayment({ payment_id: payment.id, amount: 101 })).rejects.toThrow(
        "capture more",
      );
      await service.capturePayment({ payment_id: payment.id, amount: 60 });
      await expect(service.capturePayment({ payment_id: payment.id, amount: 41 })).rejects.toThrow(
        "capture more",
      );
      expect(await agree(session, payment)).toMatchObject({ captured: "6000", captures: 1 });
    });

    it("lets one of three captures at once through", async () => {
      const { session, payment } = await authorized("hold");
      const captures = [1, 2, 3].map(() => service.capturePayment({ payment_id: payment.id }));
      const ended = await Promise.allSettled(captures);
      expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await agree(session, payment)).toMatchObject({ captured: "10000", captures: 1 });
    });

    it("takes both of two parts at once", async () => {
      const { session, payment } = await authorized("hold");
      const parts = [60, 40].map((amount) => service.capturePayment({ payment_id: payment.id, amount }));
      await Promise.all(parts);
      expect(await agree(session, payment)).toMatchObject({ captured: "10000", captures: 2 });
    });

    it("cancels twice and lets go once", async () => {
      const { session, payment } = await authorized("hold");
      await service.cancelPayment(payment.id);
      const again = await service.cancelPayment(payment.id);
      expect(again.canceled_at).toBeTruthy();
      expect(await agree(session, payment)).toMatchObject({ captured: "0", voids: 1, status: "voided" });
      await expect(service.capturePayment({ payment_id: payment.id })).rejects.toThrow("canceled");
      expect(await agree(session, payment)).toMatchObject({ captured: "0" });
    });

    it("changes the amount while nothing is paid, and takes the new one", async () => {
      const session = await openSession("hold", 100);
      const changed = await service.updatePaymentSession({
        id: session.id,
        ...{ currency_code: "usd", amount: 70.5, data: await dataOf(session.id) },
      });
      expect(changed.data).toMatchObject({ amount: "70.50" });
      await addProof(session.id, 70.5);
      const payment = await authorize(session.id);
      await service.capturePayment({ payment_id: payment.id });
      expect(await agree(session.id, payment)).toMatchObject({ captured: "7050" });
    });

    it("ends a session that is deleted", async () => {
      const session = await openSession("hold");
      await service.deletePaymentSession(session.id);
      expect(await stage.truth(session.id)).toMatchObject({ payments: 1, status: "voided" });
    });

    it("opens nothing that Farebox refuses, and leaves no session behind", async () => {
      const collection = await service.createPaymentCollections({ currency_code: "usd", amount: 0 });
      const opening = service.createPaymentSession(collection.id, {
        provider_id: "pp_farebox_hold",
        ...{ currency_code: "usd", amount: 0, data: {}, context: {} },
      });
      await expect(opening).rejects.toThrow("Farebox (amount_not_positive)");
      expect(await service.listPaymentSessions({ payment_collection_id: collection.id })).toEqual([]);
    });

    it("rolls a failed refund back in Medusa, and refunds once when it is asked for again", async () => {
      const { session, payment } = await authorized("hold");
      await service.capturePayment({ payment_id: payment.id });
      await stage.trouble({ method: "POST", ends: "/refunds", what: "refuse", times: 1 });
      await expect(service.refundPayment({ payment_id: payment.id, amount: 30 })).rejects.toThrow(
        "Farebox (declined)",
      );
      expect(await agree(session, payment)).toMatchObject({ refunds: 0 });
      await service.refundPayment({ payment_id: payment.id, amount: 30 });
      expect(await agree(session, payment)).toMatchObject({ refunded: "3000", refunds: 1 });
    });

    it.each(["lose-answer", "lose-call"] as const)("refunds once after %s", async (what) => {
      const { session, payment } = await authorized("hold");
      await service.capturePayment({ payment_id: payment.id });
      await stage.trouble({ method: "POST", ends: "/refunds", what, times: 1 });
      await service.refundPayment({ payment_id: payment.id, amount: 30 });
      expect(await agree(session, payment)).toMatchObject({ refunded: "3000", refunds: 1 });
    });

    it.each(["lose-answer", "lose-call"] as const)("captures a part once after %s", async (what) => {
      const { session, payment } = await authorized("hold");
      await stage.trouble({ method: "POST", ends: "/captures", what, times: 2 });
      await service.capturePayment({ payment_id: payment.id, amount: 60 });
      expect(await agree(session, payment)).toMatchObject({ captured: "6000", captures: 1 });
    });

    /** A refund that a dead process left is taken up by the next one within half a minute. */
    const untilSettled = (session: string) =>
      until("The refund", async () => (await stage.truth(session)).farebox.refunded !== "0");

    it.each([
      ["capture", "after-rail:1:kill"],
      ["refund", "refund-after-rail:1:kill"],
    ] as const)(
      "ends a %s once when Farebox dies between the rail and its answer",
      async (step, failpoint) => {
        const { session, payment } = await authorized("hold");
        if (step === "refund") await service.capturePayment({ payment_id: payment.id });
        const before = await stage.deaths();
        await stage.arm(failpoint);
        if (step === "capture") await service.capturePayment({ payment_id: payment.id, amount: 60 });
        else await service.refundPayment({ payment_id: payment.id, amount: 60 });
        expect(await stage.deaths()).toBe(before + 1);
        if (step === "refund") await untilSettled(session);
        const expected =
          step === "capture" ? { captured: "6000", captures: 1 } : { refunded: "6000", refunds: 1 };
        expect(await agree(session, payment)).toMatchObject(expected);
      },
    );

    it("captures nothing when Medusa's row of the capture cannot be read", async () => {
      const { session, payment } = await authorized("hold");
      const Provider = require("farebox-medusa-provider").default.services[0];
      const alone = new Provider({}, optionsOf("hold"));
      const context = { idempotency_key: "capt_of_nobody" };
      await expect(alone.capturePayment({ data: payment.data, context })).rejects.toThrow(
        "Nothing was captured",
      );
      expect(await agree(session, payment)).toMatchObject({ captured: "0", status: "authorized" });
      const told = await alone.getPaymentStatus({ data: payment.data });
      expect(told).toMatchObject({ status: "authorized", data: { session_id: session } });
      expect(await alone.retrievePayment({ data: payment.data })).toEqual({ data: told.data });
    });

    it("refuses options that are missing or malformed before anything is sold", () => {
      const Provider = require("farebox-medusa-provider").default.services[0];
      expect(Provider.identifier).toBe("farebox");
      expect(() => Provider.validateOptions(optionsOf("hold"))).not.toThrow();
      for (const name of ["baseUrl", "apiKey", "webhookSecret", "rail"]) {
        const missing = { ...optionsOf("hold"), [name]: undefined };
        expect(() => Provider.validateOptions(missing)).toThrow(`Farebox payment provider: ${name}`);
      }
      expect(() => Provider.validateOptions({ ...optionsOf("hold"), webhookSecret: "short" })).toThrow(
        "webhookSecret",
      );
    });

    const ask = (shop: string, { rawData, headers }: { rawData: unknown; headers: Data }) =>
      service.getWebhookActionAndData({
        provider: `farebox_${shop}`,
        payload: { data: {}, rawData: rawData as Buffer, headers },
      });
    const value = (data: unknown) => JSON.parse(JSON.stringify(data));

    it("finishes a payment whose rail was silent when its notice arrives", async () => {
      const session = await openSession("hold");
      await addProof(session.id, 100, "unknown");
      expect(await service.authorizePaymentSession(session.id, {})).toBeNull();
      expect((await service.retrievePaymentSession(session.id)).status).toBe("pending_authorization");
      const told = await ask("hold", await hook.notice("payment.authorized", session.id));
      expect(value(told)).toEqual({ action: "authorized", data: { session_id: session.id, amount: 100 } });
      const payment = await authorize(session.id);
      expect(await agree(session.id, payment)).toMatchObject({ status: "authorized" });
    });

    it("finishes a slip that is paid later, and captures nothing twice when the notice asks for it", async () => {
      const session = await openSession("slip");
      await expect(service.authorizePaymentSession(session.id, {})).rejects.toThrow("was not authorized");
      await paySlip(await dataOf(session.id));
      const told = await ask("slip", await hook.notice("payment.captured", session.id));
      expect(value(told)).toEqual({ action: "captured", data: { session_id: session.id, amount: 100 } });
      const payment = await authorize(session.id);
      await service.capturePayment({ payment_id: payment.id, amount: 100 });
      expect(await agree(session.id, payment)).toMatchObject({
        captured: "10000",
        captures: 1,
        status: "captured",
      });
    });

    it("believes a notice as text, as Buffer and after a queue, and no forged or stale one", async () => {
      const { session } = await authorized("hold");
      const { rawData, headers } = await hook.notice("payment.authorized", session);
      const good = { action: "authorized", data: { session_id: session, amount: 100 } };
      for (const form of [rawData, rawData.toString(), JSON.parse(JSON.stringify(rawData))])
        expect(value(await ask("hold", { rawData: form, headers }))).toEqual(good);

      const forged = Buffer.from(rawData.toString().replace('"100.00"', '"900.00"'));
      const old = String(Math.floor(Date.now() / 1000) - 301);
      const signed = createHmac("sha256", noticeSecret).update(`${old}.`).update(rawData).digest("hex");
      const stale = { ...headers, "farebox-timestamp": old, "farebox-signature": `v1=${signed}` };
      const refused: [unknown, Data][] = [
        [forged, headers],
        [rawData, stale],
        [rawData, {}],
        ["{}", headers],
      ];
      for (const [body, by] of refused)
        expect(await ask("hold", { rawData: body, headers: by })).toEqual({ action: "not_supported" });
    });

    it("is told of every step that a payment takes", async () => {
      const { session, payment } = await authorized("hold");
      await service.cancelPayment(payment.id);
      const told = await ask("hold", await hook.notice("payment.canceled", session));
      expect(told.action).toBe("canceled");
    });
  },
});
