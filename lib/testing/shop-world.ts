import { type Catalog, openCatalog } from "@/lib/catalog";
import { createSeal } from "@/lib/kit";
import { createPricing, type RateTable, railOffers, ratesAt, readRates } from "@/lib/pricing";
import { railKinds } from "@/lib/runtime/rail-kinds";
import { createShops, type Shops } from "@/lib/shops";
import { createNoticeSender, type NoticeSender } from "@/lib/webhooks";
import { createWorld, type Process, type World } from "./processor-world";

const by = { actor: "system" };

/** What a receiver of notices got, and how it answers. */
export type Receiver = {
  posts: { url: string; headers: Record<string, string>; body: string; at: Date }[];
  answer(): Promise<Response>;
};

export type Said = Readonly<{
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
  text: string;
}>;

/** A shop's side of one process. */
export type Shop = Readonly<{
  process: Process;
  shops: Shops;
  sender: NoticeSender;
  call(method: string, path: string, more?: { body?: unknown; key?: string; token?: string }): Promise<Said>;
}>;

export type ShopWorld = Omit<World, "pay"> &
  Readonly<{
    catalog: Catalog;
    merchantId: string;
    /** The key of connector `store`. */
    token: string;
    receiver: Receiver;
    log: string[];
    openShop(): Promise<Shop>;
    /** Pays at the pretend network for a payment of the surface; the proof. */
    payFor(payment: Record<string, unknown>, behaviour?: string): Promise<{ token: string }>;
  }>;

const rails = ["demo", "demo-hold", "demo-slip"];
export const notifySecret = "whsec-of-the-store";

/** Three shops of one merchant over the test rails, and one of another merchant. */
const configOf = (slug: string, ids: readonly string[]) => ({
  version: 1,
  merchant: { slug, name: slug, currency: "USD", timeZone: "UTC", rates: { USD: { EUR: "0.9" } } },
  rails: rails.map((kind) => ({ id: kind, kind, mode: "test" })),
  services: [],
  connectors: ids.map((id) => ({
    id,
    kind: "medusa",
    mode: "test",
    methods: [
      { name: "Card", rail: "demo-hold" },
      { name: "Wallet", rail: "demo" },
      { name: "Pix", rail: "demo-slip" },
    ],
    settings: { notifyUrl: `https://${id}.example/hooks`, notifySecret: { $secret: notifySecret } },
  })),
});

const openTestCatalog = (world: World): Promise<Catalog> =>
  openCatalog({
    database: world.database,
    databaseUrl: world.url,
    seal: createSeal("s".repeat(32)),
    railKinds: railKinds({ demo: true }),
    railOffers: (price, { rates, ...sold }, facts) =>
      railOffers(
        price,
        { ...sold, rates: ratesAt((rates ?? {}) as RateTable, [], world.clock.now()) },
        facts,
      ),
    readRates,
    checkAddress: () => null,
    demo: true,
    clock: world.clock,
    log: () => undefined,
  });

export async function createShopWorld(): Promise<ShopWorld> {
  const world = await createWorld();
  const catalog = await openTestCatalog(world);
  await catalog.putConfig(configOf("acme", ["store", "other"]), { ...by, mayCreate: true });
  await catalog.putConfig(configOf("rival", ["store"]), { ...by, mayCreate: true });
  const merchantId = (await catalog.snapshot()).findMerchant("acme")?.merchant.id ?? "";
  const { key } = await catalog.connectors.keys.create({ merchantId, slug: "store" }, by);
  const receiver: Receiver = { posts: [], answer: async () => new Response(null, { status: 200 }) };
  const log: string[] = [];
  const token = key ?? "";
  return {
    ...world,
    catalog,
    merchantId,
    token,
    receiver,
    log,
    openShop: async () => shopOf({ world, catalog, receiver, log, token }, await world.start()),
    async payFor(payment, behaviour = "approve") {
      const { id, nextAction } = payment as {
        id: string;
        nextAction?: { show?: { request?: Record<string, string> } };
      };
      const terms = nextAction?.show?.request ?? {};
      const { amount, currency, recipient } = terms;
      const paid = { challengeId: id, amount, currency, recipient, behaviour, payer: "ann" };
      const request = new Request("http://farebox.test/demo/wallet/payments", {
        method: "POST",
        body: JSON.stringify(paid),
      });
      const answer = await world.demo.handle(request);
      if (!answer.ok) throw new Error(await answer.text());
      const { token: proof } = (await answer.json()) as { token: string };
      return { token: proof };
    },
    async close() {
      await catalog.close();
      await world.close();
    },
  };
}

type Parts = Readonly<{ world: World; catalog: Catalog; receiver: Receiver; log: string[]; token: string }>;

function shopOf({ world, catalog, receiver, log, token }: Parts, process: Process): Shop {
  const { database } = process;
  const { clock } = world;
  const write = (level: string, event: string, facts = {}) =>
    void log.push(`${level} ${event} ${JSON.stringify(facts)}`);
  const pricing = createPricing({
    ...{ database, clock, log: write },
    fetch: () => Promise.reject(new Error("Nothing is fetched.")),
    merchants: async () => [],
  });
  const shops = createShops({
    ...{ origin: "https://pay.example", database, clock, log: write, catalog, pricing },
    processor: process.processor,
    rail: async (_merchant, slug) => world.rails.get(slug) ?? null,
  });
  const sender = createNoticeSender({
    ...{ database, clock, log: write, message: shops.message },
    async fetch(url, init) {
      const headers = Object.fromEntries(new Headers(init?.headers));
      receiver.posts.push({ url: String(url), headers, body: String(init?.body ?? ""), at: clock.now() });
      return await receiver.answer();
    },
  });
  return {
    process,
    shops,
    sender,
    async call(method, path, { body, key, token: own = token } = {}) {
      const headers = new Headers({ authorization: `Bearer ${own}` });
      if (key !== undefined) headers.set("idempotency-key", key);
      const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
      const request = new Request(`https://pay.example/api/processor/v1${path}`, {
        method,
        headers,
        ...(text === null ? {} : { body: text }),
      });
      const response = await shops.rest(request);
      const said = await response.text();
      return { status: response.status, body: JSON.parse(said), headers: response.headers, text: said };
    },
  };
}
