import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { configureFailpoints } from "@/lib/kit";
import type { ConnectedRail } from "@/lib/processor";
import { cards, creating, fresh, gatewayOf, withCard } from "@/lib/testing/vtex-gateway";
import { aConnector, createVtexWorld, headersOf, pair, type VtexWorld } from "@/lib/testing/vtex-world";

let v: VtexWorld;
const gateway = gatewayOf(() => v);
const { create, settle, refund, cancel, callbacksOf, moves, paySlip, pass } = gateway;
const suite = { ...headersOf(pair), "x-vtex-api-is-testsuite": "true" };
const patienceMs = 300;

beforeAll(async () => {
  v = await createVtexWorld({ patienceMs });
});
afterEach(() => configureFailpoints(null));
afterAll(() => v.close());

type Holds = NonNullable<ConnectedRail["abilities"]["holds"]>;
type Abilities = ConnectedRail["abilities"];

/** Puts another rail of the same kind behind a method, some of whose verbs go wrong. */
function spoil(slug: string, from: string, spoiled: (abilities: Abilities) => Partial<Abilities>): void {
  const rail = v.world.rails.get(from);
  if (!rail) throw new Error(from);
  v.world.rails.set(slug, { ...rail, slug, abilities: { ...rail.abilities, ...spoiled(rail.abilities) } });
  const store = v.connectors.get("acme/store") ?? aConnector();
  const methods = [...store.methods, { name: "Elo", rail: slug, split: "disabled" as const }];
  v.connectors.set("acme/store", {
    ...store,
    methods: methods.filter(({ name, rail }) => name !== "Elo" || rail === slug),
  });
}

const holdsOf = ({ holds }: Abilities): Holds => {
  if (!holds) throw new Error("This rail reserves.");
  return holds;
};
const never = () => new Promise<never>(() => undefined);
const elo = (number = cards.approved) => creating({ paymentMethod: "Elo", ...withCard(number) });

describe("many at once", () => {
  test("twenty creates make one charge and one hold, and get one answer", async () => {
    const body = creating(withCard(cards.approved));
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(body)));
    const told = answers.filter(({ status }) => status === 200);
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told.map(({ body: { tid } }) => tid)).size).toBe(1);
    await pass(1_000);
    expect((await create(body)).body.status).toBe("approved");
    expect(await moves(body)).toEqual(["hold 5700"]);
  });

  test("twenty settlements under one request are one, and two requests never take more than is held", async () => {
    const [one, two] = [creating(withCard(cards.approved)), creating(withCard(cards.approved))];
    await Promise.all([create(one), create(two)]);
    await pass(1_000);
    const requestId = fresh("RQ");
    await Promise.all(Array.from({ length: 20 }, () => settle(one, 57, { requestId })));
    await pass(1_000);
    const again = await settle(one, 57, { requestId });
    expect(again.body).toMatchObject({ value: 57, code: null });
    expect(await moves(one)).toEqual(["hold 5700", "capture 5700"]);
    await Promise.all([settle(two, 40), settle(two, 40)]);
    await pass(1_000);
    expect(await moves(two)).toEqual(["hold 5700", "capture 4000"]);
  });

  test("settlements of money that is here already are booked once each and never above it", async () => {
    const body = creating({ paymentMethod: "Pix" });
    await create(body);
    await paySlip(body);
    await pass(1_000);
    const requestId = fresh("RQ");
    const same = await Promise.all(Array.from({ length: 10 }, () => settle(body, 20, { requestId })));
    expect(new Set(same.map(({ text }) => text)).size).toBe(1);
    const more = await Promise.all(Array.from({ length: 4 }, () => settle(body, 20)));
    expect(more.filter(({ body: { settleId } }) => settleId !== null)).toHaveLength(1);
    expect(more.filter(({ body: { code } }) => code === "over_capture")).toHaveLength(3);
    expect(await moves(body)).toEqual(["capture 5700"]);
  });
});

describe("a rail that fails", () => {
  test("and never answers is undefined in time, and told later when it is known", async () => {
    let letGo = (): void => undefined;
    spoil("slow", "demo-hold", (abilities) => ({
      holds: {
        ...holdsOf(abilities),
        authorize: async (...asked) => {
          await new Promise<void>((resolve) => {
            letGo = resolve;
          });
          return await holdsOf(abilities).authorize(...asked);
        },
      },
    }));
    const body = elo();
    const began = performance.now();
    const first = await create(body);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(first.body).toMatchObject({ status: "undefined", authorizationId: null, tid: expect.any(String) });
    letGo();
    await expect.poll(async () => (await create(body)).body.status, { timeout: 5_000 }).toBe("approved");
    expect(await moves(body)).toEqual(["hold 5700"]);
  });

  test("and hangs over a settlement is answered 500 in time, without an id", async () => {
    spoil("hanging", "demo-hold", (abilities) => ({
      holds: { ...holdsOf(abilities), capture: never },
    }));
    const body = elo();
    await create(body);
    await pass(1_000);
    expect((await create(body)).body.status).toBe("approved");
    const began = performance.now();
    const settled = await settle(body, 57);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(settled).toMatchObject({ status: 500, body: { settleId: null, value: 0, code: "in-progress" } });
  });

  test("and loses its answer is 500, then success under the same request, and moves once", async () => {
    spoil("lossy", "demo-hold", (abilities) => ({
      holds: {
        ...holdsOf(abilities),
        capture: async (...asked) => {
          await holdsOf(abilities).capture(...asked);
          return { outcome: "unknown", reason: "lost" };
        },
      },
    }));
    const body = elo();
    await create(body);
    await pass(1_000);
    const requestId = fresh("RQ");
    expect(await settle(body, 57, { requestId })).toMatchObject({
      status: 500,
      body: { settleId: null, value: 0, code: "unknown", requestId },
    });
    await pass(2_000);
    expect(await settle(body, 57, { requestId })).toMatchObject({
      status: 200,
      body: { value: 57, code: null },
    });
    expect(await moves(body)).toEqual(["hold 5700", "capture 5700"]);
  });

  test("and refunds slowly is 500 until the money is back", async () => {
    let isBack = false;
    spoil("slow-refunds", "demo-hold", ({ refund: giveBack }) => ({
      refund: async (...asked) =>
        isBack && giveBack ? await giveBack(...asked) : { outcome: "pending", reference: "r" },
    }));
    const body = elo();
    await create(body);
    await pass(1_000);
    await settle(body, 57);
    const requestId = fresh("RQ");
    const first = await refund(body, 57, { requestId });
    expect(first).toMatchObject({ status: 500, body: { refundId: null, value: 0 } });
    isBack = true;
    await pass(60_000);
    expect(await refund(body, 57, { requestId })).toMatchObject({
      status: 200,
      body: { value: 57, code: null },
    });
  });

  test("and knows no refunds says so with 501, on refunds and on cancellations of a sale", async () => {
    spoil("final", "demo-slip", () => ({ refund: undefined as never }));
    const store = v.connectors.get("acme/store") ?? aConnector();
    v.connectors.set("acme/store", {
      ...store,
      methods: [...store.methods, { name: "Privatelabels", rail: "final", split: "disabled" }],
    });
    const body = creating({ paymentMethod: "Privatelabels" });
    await create(body);
    await paySlip(body);
    await pass(1_000);
    expect(await refund(body, 57)).toMatchObject({
      status: 501,
      body: { refundId: null, code: "refund-manually" },
    });
    expect(await cancel(body)).toMatchObject({
      status: 501,
      body: { cancellationId: null, code: "cancel-manually" },
    });
  });
});

test("a card of which the process died before it let go is let go by the worker", async () => {
  const dying = await v.another();
  const body = creating({ ...withCard(cards.approved), value: 0, verificationOnly: true });
  configureFailpoints("after-rail:2:throw");
  await create(body, { vtex: dying.vtex, body, headers: suite });
  await dying.process.die();
  await pass(61_000);
  expect(await moves(body)).toEqual(["hold 1", "void 1"]);
});

test("money that is another payment's denies the payment, and ends it", async () => {
  const other = creating(withCard(cards.approved));
  await create(other);
  const [charge] = await v.world.database.client.vtexPayment.findMany({
    where: { paymentId: other.paymentId },
  });
  const hold = v.world.rails.get("demo-hold") as ConnectedRail;
  const proof = () => ({ token: `demo_suite_approve_${charge?.chargeId}` });
  const definition = { ...hold.definition, faces: { vtex: { proof } } };
  v.world.rails.set("doubled", { ...hold, slug: "doubled", definition });
  const store = v.connectors.get("acme/store") ?? aConnector();
  const methods = store.methods.filter(({ name }) => name !== "Elo");
  v.connectors.set("acme/store", {
    ...store,
    methods: [...methods, { name: "Elo", rail: "doubled", split: "disabled" }],
  });
  const body = elo();
  const denied = await create(body);
  expect(denied.body).toMatchObject({ status: "denied", code: "conflict", authorizationId: null });
  expect((await create(body)).text).toBe(denied.text);
  expect(await moves(body)).toEqual([]);
});

test("what waits for its network can be cancelled, and nothing is held then", async () => {
  const body = creating(withCard(cards.later));
  expect((await create(body)).body.status).toBe("undefined");
  expect((await cancel(body)).body.cancellationId).toEqual(expect.any(String));
  await pass(10_000);
  expect(await moves(body)).toEqual(["hold 5700", "void 5700"]);
  expect((await create(body)).body).toMatchObject({ status: "denied", code: "cancelled" });
});

test("a process that dies between rail and answer leaves a payment that another finishes, once", async () => {
  const dying = await v.another();
  const body = creating(withCard(cards.approved));
  configureFailpoints("after-rail:1:throw");
  expect((await create(body, { vtex: dying.vtex, body, headers: suite })).status).toBe(500);
  await dying.process.die();
  expect(await moves(body)).toEqual(["hold 5700"]);
  const again = await create(body);
  await pass(1_000);
  expect((await create(body)).body).toMatchObject({ status: "approved" });
  expect(again.body.tid).toEqual((await create(body)).body.tid);
  expect(await moves(body)).toEqual(["hold 5700"]);
});

describe("what is not settled", () => {
  test("of 57 after 20 and 30 goes back a day later, and can be settled no more", async () => {
    const body = creating({ paymentMethod: "Pix" });
    await create(body);
    await paySlip(body);
    await pass(1_000);
    for (const value of [20, 30])
      expect((await settle(body, value)).body).toMatchObject({ value, code: null });
    await pass(23 * 3_600_000);
    expect(await moves(body)).toEqual(["capture 5700"]);
    await pass(2 * 3_600_000);
    expect(await moves(body)).toEqual(["capture 5700", "refund 700"]);
    expect((await settle(body, 7)).body).toMatchObject({ settleId: null, code: "over_capture" });
    expect((await cancel(body)).body.cancellationId).toEqual(expect.any(String));
    expect(await moves(body)).toEqual(["capture 5700", "refund 700"]);
    await refund(body, 50);
    expect(await moves(body)).toEqual(["capture 5700", "refund 700", "refund 5000"]);
  });

  test("of a sale that is cancelled goes back whole, and nothing of it can be settled", async () => {
    const body = creating({ paymentMethod: "Pix" });
    await create(body);
    await paySlip(body);
    await pass(1_000);
    const approved = await create(body);
    const cancelled = await cancel(body);
    expect(cancelled.body.cancellationId).toEqual(expect.any(String));
    expect((await cancel(body)).body.cancellationId).toBe(cancelled.body.cancellationId);
    expect((await settle(body, 1)).body).toMatchObject({ settleId: null, code: "over_capture" });
    expect((await create(body)).text).toBe(approved.text);
    expect(await moves(body)).toEqual(["capture 5700", "refund 5700"]);
  });

  test("of a sale that is settled is not touched by a cancellation", async () => {
    const body = creating({ paymentMethod: "Pix" });
    await create(body);
    await paySlip(body);
    await pass(1_000);
    await settle(body, 57);
    expect(await cancel(body)).toMatchObject({
      status: 200,
      body: { cancellationId: null, code: "already_captured" },
    });
    expect(await moves(body)).toEqual(["capture 5700"]);
  });
});

describe("credentials", () => {
  const body = creating();
  const statusOf = async (headers: Record<string, string>) =>
    (await v.ask("payments", { body: { ...body, paymentId: fresh("PAY") }, headers })).status;

  test("of either pair of headers let VTEX in, wrong, swapped, halved or missing ones do not", async () => {
    expect(
      await statusOf({ "X-Provider-Api-AppKey": "app", "X-PROVIDER-API-AppToken": "token-of-acme" }),
    ).toBe(200);
    for (const headers of [
      {},
      headersOf({ appKey: "app", appToken: "wrong" }),
      headersOf({ appKey: "token-of-acme", appToken: "app" }),
      headersOf({ appKey: "app", appToken: "" }),
      headersOf({ appKey: "", appToken: "" }),
      { "x-vtex-api-appkey": "app", "x-provider-api-apptoken": "token-of-acme" },
    ])
      expect(await statusOf(headers)).toBe(401);
  });

  test("that are empty count in the suite of a homologation connector only, and wrong ones nowhere", async () => {
    const header = { "x-vtex-api-is-testsuite": "true" };
    expect(await statusOf(header)).toBe(200);
    expect(await statusOf({ ...headersOf({ appKey: "app", appToken: "wrong" }), ...header })).toBe(401);
  });

  test("say nothing about another merchant's payments", async () => {
    v.connectors.set("globex/store", aConnector({ id: "cn_other", merchantId: "m_2" }));
    const ours = creating(withCard(cards.approved));
    await create(ours);
    const answer = await settle(ours, 57, {}, { connector: "globex/store" });
    expect(answer).toMatchObject({ status: 404, body: { settleId: null, value: 0, code: "not_found" } });
  });
});

describe("a live connector", () => {
  const live = { connector: "acme/live" };
  beforeAll(() => {
    v.connectors.set("acme/live", aConnector({ id: "cn_live", slug: "live", mode: "live" }));
  });

  test("is not changed by the suite's header", async () => {
    const card = creating(withCard(cards.approved));
    expect(await create(card, live)).toMatchObject({ status: 400, body: { code: "pan_not_accepted" } });
    expect(
      (await create(creating(), { ...live, headers: { "x-vtex-api-is-testsuite": "true" } })).status,
    ).toBe(401);
    const plain = creating({ callbackUrl: "http://shop.test/callback" });
    expect(await create(plain, live)).toMatchObject({ status: 400, body: { code: "callback_not_allowed" } });
  });

  test("takes no sandbox payment", async () => {
    for (const name of ["sandBoxMode", "sandboxMode"])
      expect(await create(creating({ [name]: true }), live)).toMatchObject({
        status: 400,
        body: { status: "error", code: "mode_mismatch", message: expect.any(String) },
      });
  });
});

test("a buyer is sent back to the shop's own name, and to nothing that is no address", async () => {
  const returned = async (returnUrl: string) => {
    const body = creating({ paymentMethod: "Promissories", returnUrl });
    const { tid } = (await create(body)).body;
    const found = await v.world.database.client.payment.findUnique({ where: { chargeId: String(tid) } });
    return found?.returnUrl;
  };
  expect(await returned("https://www.shop.example/checkout")).toBe("https://www.shop.example/checkout");
  for (const bad of ["javascript:alert(1)", "https://a@shop.example/", "/checkout"])
    expect(await returned(bad)).toBeNull();
});

test("the number of a card is refused before anything is kept of it", async () => {
  const number = "5555341244441115";
  for (const card of [{ number }, { csc: "987" }, { number, holder: "Ann" }]) {
    const body = creating({ card });
    const answer = await create(body, { headers: headersOf(pair) });
    expect(answer).toMatchObject({ status: 400, body: { status: "error", code: "pan_not_accepted" } });
    expect(answer.text).not.toContain(number);
    expect(await v.world.database.client.vtexPayment.count({ where: { paymentId: body.paymentId } })).toBe(0);
  }
  expect(await gateway.everything()).not.toContain(number);
});

describe("a repeat", () => {
  test("with another value, currency, method or transaction is refused, with another callback it is not", async () => {
    const body = creating({ paymentMethod: "Pix" });
    await create(body);
    for (const other of [
      { value: 58 },
      { currency: "EUR" },
      { paymentMethod: "Visa" },
      { transactionId: "other" },
    ])
      expect(await create({ ...body, ...other })).toMatchObject({
        status: 400,
        body: { code: "payment_changed" },
      });
    const newer = { ...body, callbackUrl: "https://shop.test/newer?X-VTEX-signature=2" };
    expect((await create(newer)).status).toBe(200);
    await paySlip(body);
    await pass(3_000);
    expect(callbacksOf(body)).toEqual([]);
    expect(callbacksOf(newer)).toHaveLength(1);
  });

  test("of a request with another value is 409, and moves nothing", async () => {
    const body = creating(withCard(cards.approved));
    await create(body);
    const requestId = fresh("RQ");
    await settle(body, 20, { requestId });
    expect(await settle(body, 30, { requestId })).toMatchObject({
      status: 409,
      body: { settleId: null, value: 0 },
    });
    expect(await moves(body)).toEqual(["hold 5700", "capture 2000"]);
  });
});

describe("what is malformed", () => {
  test.each([
    ["paymentId", undefined],
    ["transactionId", undefined],
    ["paymentMethod", undefined],
    ["value", undefined],
    ["value", "57.00"],
    ["value", -1],
    ["value", 31.905],
    ["currency", "usd"],
    ["callbackUrl", "null"],
    ["paymentId", "x".repeat(65)],
  ])("%s = %j is refused by name", async (name, value) => {
    const { status, body } = await v.ask("payments", {
      body: { ...creating(), [name]: value },
      headers: suite,
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      status: "error",
      code: "malformed",
      message: expect.stringContaining(name),
    });
  });

  test("is refused as a body that is not JSON, not an object, too deep or too long", async () => {
    for (const body of ["{", "[]", '"x"', "[".repeat(100_000), `{"a":"${"x".repeat(300_000)}"}`])
      expect(await v.ask("payments", { body, headers: suite })).toMatchObject({
        status: 400,
        body: { status: "error" },
      });
  });

  test("has the members of its own answer where it is about an operation", async () => {
    const body = creating(withCard(cards.approved));
    await create(body);
    expect(await settle(body, 0)).toMatchObject({
      status: 400,
      body: { settleId: null, value: 0, code: "amount_not_positive" },
    });
    expect(await settle({ ...body, paymentId: "other" }, 1, { paymentId: body.paymentId })).toMatchObject({
      status: 400,
    });
    expect(await settle(creating(), 1)).toMatchObject({ status: 404, body: { settleId: null, value: 0 } });
    expect(await refund(body, 1, { settleId: "made-up" })).toMatchObject({
      status: 400,
      body: { refundId: null },
    });
  });

  test("are methods that are not offered, amounts of nothing, and shares of what cannot be shared", async () => {
    const recipients = [{ id: "s", role: "seller", amount: 57 }];
    for (const [facts, code] of [
      [{ paymentMethod: "Mastercard" }, "method_not_offered"],
      [{ paymentMethod: "demo-hold" }, "method_not_offered"],
      [{ value: 0 }, "amount_not_positive"],
      [{ currency: "EUR" }, "currency_unsupported"],
      [{ recipients }, "split_not_supported"],
      [{ paymentMethod: "Pix", verificationOnly: true }, "unsupported"],
    ] as const)
      expect(await create(creating(facts))).toMatchObject({ status: 400, body: { status: "error", code } });
  });
});

test("a card that is only to be proved is held and let go at once, and never taken", async () => {
  const body = creating({ ...withCard(cards.approved), value: 0, verificationOnly: true });
  expect((await create(body)).body).toMatchObject({ status: "approved" });
  await pass(61_000);
  expect((await create(body)).body).toMatchObject({ status: "approved" });
  expect(await settle(body, 1)).toMatchObject({
    status: 200,
    body: { settleId: null, code: "not_capturable" },
  });
  expect(await moves(body)).toEqual(["hold 1", "void 1"]);
});

test.each(["inbound", "inbound-request"])(
  "%s is passed to a rail that listens, others have no such action",
  async (spelling) => {
    spoil("listening", "demo-hold", () => ({
      inbound: async (action, body) => ({
        status: 201,
        contentType: "text/plain",
        content: `${action}: ${body}`,
      }),
    }));
    const [deaf, body] = [creating(withCard(cards.approved)), elo()];
    await Promise.all([create(deaf), create(body)]);
    const inbound = ({ paymentId }: typeof body, requestId: string) =>
      v.ask(`payments/${paymentId}/${spelling}/retry`, {
        body: { paymentId, requestId, transactionId: "t", requestData: { body: "hello" } },
      });
    const requestId = fresh("RQ");
    const first = await inbound(body, requestId);
    expect(first).toMatchObject({
      status: 200,
      body: {
        requestId,
        paymentId: body.paymentId,
        responseData: { statusCode: 201, content: "retry: hello" },
      },
    });
    expect((await inbound(body, requestId)).text).toBe(first.text);
    expect(await inbound(deaf, fresh("RQ"))).toMatchObject({
      status: 200,
      body: { responseData: { statusCode: 404 } },
    });
  },
);

describe("the way to credentials", () => {
  const returnUrl = "https://acme.myvtex.com/admin/provider?x=1&authorizationCode=";
  const begin = async () =>
    (await v.ask("authorization/token", { body: { applicationId: "vtex", returnUrl }, headers: {} })).body
      .token as string;
  const redeem = (code: string) =>
    v.ask(`authorization/credentials?applicationId=vtex&authorizationCode=${code}`, { headers: {} });

  test("leads over a member's consent to one pair, once", async () => {
    const token = await begin();
    const redirect = await v.ask(`authorization/redirect?applicationId=vtex&token=${token}`, { headers: {} });
    expect(redirect.status).toBe(302);
    expect(redirect.headers.get("location")).toBe(
      `http://farebox.test/m/acme/vtex-consent?mode=test&token=${token}`,
    );
    expect(await v.vtex.consents.find(token)).toMatchObject({
      merchantId: "m_1",
      connector: "store",
      returnHost: "acme.myvtex.com",
    });
    const back = await v.vtex.consents.agree({ token, actor: "member:m" });
    expect(back.startsWith(returnUrl)).toBe(true);
    const code = back.slice(returnUrl.length);
    const answers = await Promise.all(Array.from({ length: 5 }, () => redeem(code)));
    expect(answers.filter(({ status }) => status === 200).map(({ body }) => body)).toEqual([
      { applicationId: "vtex", appKey: "new", appToken: "shown-once" },
    ]);
    expect(v.audited).toContain("connector.code-reused");
    await expect(v.vtex.consents.agree({ token, actor: "member:m" })).rejects.toThrow("answered");
    const kept = await gateway.everything();
    for (const secret of [token, code, "shown-once"]) expect(kept).not.toContain(secret);
  });

  test("ends with a token of ten minutes and a code of five", async () => {
    const [late, token] = [await begin(), await begin()];
    const code = (await v.vtex.consents.agree({ token, actor: "member:m" })).slice(returnUrl.length);
    v.world.clock.pass(5 * 60_000 + 1);
    expect((await redeem(code)).status).toBe(400);
    v.world.clock.pass(5 * 60_000);
    expect(await v.vtex.consents.find(late)).toBeNull();
    await expect(v.vtex.consents.agree({ token: late, actor: "member:m" })).rejects.toThrow(
      "its time has passed",
    );
  });

  test("leads nowhere but to VTEX", async () => {
    for (const body of [
      { applicationId: "vtex", returnUrl: "https://evil.test/?authorizationCode=" },
      { applicationId: "vtex", returnUrl: "http://acme.myvtex.com/?authorizationCode=" },
      { applicationId: "other", returnUrl },
      { applicationId: "vtex" },
    ])
      expect(await v.ask("authorization/token", { body, headers: {} })).toMatchObject({
        status: 400,
        body: { status: "error" },
      });
    expect((await redeem("made-up")).status).toBe(400);
  });
});

test("the books agree with the network after all of this", async () => {
  await pass(10 * 60_000);
  const { violations } = await v.process.processor.verify({ rails: true });
  expect(violations).toEqual([]);
});
