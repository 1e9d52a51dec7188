import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Money } from "@/lib/money";
import { createShopWorld, type Said, type Shop, type ShopWorld } from "@/lib/testing/shop-world";

let world: ShopWorld;
let shop: Shop;
let other: Shop;
let counter = 0;

beforeAll(async () => {
  world = await createShopWorld();
  [shop, other] = [await world.openShop(), await world.openShop()];
});
afterAll(() => world.close());

const fresh = (name: string) => {
  counter += 1;
  return `${name}_${counter}`;
};
type Item = Record<string, unknown> & { id: string; status: string };
const ok = ({ status, body, text }: Said): Item => {
  if (status >= 300) throw new Error(`${status}: ${text}`);
  return body as Item;
};
const wish = (rail: string) => ({ amount: "100.00", currency: "usd", externalRef: fresh("payses"), rail });
const call = async (path: string, body: object, key = fresh("key"), at = shop) =>
  await at.call("POST", path, { body, key });
const opened = async (rail: string) => ok(await call("/payments", wish(rail)));
const asked = async (rail: string) => ok(await call(`/payments/${(await opened(rail)).id}/authorize`, {}));
const paid = async (rail: string, behaviour?: string) => {
  const payment = await asked(rail);
  return ok(
    await call(`/payments/${payment.id}/authorize`, { proof: await world.payFor(payment, behaviour) }),
  );
};
const captured = async () => {
  const { id } = await paid("Card");
  return ok(await call(`/payments/${id}/captures`, {}));
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
/** The same call fifty times at once, over two processes; every answer with what it says. */
const fifty = async (path: string, body: object, key = fresh("key")) =>
  await Promise.all(Array.from({ length: 50 }, (_, n) => call(path, body, key, n % 2 ? shop : other)));
const same = (answers: readonly Said[], status: number) => {
  expect(new Set(answers.map((said) => said.status))).toEqual(new Set([status]));
  expect(new Set(answers.map((said) => said.text)).size).toBe(1);
};

describe("fifty times at once with one key", () => {
  test("initiate is one payment and one answer", async () => {
    const body = wish("Pix");
    const answers = await fifty("/payments", body);
    same(answers, 201);
    const { rows } = await world.database.pool.query(
      "select charge_id from payment where external_ref = $1",
      [body.externalRef],
    );
    expect(rows).toHaveLength(1);
  }, 60_000);

  test("authorize is one hold", async () => {
    const payment = await asked("Card");
    const answers = await fifty(`/payments/${payment.id}/authorize`, { proof: await world.payFor(payment) });
    same(answers, 200);
    expect(await moves(payment.id, "hold")).toEqual(["10000"]);
  }, 60_000);

  test("a capture is one capture", async () => {
    const { id } = await paid("Card");
    same(await fifty(`/payments/${id}/captures`, { amount: "60.00" }), 200);
    expect(await moves(id, "capture")).toEqual(["6000"]);
  }, 60_000);

  test("a refund is one refund", async () => {
    const { id } = await captured();
    same(await fifty(`/payments/${id}/refunds`, { amount: "60.00" }), 200);
    expect(await moves(id, "refund")).toEqual(["6000"]);
  }, 60_000);

  test("cancel lets go once", async () => {
    const { id } = await paid("Card");
    same(await fifty(`/payments/${id}/cancel`, {}), 200);
    expect(await moves(id, "void")).toHaveLength(1);
    await consistent();
  }, 60_000);

  test("a key that is used for two requests is one of them", async () => {
    const key = fresh("key");
    const [a, b] = [wish("Card"), wish("Card")];
    const answers = await Promise.all([a, b, a, b].map((body) => call("/payments", body, key)));
    const codes = answers.map((said) => said.body.code ?? "done").sort();
    expect(codes).toEqual(["done", "done", "key_reused", "key_reused"]);
  });
});

describe("two keys for one operation", () => {
  const total = (amounts: readonly string[]) => amounts.map(Number).reduce((a, b) => a + b, 0);

  test("never capture more than was authorized", async () => {
    const { id } = await paid("Card");
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        call(`/payments/${id}/captures`, { amount: "30.00" }, fresh("capt"), n % 2 ? shop : other),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(total(await moves(id, "capture"))).toBe(9_000);
    const refused = new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body.code));
    expect([...refused].every((code) => code === "over_capture" || code === "in_progress")).toBe(true);
  }, 60_000);

  test("are one capture when each is for all of it", async () => {
    const { id } = await paid("Card");
    const answers = await Promise.all(
      [1, 2, 3].map(() => call(`/payments/${id}/captures`, { amount: "100.00" }, fresh("capt"))),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await moves(id, "capture")).toEqual(["10000"]);
  });

  test("never refund more than was captured", async () => {
    const { id } = await captured();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        call(`/payments/${id}/refunds`, { amount: "30.00" }, fresh("ref"), n % 2 ? shop : other),
      ),
    );
    const done = answers.filter(({ status }) => status === 200).length;
    expect(total(await moves(id, "refund"))).toBe(done * 3_000);
    expect(done).toBeLessThanOrEqual(3);
    await consistent();
  }, 60_000);

  test("a capture and a cancel at once end in one of the two", async () => {
    const { id } = await paid("Card");
    await Promise.all([
      call(`/payments/${id}/captures`, {}),
      call(`/payments/${id}/cancel`, {}, fresh("c"), other),
    ]);
    const { status } = ok(await shop.call("GET", `/payments/${id}`));
    expect(["captured", "voided"]).toContain(status);
    expect((await moves(id, "capture")).length + (await moves(id, "void")).length).toBe(1);
  });
});

describe("every order of operations", () => {
  const inState: Record<string, () => Promise<Item>> = {
    created: () => opened("Card"),
    requires_action: () => asked("Card"),
    authorized: () => paid("Card"),
    "partly captured": async () => {
      const { id } = await paid("Card");
      return ok(await call(`/payments/${id}/captures`, { amount: "60.00" }));
    },
    captured: () => captured(),
    refunded: async () => {
      const { id } = await captured();
      return ok(await call(`/payments/${id}/refunds`, { amount: "100.00" }));
    },
    "captured, rest let go": async () => {
      const { id } = await paid("Card");
      return ok(await call(`/payments/${id}/captures`, { amount: "60.00", final: true }));
    },
    sold: () => paid("Wallet"),
    voided: async () => ok(await call(`/payments/${(await paid("Card")).id}/cancel`, {})),
    "dropped while open": async () => ok(await shop.call("DELETE", `/payments/${(await opened("Pix")).id}`)),
    denied: () => paid("Card", "decline"),
  };
  const operations: Record<string, (id: string) => Promise<Said>> = {
    update: (id) => shop.call("POST", `/payments/${id}`, { body: { amount: "50.00" } }),
    authorize: (id) => call(`/payments/${id}/authorize`, {}),
    capture: (id) => call(`/payments/${id}/captures`, { amount: "40.00" }),
    "capture too much": (id) => call(`/payments/${id}/captures`, { amount: "100.01" }),
    refund: (id) => call(`/payments/${id}/refunds`, { amount: "10.00" }),
    "refund too much": (id) => call(`/payments/${id}/refunds`, { amount: "100.01" }),
    cancel: (id) => call(`/payments/${id}/cancel`, {}),
    delete: (id) => shop.call("DELETE", `/payments/${id}`),
  };
  /** What each says in each state; a code changes nothing. */
  const table: Record<string, readonly string[]> = {
    //                        update     authorize          capture          too much          refund              too much           cancel              delete
    created: [
      "ok",
      "ok",
      "not_capturable",
      "not_capturable",
      "nothing_captured",
      "nothing_captured",
      "ok",
      "ok",
    ],
    requires_action: [
      "ok",
      "ok",
      "not_capturable",
      "not_capturable",
      "nothing_captured",
      "nothing_captured",
      "ok",
      "ok",
    ],
    authorized: ["not_open", "ok", "ok", "over_capture", "nothing_captured", "nothing_captured", "ok", "ok"],
    "partly captured": ["not_open", "ok", "ok", "over_capture", "ok", "over_refund", "ok", "ok"],
    captured: [
      "not_open",
      "ok",
      "already_captured",
      "over_capture",
      "ok",
      "over_refund",
      "already_captured",
      "already_captured",
    ],
    refunded: [
      "not_open",
      "ok",
      "already_captured",
      "over_capture",
      "over_refund",
      "over_refund",
      "already_captured",
      "already_captured",
    ],
    "captured, rest let go": [
      "not_open",
      "ok",
      "already_captured",
      "over_capture",
      "ok",
      "over_refund",
      "ok",
      "ok",
    ],
    sold: ["not_open", "ok", "ok", "over_capture", "ok", "over_refund", "ok", "already_captured"],
    voided: [
      "not_open",
      "ok",
      "not_capturable",
      "not_capturable",
      "nothing_captured",
      "nothing_captured",
      "ok",
      "ok",
    ],
    "dropped while open": [
      "not_open",
      "ok",
      "not_capturable",
      "not_capturable",
      "nothing_captured",
      "nothing_captured",
      "ok",
      "ok",
    ],
    denied: [
      "not_open",
      "ok",
      "not_capturable",
      "not_capturable",
      "nothing_captured",
      "nothing_captured",
      "not_voidable",
      "ok",
    ],
  };

  for (const [state, make] of Object.entries(inState)) {
    test(`of a payment that is ${state} is taken or refused with its reason, and a refusal changes nothing`, async () => {
      const said: string[] = [];
      for (const operate of Object.values(operations)) {
        const before = await make();
        const journal = async () => (await world.moves()).length;
        const [was, movesBefore] = [ok(await shop.call("GET", `/payments/${before.id}`)), await journal()];
        const answer = await operate(before.id);
        if (answer.status < 300) {
          said.push("ok");
          continue;
        }
        said.push(String(answer.body.code));
        expect(String(answer.body.detail).length).toBeGreaterThan(10);
        expect(ok(await shop.call("GET", `/payments/${before.id}`))).toEqual(was);
        expect(await journal()).toBe(movesBefore);
      }
      expect(Object.fromEntries(Object.keys(operations).map((name, n) => [name, said[n]]))).toEqual(
        Object.fromEntries(Object.keys(operations).map((name, n) => [name, table[state]?.[n]])),
      );
    }, 60_000);
  }
});

describe("a lost answer of the rail", () => {
  test("to an authorization reads pending, is neither declined nor paid, and ends as the rail says", async () => {
    const payment = await asked("Card");
    const proof = await world.payFor(payment, "unknown");
    const said = ok(await call(`/payments/${payment.id}/authorize`, { proof }));
    expect(said).toMatchObject({ status: "pending", authorized: "0.00" });
    expect(ok(await shop.call("GET", `/payments/${payment.id}`))).toMatchObject({ status: "pending" });
    world.clock.pass(6_000);
    await world.settle(shop.process);
    expect(ok(await shop.call("GET", `/payments/${payment.id}`))).toMatchObject({ status: "authorized" });
    expect(await moves(payment.id, "hold")).toEqual(["10000"]);
  }, 60_000);

  test("to a sale is one sale in the end", async () => {
    const payment = await asked("Wallet");
    const key = fresh("payses");
    const proof = await world.payFor(payment, "unknown");
    expect(ok(await call(`/payments/${payment.id}/authorize`, { proof }, key)).status).toBe("pending");
    world.clock.pass(6_000);
    await world.settle(shop.process);
    expect(ok(await call(`/payments/${payment.id}/authorize`, { proof }, key)).status).toBe("captured");
    expect(await moves(payment.id, "capture")).toEqual(["10000"]);
    await consistent();
  }, 60_000);
});

test("a rail that is down is 503, nothing has moved, and it can be given up", async () => {
  const payment = await asked("Wallet");
  const proof = await world.payFor(payment, "down");
  const key = fresh("payses");
  const down = await call(`/payments/${payment.id}/authorize`, { proof }, key);
  expect([down.status, down.body.code]).toEqual([503, "unavailable"]);
  expect(Number(down.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await moves(payment.id, "capture")).toEqual([]);
  const { status } = ok(await shop.call("GET", `/payments/${payment.id}`));
  expect(["created", "requires_action"]).toContain(status);
  expect(ok(await call(`/payments/${payment.id}/cancel`, {})).status).toBe("voided");
  world.clock.pass(3_600_000);
  await world.settle(shop.process);
  expect(ok(await shop.call("GET", `/payments/${payment.id}`)).status).toBe("voided");
  expect(await moves(payment.id, "capture")).toEqual([]);
});

describe("a lost answer to a capture", () => {
  test("is 504 until the rail says, and then one capture under the same key", async () => {
    const payment = await asked("Card");
    await call(`/payments/${payment.id}/authorize`, { proof: await world.payFor(payment, "unknown") });
    world.clock.pass(6_000);
    await world.settle(shop.process);
    const key = fresh("capt");
    const lost = await call(`/payments/${payment.id}/captures`, { amount: "60.00" }, key);
    expect([lost.status, lost.body.code, lost.headers.get("retry-after")]).toEqual([504, "unknown", "2"]);
    expect(ok(await shop.call("GET", `/payments/${payment.id}`))).toMatchObject({
      ...{ status: "authorized", captured: "0.00" },
    });
    const other = await call(`/payments/${payment.id}/captures`, { amount: "60.00" }, fresh("capt"));
    expect(other.status).toBeGreaterThanOrEqual(409);
    world.clock.pass(6_000);
    await world.settle(shop.process);
    const found = await call(`/payments/${payment.id}/captures`, { amount: "60.00" }, key);
    expect(ok(found)).toMatchObject({ captured: "60.00", capture: { amount: "60.00" } });
    expect(await moves(payment.id, "capture")).toEqual(["6000"]);
    await consistent();
  }, 60_000);
});

test("a shop that is switched off is refused, and what it has opened is told to nobody else", async () => {
  const { id } = await paid("Card");
  const config = await world.catalog.getConfig("acme");
  const turn = (enabled: boolean) =>
    world.catalog.putConfig(
      { ...config, connectors: config.connectors.map((one) => ({ ...one, enabled })) },
      { actor: "system" },
    );
  await turn(false);
  const said = await shop.call("GET", `/payments/${id}`);
  expect([said.status, said.body.code]).toEqual([403, "connector_off"]);
  await turn(true);
  expect((await shop.call("GET", `/payments/${id}`)).status).toBe(200);
});

test("reversing all of it leaves every ledger at zero, and what the rails say of themselves is the same", async () => {
  for (const shopped of [await paid("Card"), await captured(), await paid("Wallet")])
    expect(shopped.id).toBeTruthy();
  await world.settle(shop.process);
  const { rows } = await world.database.pool.query<{ id: string }>(
    "select id from charge where kind = 'payment'",
  );
  for (const { id } of rows) {
    const payment = await shop.process.processor.payments.retrieve({ merchantId: world.merchantId, id });
    if (
      payment.status === "authorized" ||
      payment.status === "requires_action" ||
      payment.status === "created"
    )
      ok(await call(`/payments/${id}/cancel`, {}));
    const now = await shop.process.processor.payments.retrieve({ merchantId: world.merchantId, id });
    const left = Money.subtract(now.captured, now.refunded);
    if (left.units > 0n) ok(await call(`/payments/${id}/refunds`, { amount: Money.format(left) }));
  }
  await consistent();
  const sums = await world.database.pool.query(
    "select split_part(account, ':', 1) as of, sum(units)::text as sum from posting group by 1 order by 1",
  );
  expect(sums.rows).toEqual([
    { of: "merchant", sum: "0" },
    { of: "rail", sum: "0" },
  ]);
  const log = await world.moves();
  const total = (type: string) =>
    log.filter((move) => move.type === type).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  expect(total("capture")).toBe(total("refund"));
}, 60_000);
