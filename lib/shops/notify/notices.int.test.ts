import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createShopWorld, notifySecret, type Shop, type ShopWorld } from "@/lib/testing/shop-world";

let world: ShopWorld;
let shop: Shop;
let counter = 0;
const hour = 3_600_000;

beforeAll(async () => {
  world = await createShopWorld();
  shop = await world.openShop();
});
beforeEach(async () => {
  world.receiver.answer = async () => new Response(null, { status: 200 });
  await drain();
  world.receiver.posts.length = 0;
});
afterAll(() => world.close());

const fresh = (name: string) => {
  counter += 1;
  return `${name}_${counter}`;
};
type Item = Record<string, unknown> & { id: string; status: string };
const post = async (path: string, body: object, key = fresh("key")): Promise<Item> => {
  const said = await shop.call("POST", path, { body, key });
  if (said.status >= 400) throw new Error(said.text);
  return said.body as Item;
};
const opened = (rail: string) =>
  post("/payments", { amount: "100.00", currency: "usd", externalRef: fresh("payses"), rail });
const held = async () => {
  const { id } = await opened("Card");
  const asked = await post(`/payments/${id}/authorize`, {});
  return await post(`/payments/${id}/authorize`, { proof: await world.payFor(asked) });
};
/** Sends what is due until nothing is. */
const drain = async () => {
  while ((await shop.sender.work()) > 0);
};
const told = () =>
  world.receiver.posts.map(({ body }) => {
    const { type, payment } = JSON.parse(body) as { type: string; payment: Item };
    return [type, payment.status, payment.captured];
  });
const noticesOf = async (id: string) =>
  await shop.sender.list({ merchantId: world.merchantId, connector: "store", chargeId: id });
const slip = async (id: string) =>
  (await world.database.pool.query("select offer->>'slip' as slip from charge where id = $1", [id])).rows[0]
    ?.slip;

describe("a notice", () => {
  test("is signed over its time and its bytes, and goes to the address that the merchant set", async () => {
    await opened("Pix");
    await drain();
    const [sent] = world.receiver.posts;
    const { "farebox-timestamp": timestamp, "farebox-signature": signature } = sent?.headers ?? {};
    const expected = createHmac("sha256", notifySecret).update(`${timestamp}.${sent?.body}`).digest("hex");
    expect([sent?.url, signature]).toEqual(["https://store.example/hooks", `v1=${expected}`]);
    expect(timestamp).toBe(Math.floor(world.clock.now().getTime() / 1_000).toString());
    expect(Object.keys(JSON.parse(sent?.body ?? "{}").payment)).not.toContain("error");
  });

  test("says what is now, and a state that is over is not told any more", async () => {
    world.receiver.answer = async () => new Response(null, { status: 503 });
    const payment = await held();
    await drain();
    await post(`/payments/${payment.id}/captures`, {});
    world.receiver.posts.length = 0;
    world.receiver.answer = async () => new Response(null, { status: 204 });
    world.clock.pass(hour);
    await drain();
    expect(told()).toEqual([["payment.captured", "captured", "100.00"]]);
    expect((await noticesOf(payment.id)).map(({ type, state }) => `${type} ${state}`).sort()).toEqual([
      "payment.authorized dropped",
      "payment.captured sent",
      "payment.requires_action dropped",
    ]);
  });

  test("of each part that is captured is told anew", async () => {
    const payment = await held();
    await drain();
    await post(`/payments/${payment.id}/captures`, { amount: "60.00" });
    await drain();
    await post(`/payments/${payment.id}/captures`, { amount: "40.00" });
    await drain();
    expect(told()).toEqual([
      ["payment.authorized", "authorized", "0.00"],
      ["payment.authorized", "authorized", "60.00"],
      ["payment.captured", "captured", "100.00"],
    ]);
  });

  test("survives a receiver that is down for a day, asked at most every quarter of an hour", async () => {
    world.receiver.answer = () => Promise.reject(new Error("refused"));
    const payment = await held();
    const times: number[] = [];
    for (let minutes = 0; minutes < 24 * 60; minutes += 1) {
      const before = world.receiver.posts.length;
      await shop.sender.work();
      if (world.receiver.posts.length > before) times.push(minutes);
      world.clock.pass(60_000);
    }
    expect(times.length).toBeGreaterThan(90);
    expect(times.length).toBeLessThan(130);
    world.receiver.posts.length = 0;
    world.receiver.answer = async () => new Response(null, { status: 200 });
    world.clock.pass(hour);
    await drain();
    expect(told()).toEqual([["payment.authorized", "authorized", "0.00"]]);
    expect(await noticesOf(payment.id)).toContainEqual(
      expect.objectContaining({ type: "payment.authorized", state: "sent", lastStatus: 200 }),
    );
  }, 60_000);

  test("is given up after three days, loudly", async () => {
    world.receiver.answer = async () => new Response(null, { status: 500 });
    const payment = await held();
    await drain();
    world.clock.pass(73 * hour);
    await drain();
    expect(await noticesOf(payment.id)).toContainEqual(
      expect.objectContaining({ state: "given_up", lastError: "It answered 500." }),
    );
    expect(world.log.join("\n")).toContain("notice.given-up");
  });

  test("is sent once by two processes", async () => {
    const other = await world.openShop();
    await opened("Pix");
    await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? shop : other).sender.work()));
    expect(world.receiver.posts).toHaveLength(1);
  });

  test("is kept when the process dies while it sends it, and is sent by another one", async () => {
    await opened("Pix");
    const lost = new Promise<Response>(() => undefined);
    world.receiver.answer = () => lost;
    void shop.sender.work(); // never ends
    while (world.receiver.posts.length === 0) await new Promise((resolve) => setImmediate(resolve));
    world.receiver.answer = async () => new Response(null, { status: 200 });
    await shop.sender.work();
    expect(world.receiver.posts).toHaveLength(1);
    world.clock.pass(31_000);
    await shop.sender.work();
    expect(world.receiver.posts).toHaveLength(2);
  });
});

describe("a payment that nobody paid in time", () => {
  test("is closed by telling it: money that comes later goes back by itself", async () => {
    const { id } = await opened("Pix");
    world.clock.pass(2 * hour);
    await world.settle(shop.process);
    await drain();
    const mine = world.receiver.posts.filter(({ body }) => body.includes(id));
    expect(mine.map(({ body }) => JSON.parse(body).type)).toEqual(["payment.canceled"]);
    const request = new Request(`http://farebox.test/demo/wallet/slips/${await slip(id)}/payments`, {
      method: "POST",
      body: "{}",
    });
    expect((await world.demo.handle(request)).ok).toBe(true);
    world.clock.pass(hour);
    await world.settle(shop.process);
    expect((await shop.call("GET", `/payments/${id}`)).body).toMatchObject({
      status: "expired",
      captured: "0.00",
    });
    const { violations } = await shop.process.processor.verify({ rails: true });
    expect(violations).toEqual([]);
    const balances = await world.database.pool.query(
      "select currency, sum(units)::text as sum from posting where account = 'rail:demo-slip' group by currency",
    );
    expect(balances.rows).toEqual([{ currency: "USD", sum: "0" }]);
  });
});
