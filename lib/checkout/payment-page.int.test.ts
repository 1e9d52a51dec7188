import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createShopWorld, type Shop, type ShopWorld } from "@/lib/testing/shop-world";
import { createPaymentPages } from "./payment-page";

let world: ShopWorld;
let shop: Shop;
let pages: ReturnType<typeof createPaymentPages>;
let counter = 0;

beforeAll(async () => {
  world = await createShopWorld();
  shop = await world.openShop();
  pages = createPaymentPages({
    clock: world.clock,
    log: () => undefined,
    payments: shop.process.processor.payments,
    merchant: async (id) => (await world.catalog.snapshot()).findMerchantById(id)?.merchant ?? null,
    rail: async (_merchant, slug) => world.rails.get(slug) ?? null,
  });
});
afterAll(() => world.close());

const open = async (rail: string, more: object = {}) => {
  counter += 1;
  const key = `payses_${counter}`;
  const body = {
    amount: "12.50",
    currency: "usd",
    externalRef: key,
    rail,
    returnUrl: "https://shop.example/back?o=1",
    ...more,
  };
  const said = await shop.call("POST", "/payments", { body, key });
  if (said.status !== 201) throw new Error(said.text);
  return String(said.body.id);
};
const statusOf = async (id: string) => (await shop.call("GET", `/payments/${id}`)).body.status;

describe("the page of a shop's payment", () => {
  test("says what is to be paid, takes the money once however often the button is pressed, and leads back", async () => {
    const id = await open("Wallet", { description: "Two mugs" });
    expect(await pages.view(id)).toMatchObject({
      ...{ title: "Two mugs", state: "open", mode: "test", list: { amount: "12.50", currency: "USD" } },
      way: { kind: "press" },
      returnUrl: "https://shop.example/back?o=1",
    });
    await Promise.all(Array.from({ length: 8 }, () => pages.pay({ id, choice: "approve" })));
    expect(await pages.view(id)).toMatchObject({ state: "paid" });
    expect(await statusOf(id)).toBe("captured");
    const captures = (await world.moves("capture")).filter((move) => move.challengeId === id);
    expect(captures.map(({ amount }) => amount)).toEqual(["1250"]);
    await pages.pay({ id });
    expect((await world.moves("capture")).filter((move) => move.challengeId === id)).toHaveLength(1);
  });

  test("holds the money of a rail that reserves, and says that a refusal took nothing", async () => {
    const held = await open("Card");
    await pages.pay({ id: held });
    expect([await statusOf(held), (await pages.view(held)).state]).toEqual(["authorized", "paid"]);
    const refused = await open("Card");
    await pages.pay({ id: refused, choice: "decline" });
    expect([await statusOf(refused), (await pages.view(refused)).state]).toEqual(["denied", "not-paid"]);
  });

  test("does not ask for money again while nobody knows what became of it", async () => {
    const id = await open("Wallet");
    await pages.pay({ id, choice: "unknown" });
    expect((await pages.state(id)).state).toBe("pending");
    await pages.pay({ id, choice: "approve" });
    world.clock.pass(6_000);
    await world.settle(shop.process);
    expect((await pages.view(id)).state).toBe("paid");
    expect((await world.moves("capture")).filter((move) => move.challengeId === id)).toHaveLength(1);
  });

  test("shows a code that is paid elsewhere", async () => {
    const id = await open("Pix");
    const { way } = await pages.view(id);
    expect(way).toMatchObject({ kind: "code", scheme: "pix", link: null });
    await expect(pages.pay({ id })).rejects.toThrow(/cannot be paid here/);
  });

  test("is there for payments of shops alone", async () => {
    for (const id of ["ch_1", "rc_01M7ZWB76TE6QEVCSZFZW3YJVS", "ch_01M7ZWB76TE6QEVCSZFZW3YJVS"])
      await expect(pages.view(id)).rejects.toMatchObject({ slug: "not-found" });
  });
});
