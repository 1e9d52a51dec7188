import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createShopWorld, type Said, type Shop, type ShopWorld } from "@/lib/testing/shop-world";

let world: ShopWorld;
let shop: Shop;
let counter = 0;
const fresh = (name: string) => {
  counter += 1;
  return `${name}_${counter}`;
};

beforeAll(async () => {
  world = await createShopWorld();
  shop = await world.openShop();
});
afterAll(() => world.close());

type Item = Record<string, unknown> & { id: string; status: string };
const ok = ({ status, body, text }: Said, expected = 200): Item => {
  if (status !== expected) throw new Error(`${status}: ${text}`);
  return body as Item;
};
const wish = (rail: string, more: object = {}) => ({
  ...{ amount: "100.00", currency: "usd", externalRef: fresh("payses"), rail },
  ...more,
});
const initiate = async (rail: string, more: object = {}, key = fresh("payses")) =>
  ok(await shop.call("POST", "/payments", { body: wish(rail, more), key }), 201);
const post = (id: string, verb: string, body: object = {}, key: string | undefined = fresh(verb)) =>
  shop.call("POST", `/payments/${id}${verb === "" ? "" : `/${verb}`}`, {
    body,
    ...(key === undefined ? {} : { key }),
  });
const get = async (id: string) => ok(await shop.call("GET", `/payments/${id}`));
const acting = async (rail: string, more: object = {}) => {
  const { id } = await initiate(rail, more);
  return ok(await post(id, "authorize", {}, `payses_of_${id}`));
};
const held = async (more: object = {}, rail = "Card") => {
  const payment = await acting(rail, more);
  return ok(await post(payment.id, "authorize", { proof: await world.payFor(payment) }));
};
const moves = async (id: string, type: string) =>
  (await world.moves())
    .filter((move) => move.challengeId === id && move.type === type)
    .map(({ amount }) => amount);
const consistent = async () => {
  await world.settle(shop.process);
  const { violations } = await shop.process.processor.verify({ rails: true });
  expect(violations).toEqual([]);
};

describe("a payment over the surface", () => {
  test("is opened, authorized under the same key again and again, captured in two parts and refunded", async () => {
    const key = fresh("payses");
    const opened = await initiate("Card", {}, key);
    expect(opened).toMatchObject({
      status: "created",
      amount: "100.00",
      currency: "usd",
      captured: "0.00",
      captures: "multiple",
    });
    expect(Object.keys(opened)).not.toContain("error");
    const asked = ok(await post(opened.id, "authorize", {}, key));
    expect(asked).toMatchObject({
      status: "requires_action",
      nextAction: { kind: "redirect", url: `https://pay.example/checkout/payments/${opened.id}` },
    });
    const proof = await world.payFor(asked);
    const authorized = ok(await post(opened.id, "authorize", { proof }, fresh("payses")));
    expect(authorized).toMatchObject({ status: "authorized", authorized: "100.00" });
    expect(ok(await post(opened.id, "captures", { amount: "60.00" }))).toMatchObject({
      status: "authorized",
      captured: "60.00",
      capture: { amount: "60.00" },
    });
    expect(ok(await post(opened.id, "captures", { amount: "40.00" }))).toMatchObject({
      status: "captured",
      captured: "100.00",
    });
    expect(await moves(opened.id, "capture")).toEqual(["6000", "4000"]);
    expect(ok(await post(opened.id, "refunds", { amount: "30.00", reason: "late" }))).toMatchObject({
      refunded: "30.00",
      refund: { amount: "30.00", status: "settled" },
    });
    const tooMuch = await post(opened.id, "refunds", { amount: "80.00" });
    expect([tooMuch.status, tooMuch.body.code]).toEqual([422, "over_refund"]);
    await consistent();
  });

  test("is authorized under its opening key with a proof, though the same key was answered without one", async () => {
    const key = fresh("payses");
    const { id } = await initiate("Card", {}, key);
    const asked = ok(await post(id, "authorize", {}, key));
    const proof = await world.payFor(asked);
    expect(ok(await post(id, "authorize", { proof }, key)).status).toBe("authorized");
    expect(ok(await post(id, "authorize", { proof }, key)).status).toBe("authorized");
    expect((await post(id, "authorize", { proof: { token: "x" } }, key)).body.code).toBe("key_reused");
  });

  test("on a rail that takes money at once is captured when it is authorized, and captures move nothing", async () => {
    const paid = await held({}, "Wallet");
    expect(paid).toMatchObject({ status: "captured", captures: "none", captured: "100.00" });
    expect(ok(await post(paid.id, "captures", {})).capture).toMatchObject({ amount: "100.00" });
    expect(await moves(paid.id, "capture")).toEqual(["10000"]);
    expect(ok(await post(paid.id, "cancel", {}, undefined))).toMatchObject({
      status: "captured",
      refunded: "100.00",
    });
    expect(ok(await post(paid.id, "cancel", {}, undefined))).toMatchObject({ refunded: "100.00" });
    expect(await moves(paid.id, "refund")).toEqual(["10000"]);
    await consistent();
  });

  test("that is to be captured by itself is", async () => {
    expect(await held({ capture: "automatic" })).toMatchObject({ status: "captured", captured: "100.00" });
  });

  test("may be asked for with another amount, in any case and order, until it is paid", async () => {
    const { id } = await initiate("Card");
    expect(ok(await post(id, "", { amount: "70.00", data: { cart: 1 } }, undefined))).toMatchObject({
      amount: "70.00",
    });
    expect(ok(await post(id, "", { amount: "70.00", currency: "USD" }, undefined))).toMatchObject({
      amount: "70.00",
    });
    const asked = ok(await post(id, "authorize"));
    ok(await post(id, "authorize", { proof: await world.payFor(asked) }));
    const late = await post(id, "", { amount: "1.00" }, undefined);
    expect([late.status, late.body.code]).toEqual([409, "not_open"]);
  });

  test("in another currency uses the merchant's rate, and its parts add up to the whole on both sides", async () => {
    const asked = await acting("Card", { amount: "100.00", currency: "eur" });
    expect(asked).toMatchObject({ amount: "100.00", currency: "eur" });
    const authorized = ok(await post(asked.id, "authorize", { proof: await world.payFor(asked) }));
    expect(authorized).toMatchObject({ authorized: "100.00" });
    expect(await moves(asked.id, "hold")).toEqual(["11112"]); // 100 / 0.9, rounded up
    const key = fresh("capt");
    const first = await post(asked.id, "captures", { amount: "60.00" }, key);
    expect(ok(first)).toMatchObject({ captured: "60.00", capture: { amount: "60.00" } });
    expect((await post(asked.id, "captures", { amount: "60.00" }, key)).text).toBe(first.text);
    expect(ok(await post(asked.id, "captures", { amount: "40.00" }))).toMatchObject({
      status: "captured",
      captured: "100.00",
    });
    expect((await moves(asked.id, "capture")).map(Number).reduce((a, b) => a + b)).toBe(11_112);
    for (const amount of ["33.33", "33.33", "33.34"]) ok(await post(asked.id, "refunds", { amount }));
    expect(await get(asked.id)).toMatchObject({ refunded: "100.00" });
    const [charge] = (
      await world.database.pool.query(
        "select rate, rate_source, list_amount, list_currency, requested from charge where id = $1",
        [asked.id],
      )
    ).rows;
    expect(charge).toMatchObject({
      rate: "0.9",
      rate_source: "merchant",
      list_amount: "100.00",
      list_currency: "EUR",
    });
    await consistent();
  });
});

test("an order is found by what the shop calls it, with what came beside it", async () => {
  const key = fresh("order");
  const { id } = await initiate("Card", { externalRef: key });
  const { search } = shop.process.processor;
  expect(await search(world.merchantId, key)).toEqual([{ kind: "charge", id }]);
  expect(await search("m_other", key)).toEqual([]);
});

describe("a dropped session", () => {
  test("ends, and ends again", async () => {
    const { id } = await initiate("Pix");
    expect(ok(await shop.call("DELETE", `/payments/${id}`)).status).toBe("voided");
    expect(ok(await shop.call("DELETE", `/payments/${id}`)).status).toBe("voided");
    const authorized = await held();
    expect(ok(await shop.call("DELETE", `/payments/${authorized.id}`)).status).toBe("voided");
    expect(await moves(authorized.id, "void")).toHaveLength(1);
    const paid = await held({}, "Wallet");
    expect((await shop.call("DELETE", `/payments/${paid.id}`)).body.code).toBe("already_captured");
  });
});

describe("what is wrong", () => {
  const refusals: [string, object, number, string][] = [
    ["too many decimals", { amount: "1.001" }, 400, "amount_invalid"],
    ["a sign", { amount: "-1.00" }, 400, "amount_invalid"],
    ["an exponent", { amount: "1e2" }, 400, "amount_invalid"],
    ["a number", { amount: 100 }, 400, "invalid"],
    ["nothing", { amount: "0.00" }, 400, "amount_not_positive"],
    ["an unknown currency", { currency: "xyz" }, 400, "currency_unknown"],
    ["a currency without a rate", { currency: "jpy", amount: "5" }, 400, "currency_unsupported"],
    ["an unknown rail", { rail: "stripe" }, 400, "rail_unknown"],
    ["an unknown member", { amont: "1.00" }, 400, "invalid"],
    ["an address that is none", { returnUrl: "javascript:alert(1)" }, 400, "invalid"],
  ];
  test.each(refusals)("%s is refused", async (_name, more, status, code) => {
    const said = await shop.call("POST", "/payments", { body: wish("Card", more), key: fresh("k") });
    expect([said.status, said.body.code]).toEqual([status, code]);
    expect(said.headers.get("content-type")).toBe("application/problem+json");
    expect(Object.keys(said.body)).not.toContain("error");
  });

  test("a body that is too large, no JSON, no object, or a key that is missing or too long", async () => {
    const codes = async (body: unknown, key?: string) =>
      (await shop.call("POST", "/payments", { body, ...(key === undefined ? {} : { key }) })).body.code;
    expect(await codes({ ...wish("Card"), description: "x".repeat(70_000) }, "k")).toBe("body_too_large");
    expect(await codes("{", "k")).toBe("invalid");
    expect(await codes("[]", "k")).toBe("invalid");
    expect(await codes(wish("Card"))).toBe("key_required");
    expect(await codes(wish("Card"), "k".repeat(256))).toBe("key_invalid");
  });

  test("whoever shows no key, another's, or one that has ended is not let in, and sees no payment of others", async () => {
    const { id } = await initiate("Card");
    const { keys } = world.catalog.connectors;
    const by = { actor: "system" };
    const other = await keys.create({ merchantId: world.merchantId, slug: "other" }, by);
    const rivalId = (await world.catalog.snapshot()).findMerchant("rival")?.merchant.id ?? "";
    const rival = await keys.create({ merchantId: rivalId, slug: "store" }, by);
    for (const token of ["", "fbc_test_x", `fbc_test_${"A".repeat(43)}`])
      expect((await shop.call("GET", `/payments/${id}`, { token })).status).toBe(401);
    for (const { key } of [other, rival])
      expect((await shop.call("GET", `/payments/${id}`, { token: key ?? "" })).status).toBe(404);
    await keys.end({ merchantId: world.merchantId, slug: "other", id: other.id });
    expect((await shop.call("GET", `/payments/${id}`, { token: other.key ?? "" })).status).toBe(401);
    await expect(keys.end({ merchantId: rivalId, slug: "store", id: other.id })).rejects.toThrow(
      /no such key/,
    );
  });

  test("a rotated key lets in until its overlap is over", async () => {
    const { keys } = world.catalog.connectors;
    const where = { merchantId: world.merchantId, slug: "other" };
    const first = await keys.create(where, { actor: "system" });
    const second = await keys.create({ ...where, endOthersAfterSeconds: 3_600 }, { actor: "system" });
    const status = async (key: string | null) =>
      (await shop.call("GET", "/payments/ch_1", { token: key ?? "" })).status;
    expect([await status(first.key), await status(second.key)]).toEqual([404, 404]);
    world.clock.pass(3_600_000);
    expect([await status(first.key), await status(second.key)]).toEqual([401, 404]);
    expect(JSON.stringify(await keys.list(where))).not.toContain(second.key);
  });

  test("addresses and methods that do not exist say so", async () => {
    expect((await shop.call("GET", "/payouts")).status).toBe(404);
    const said = await shop.call("PUT", "/payments/ch_1", { body: {} });
    expect([said.status, said.headers.get("allow")]).toEqual([405, "GET, POST, DELETE"]);
    expect((await shop.call("GET", "/payments/constructor/toString")).status).toBe(404);
  });
});

describe("a card number", () => {
  const pan = "4444333322221111";
  const dump = async () => {
    const tables = [
      "charge",
      "payment",
      "payment_operation",
      "connector_call",
      "connector_answer",
      "charge_event",
      "event",
      "job",
      "refund",
    ];
    const rows = await Promise.all(
      tables.map((name) => world.database.pool.query(`select ${name}::text as row from ${name}`)),
    );
    return JSON.stringify(rows.map((result) => result.rows)) + world.log.join("\n");
  };

  test("is refused wherever it stands, and leaves no trace", async () => {
    const { id } = await acting("Card");
    const tries: Promise<Said>[] = [
      shop.call("POST", "/payments", { body: wish("Card", { description: `for ${pan}` }), key: fresh("k") }),
      shop.call("POST", "/payments", { body: wish("Card", { externalRef: pan }), key: fresh("k") }),
      shop.call("POST", "/payments", { body: wish("Card"), key: pan }),
      shop.call("POST", "/payments", { body: `{"card": ${pan}`, key: fresh("k") }),
      shop.call("POST", "/payments", { body: { [pan]: 1 }, key: fresh("k") }),
      post(id, "authorize", { proof: { token: "4444 3333 2222 1111" } }),
      post(id, "authorize", { proof: { number: 4444333322221111 } }),
      post(id, "", { data: { deep: [{ pan }] } }, undefined),
      shop.call("GET", `/payments/${pan}`),
      shop.call("GET", `/payments/${id}/refunds?key=${pan}`),
    ];
    for (const said of await Promise.all(tries)) {
      expect([said.status, said.body.code]).toEqual([400, "pan_not_accepted"]);
      expect(said.text).not.toContain(pan);
    }
    const all = await dump();
    expect(all).toContain("pan_not_accepted");
    expect(all).not.toContain(pan);
    expect(all).not.toContain("4444 3333");
  });
});

test("the last hundred calls are kept, without proofs and keys", async () => {
  const connector = await world.catalog.connectors.find("acme", "store");
  const asked = await acting("Card");
  const proof = await world.payFor(asked);
  await post(asked.id, "authorize", { proof });
  for (let n = 0; n < 105; n += 1) await shop.call("GET", `/payments/ch_${n}`);
  const calls = await shop.shops.calls.list(connector?.id ?? "");
  expect(calls).toHaveLength(100);
  expect(calls[0]).toMatchObject({ method: "GET", path: "/payments/ch_104", status: 404 });
  expect(JSON.stringify(calls.map(({ id: _id, ...call }) => call))).not.toContain(proof.token);
  expect(await shop.shops.calls.last([connector?.id ?? ""])).toHaveLength(1);
});
