import { randomUUID } from "node:crypto";
import { aCore, loadProcessor } from "./core-1";
import { optionsOf, payAtWallet, paySlip, stage } from "./stage";

type Core = ReturnType<typeof aCore>;

beforeEach(() => stage.calm());

function aShop(shop: "hold" | "sale" | "slip", over: Record<string, unknown> = {}) {
  const cart = `cart_${randomUUID()}`;
  return { cart, core: aCore(loadProcessor({ ...optionsOf(shop), ...over }), cart) };
}

async function addProof(core: Core, behaviour = "approve"): Promise<void> {
  expect(await core.authorize()).toBe("requires_more");
  await core.updateSessionData({ proof: await payAtWallet(core.now().session?.data, behaviour) });
}

async function authorized(shop: "hold" | "sale", amount = 10_000) {
  const { cart, core } = aShop(shop);
  await core.createSession(amount);
  await addProof(core);
  expect(await core.authorize()).toBe("authorized");
  return { cart, core };
}

/** Medusa's sums, our ledger, our payment and the rail's own log say the same; answers with what that is. */
async function agree(cart: string, core: Core) {
  const { payment, refunds, session } = core.now();
  const medusa = {
    captured: String(payment?.captured_at ? payment.amount : 0),
    refunded: String(refunds.reduce((total, amount) => total + amount, 0)),
  };
  expect(String(payment?.amount_refunded ?? 0)).toBe(medusa.refunded);
  for (const data of [payment?.data, session?.data]) expect(data ?? {}).not.toHaveProperty("error");
  const { payments, status, farebox, ledger, rail } = await stage.truth(cart);
  expect(payments).toBe(1);
  expect({ medusa, ledger, rail: { captured: rail.captured, refunded: rail.refunded } }).toEqual({
    medusa: farebox,
    ledger: farebox,
    rail: farebox,
  });
  return { ...rail, status };
}

test("a cart is paid, captured and refunded twice by the same amount", async () => {
  const { cart, core } = await authorized("hold");
  expect(core.now().payment?.data).not.toHaveProperty("proof");
  expect(await core.status()).toBe("authorized");
  await core.capture();
  expect(await agree(cart, core)).toMatchObject({ captured: "10000", captures: 1, status: "captured" });
  await core.refund(3_000);
  await core.refund(3_000);
  expect(await agree(cart, core)).toMatchObject({ refunded: "6000", refunds: 2 });
  await expect(core.refund(5_000)).rejects.toThrow("Farebox did not carry out");
  expect(await agree(cart, core)).toMatchObject({ refunded: "6000", refunds: 2 });
});

test("a customer who is declined makes no payment", async () => {
  const { cart, core } = aShop("hold");
  await core.createSession(10_000);
  await addProof(core, "decline");
  expect(await core.authorize()).toBe("error");
  expect(core.now().payment).toBeNull();
  expect((await stage.truth(cart)).status).toBe("denied");
});

test("a slip that is paid later authorizes when the cart is completed again, and is captured without the rail", async () => {
  const { cart, core } = aShop("slip");
  await core.createSession(2_550);
  expect(await core.authorize()).toBe("requires_more");
  await paySlip(core.now().session?.data);
  expect(await core.authorize()).toBe("authorized");
  await core.capture();
  expect(await agree(cart, core)).toMatchObject({ captured: "2550", captures: 1, status: "captured" });
});

test("a rail that sells at once is authorized to Medusa 1, and its capture costs no call", async () => {
  const { cart, core } = await authorized("sale");
  expect((await stage.truth(cart)).rail).toMatchObject({ captured: "10000", captures: 1 });
  await core.capture();
  expect(await agree(cart, core)).toMatchObject({ captured: "10000", captures: 1 });
});

test("a cart that changes pays what it costs last", async () => {
  const { cart, core } = aShop("hold");
  await core.createSession(10_000);
  await core.updateSession(7_050);
  await addProof(core);
  await core.authorize();
  await core.capture();
  expect(await agree(cart, core)).toMatchObject({ captured: "7050" });
});

test("what Medusa rolls back and repeats happens once at the rail", async () => {
  const { cart, core } = aShop("hold");
  await core.createSession(10_000);
  await addProof(core);
  await expect(core.authorize(true)).rejects.toThrow("rolled back");
  for (const _ of [1, 2]) expect(await core.authorize()).toBe("authorized"); // with its proof, and after it is used up
  await expect(core.capture(true)).rejects.toThrow("rolled back");
  await core.capture();
  expect(await agree(cart, core)).toMatchObject({ captured: "10000", captures: 1 });
  await expect(core.refund(3_000, true)).rejects.toThrow("rolled back");
  await core.refund(3_000);
  expect(await agree(cart, core)).toMatchObject({ refunded: "3000", refunds: 1 });
  await core.refund(3_000);
  expect(await agree(cart, core)).toMatchObject({ refunded: "6000", refunds: 2 });
});

test.each(["lose-answer", "lose-call"] as const)("a refund happens once after %s", async (what) => {
  const { cart, core } = await authorized("hold");
  await core.capture();
  await stage.trouble({ method: "POST", ends: "/refunds", what, times: 1 });
  await core.refund(3_000);
  expect(await agree(cart, core)).toMatchObject({ refunded: "3000", refunds: 1 });
});

test("an order is cancelled twice and its money let go once", async () => {
  const { cart, core } = await authorized("hold");
  await core.cancel();
  await core.cancel();
  expect(await agree(cart, core)).toMatchObject({ captured: "0", voids: 1, status: "voided" });
  expect(await core.status()).toBe("canceled");
});

test("a session is deleted with its payment, and again without one", async () => {
  const { cart, core } = aShop("hold");
  await core.createSession(10_000);
  await core.deleteSession();
  expect((await stage.truth(cart)).status).toBe("voided");
  await expect(loadProcessor(optionsOf("hold")).deletePayment({})).resolves.toEqual({});
});

test("the core takes every refusal for one, and books nothing", async () => {
  const refuse = (method: string, ends: string) => stage.trouble({ method, ends, what: "refuse", times: 1 });
  const { cart, core } = await authorized("hold");
  const id = String(core.now().payment?.data.id);
  const before = core.now();
  const steps: [string, string, () => Promise<unknown>][] = [
    ["POST", "/payments", () => core.createSession(10_000)],
    ["POST", `/payments/${id}`, () => core.updateSession(9_000)],
    ["POST", "/authorize", () => core.authorize()],
    ["GET", `/payments/${id}`, () => core.authorize()],
    ["GET", `/payments/${id}`, () => core.status()],
    ["POST", "/captures", () => core.capture()],
    ["POST", "/refunds", () => core.refund(100)],
    ["POST", "/cancel", () => core.cancel()],
    ["DELETE", `/payments/${id}`, () => core.deleteSession()],
  ];
  for (const [method, ends, step] of steps) {
    await stage.calm();
    await refuse(method, ends);
    await expect(step()).rejects.toThrow("The rail said no");
    expect([method, ends, core.now()]).toEqual([method, ends, before]);
  }
  expect(await agree(cart, core)).toMatchObject({ captured: "0", status: "authorized" });
});

test("a Farebox that is away is a failure like any other, and its key stays out of it", async () => {
  const { core } = aShop("hold", { baseUrl: "http://127.0.0.1:1" });
  const failed = await core.createSession(10_000).catch((error: Error) => error.message);
  expect(failed).toContain("could not be reached");
  expect(failed).not.toContain(optionsOf("hold").apiKey);
});

test("a storefront cannot put another payment into its session", async () => {
  const { cart, core } = aShop("hold");
  await core.createSession(10_000);
  const mine = core.now().session?.data.id;
  await core.updateSessionData({ id: "ch_other", amount: "0.01", status: "authorized", error: "x" });
  expect(core.now().session?.data).toMatchObject({ id: mine, amount: "100.00", status: "created" });
  expect(await agree(cart, core)).toMatchObject({ captured: "0" });
});
