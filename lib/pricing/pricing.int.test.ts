import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "@/lib/db";
import { newId } from "@/lib/kit";
import { testDatabase } from "@/lib/testing/database";
import {
  type Ask,
  createPricing,
  type DescribedRequest,
  type Pricing,
  type RailFacts,
  readRates,
  readTerms,
  requestOf,
  usesOf,
} from ".";
import { signedHeaders } from "./hook";

let database: Database;
let pricing: Pricing;
let now: Date;
let answerOf: (url: string, init: RequestInit) => Promise<Response>;
let asked: { url: string; init: RequestInit }[];
let statements: number;
let merchants: { id: string; rates: unknown }[];

const usd = (amount: string) => ({ amount, currency: "USD" });
const demo: RailFacts = { slug: "demo", mode: "test", enabled: true, currencies: "any" };

const open = (on: Database): Pricing =>
  createPricing({
    database: on,
    clock: { now: () => now },
    async fetch(input, init = {}) {
      asked.push({ url: String(input), init });
      return await answerOf(String(input), init);
    },
    log: () => {},
    merchants: async () => merchants,
  });

beforeAll(async () => {
  const real = openDatabase({ url: await testDatabase(), connectionsMax: 24 });
  const query = real.pool.query.bind(real.pool);
  real.pool.query = ((...args: Parameters<typeof query>) => {
    statements += 1;
    return query(...args);
  }) as typeof real.pool.query;
  database = real;
  pricing = open(database);
});
afterAll(() => database.close());
beforeEach(() => {
  now = new Date("2026-11-21T10:00:00Z");
  asked = [];
  merchants = [];
  answerOf = async () => new Response("{}", { status: 500 });
});

type Terms = { rules?: object[]; minimum?: object };
/** An endpoint of a merchant nobody else has. */
function anAsk(terms: Terms, request: DescribedRequest = {}, rest: Partial<Ask> = {}): Ask {
  const read = readTerms(terms, { intent: "charge", price: usd("0.05") });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return {
    merchant: { id: newId("mer"), slug: "acme", timeZone: "Europe/Berlin" },
    service: { slug: "chat", mode: "test" },
    endpoint: { id: newId("ep"), method: "GET", path: "/v1", price: usd("0.05"), terms: read.value },
    request: requestOf(request),
    rails: [demo],
    ...rest,
  };
}
const times = async <T>(count: number, act: () => Promise<T>): Promise<T[]> =>
  await Promise.all(Array.from({ length: count }, act));
const quotaOf = (free: number, window = "day", per = "address") => ({
  rules: [{ id: "free", then: { quota: { free, per, window } } }],
});
const here = { address: "203.0.113.7" };

describe("a plain price", () => {
  test("asks the database nothing", async () => {
    statements = 0;
    const quote = await pricing.quote(anAsk({}));
    expect(quote).toMatchObject({ kind: "priced", price: usd("0.05"), inputs: null, isListPrice: true });
    expect(quote.kind === "priced" && quote.offers).toMatchObject([
      { state: "offered", money: { units: 5n } },
    ]);
    await pricing.addVolume({ ...anAsk({}), chargeId: "ch", price: usd("1"), at: now });
    expect(statements).toBe(0);
  });
});

describe("a free quota", () => {
  test("of 100 gives exactly 100 free answers to 200 requests at once", async () => {
    const ask = anAsk(quotaOf(100), here);
    const kinds = (await times(200, () => pricing.quote(ask))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "free")).toHaveLength(100);
    expect(kinds.filter((kind) => kind === "priced")).toHaveLength(100);
  });

  test("is each address's own, tells what is left, and begins anew with its window", async () => {
    const ask = anAsk(quotaOf(2), here);
    const left = async (of: Ask) => {
      const { kind, quotas } = await pricing.quote(of);
      return [kind, quotas[0]?.remaining];
    };
    expect(await left(ask)).toEqual(["free", 1]);
    expect(await left(ask)).toEqual(["free", 0]);
    expect(await left(ask)).toEqual(["priced", 0]);
    expect(await left({ ...ask, request: requestOf({ address: "203.0.113.8" }) })).toEqual(["free", 1]);
    now = new Date("2026-11-21T23:00:00Z"); // midnight in Berlin
    expect(await left(ask)).toEqual(["free", 1]);
  });

  test("takes nothing when it is only looked at, writes no row when it is used up, and is given back", async () => {
    const ask = anAsk(quotaOf(1), here);
    expect(await pricing.quote({ ...ask, dry: true })).toMatchObject({
      kind: "free",
      taken: { counters: [] },
    });
    const taken = await pricing.quote(ask);
    expect(await pricing.quote({ ...ask, dry: true })).toMatchObject({ kind: "priced" });
    const rows = await database.client.pricingCount.findMany({ where: { merchantId: ask.merchant.id } });
    expect(rows).toMatchObject([{ used: 1, most: 1, identity: "address 203.0.113.7" }]);
    await pricing.quote(ask);
    expect(await database.client.pricingCount.findMany({ where: { merchantId: ask.merchant.id } })).toEqual(
      rows,
    );
    if (taken.kind !== "free") throw new Error("it was free");
    await pricing.giveBack(taken.taken);
    expect(await pricing.quote(ask)).toMatchObject({ kind: "free" });
  });

  test("of one merchant is not another's", async () => {
    const ask = anAsk(quotaOf(1), here);
    await pricing.quote(ask);
    expect(await pricing.quote({ ...ask, merchant: { ...ask.merchant, id: newId("mer") } })).toMatchObject({
      kind: "free",
    });
  });
});

describe("a code with uses", () => {
  const spring = (uses: object) => ({
    rules: [{ id: "spring", when: { code: "SPRING" }, then: { discount: { percent: "50", uses } } }],
  });
  const withCode = { ...here, code: "SPRING" };

  /** Quoted as a challenge, and then the uses it must reserve. */
  async function quoted(ask: Ask) {
    const quote = await pricing.quote(ask);
    if (quote.kind !== "priced") throw new Error("it has a price");
    return { amount: quote.price.amount, uses: usesOf(ask, quote.inputs) };
  }

  test("of one is reserved by one of 50 challenges at once, and unpaid requests use none", async () => {
    const ask = anAsk(spring({ total: 1 }), withCode);
    await times(10, () => pricing.quote(ask));
    const { amount, uses } = await quoted(ask);
    expect(amount).toBe("0.025");
    const held = await times(50, () => pricing.reserveCodes(uses, newId("c")));
    expect(held.filter((state) => state === "reserved")).toHaveLength(1);
    expect((await quoted(ask)).amount).toBe("0.05");
  });

  test("is held once by a holder who asks twice, stays used when confirmed, and is freed when released", async () => {
    const ask = anAsk(spring({ total: 2, perIdentity: 1 }), withCode);
    const { uses } = await quoted(ask);
    expect(uses.map(({ counter }) => counter.identity)).toEqual(["all", "address 203.0.113.7"]);
    expect(await times(5, () => pricing.reserveCodes(uses, "one"))).toEqual(Array(5).fill("reserved"));
    expect(await pricing.reserveCodes(uses, "two")).toBe("used-up");

    await pricing.releaseCodes("one", ask.merchant.id);
    await pricing.releaseCodes("one", ask.merchant.id);
    expect(await pricing.reserveCodes(uses, "two")).toBe("reserved");
    await pricing.confirmCodes("two", ask.merchant.id);
    await pricing.releaseCodes("two", ask.merchant.id);
    expect(await pricing.reserveCodes(uses, "three")).toBe("used-up");

    const other = { ...ask, request: requestOf({ code: "SPRING", address: "198.51.100.1" }) };
    const theirs = usesOf(other, (await pricing.quote(other)).kind === "priced" ? "use:spring x" : null);
    expect(await pricing.reserveCodes(theirs, "four")).toBe("reserved");
    const counts = await database.client.pricingCount.findMany({ where: { merchantId: ask.merchant.id } });
    expect(counts.map(({ identity, used }) => [identity, used]).sort()).toEqual([
      ["address 198.51.100.1", 1],
      ["address 203.0.113.7", 1],
      ["all", 2],
    ]);
  });

  test("that makes it free is taken at once", async () => {
    const gift = {
      rules: [{ id: "gift", when: { code: "G" }, then: { waive: { uses: { total: 3, perIdentity: 2 } } } }],
    };
    const ask = anAsk(gift, { ...here, code: "G" });
    const kinds = (await times(20, () => pricing.quote(ask))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "free")).toHaveLength(2);
    const [all] = await database.client.pricingCount.findMany({
      where: { merchantId: ask.merchant.id, identity: "all" },
    });
    expect(all?.used).toBe(2);
  });

  test("left by a process that died is kept where it was paid, and freed where it was not", async () => {
    const ask = anAsk(spring({ total: 2 }), withCode);
    const { uses } = await quoted(ask);
    await database.client.pricingUse.deleteMany(); // those of other tests
    await pricing.reserveCodes(uses, "paid");
    await pricing.reserveCodes(uses, "lost");
    const step = pricing.workerSteps(
      async (holders) => new Set(holders.filter((holder) => holder === "paid")),
    )[1];
    expect(await step?.run()).toBe(0);
    now = new Date("2026-11-21T11:00:01Z");
    expect(await step?.run()).toBe(2);
    expect(await step?.run()).toBe(0);
    expect(await pricing.reserveCodes(uses, "next")).toBe("reserved");
    expect(await pricing.reserveCodes(uses, "last")).toBe("used-up");
  });
});

describe("volume", () => {
  test("counts each charge once, in its window, and lowers the price when there is enough", async () => {
    const ask = anAsk(
      {
        rules: [
          {
            id: "many",
            when: { volume: { per: "payer", window: "month", requests: 3 } },
            then: { price: usd("0.04") },
          },
          {
            id: "much",
            when: { volume: { per: "payer", window: "ever", amount: "0.2" } },
            then: { discount: { percent: "50" } },
          },
        ],
      },
      { payer: "demo:ann" },
    );
    const amount = async () => {
      const quote = await pricing.quote(ask);
      return quote.kind === "priced" ? quote.price.amount : quote.kind;
    };
    const charge = (chargeId: string) => pricing.addVolume({ ...ask, chargeId, price: usd("0.05"), at: now });
    await times(5, () => charge("c1"));
    await charge("c2");
    expect(await amount()).toBe("0.05");
    await charge("c3");
    expect(await amount()).toBe("0.04");
    await charge("c4");
    expect(await amount()).toBe("0.02");
    now = new Date("2026-12-01T10:00:00Z");
    expect(await amount()).toBe("0.025");
  });

  test("and quotas and uses are read in one statement", async () => {
    const ask = anAsk(
      {
        rules: [
          {
            id: "v",
            when: { volume: { per: "endpoint", window: "day", requests: 9 } },
            then: { price: usd("1") },
          },
          { id: "d", then: { discount: { percent: "1", uses: { total: 9, perIdentity: 9 } } } },
          {
            id: "q",
            when: { header: { name: "x", exists: true } },
            then: { quota: { free: 1, per: "address", window: "day" } },
          },
        ],
      },
      { ...here, headers: { x: "1" } },
    );
    statements = 0;
    await pricing.quote({ ...ask, dry: true });
    expect(statements).toBe(1);
  });
});

describe("old counts", () => {
  test("go, and those of windows that last stay", async () => {
    const [day, ever] = [anAsk(quotaOf(5), here), anAsk(quotaOf(5, "ever"), here)];
    await pricing.quote(day);
    await pricing.quote(ever);
    now = new Date("2026-11-24T10:00:00Z");
    await pricing.workerSteps(async () => new Set())[2]?.run();
    const rows = (id: string) => database.client.pricingCount.count({ where: { merchantId: id } });
    expect([await rows(day.merchant.id), await rows(ever.merchant.id)]).toEqual([0, 1]);
  });
});

describe("the hook", () => {
  const hook = { url: "https://shop.example/price?v=1", secret: "k".repeat(32), timeoutMs: 200 };
  const hooked = (fallback?: object) =>
    anAsk(
      { rules: [{ id: "ask", then: { hook: { ...hook, ...(fallback ? { fallback } : {}) } } }] },
      { json: { n: 1 } },
    );
  const told = async (answer: unknown, status = 200) => {
    answerOf = async () =>
      new Response(typeof answer === "string" ? answer : JSON.stringify(answer), { status });
    return await pricing.quote(hooked());
  };

  test("is told of the request, in a call that the merchant can check", async () => {
    expect(await told({ price: usd("0.2"), more: 1 })).toMatchObject({
      kind: "priced",
      price: usd("0.2"),
      rule: "ask",
    });
    const [call] = asked;
    const headers = call?.init.headers as Record<string, string>;
    const body = String(call?.init.body);
    expect(JSON.parse(body)).toMatchObject({
      merchant: "acme",
      listPrice: usd("0.05"),
      request: { body: '{"n":1}' },
    });
    const signed = signedHeaders(hook, { id: headers["farebox-request"] ?? "", at: now, rule: "ask", body });
    expect(headers["farebox-signature"]).toMatch(/^v1=[0-9a-f]{64}$/);
    expect(headers).toEqual(signed);
  });

  test("may give it away or refuse it", async () => {
    expect(await told({ free: true })).toMatchObject({ kind: "free", by: "waive" });
    expect(await told({ reject: "Not today." })).toMatchObject({ kind: "rejected", message: "Not today." });
  });

  test.each([
    ["negative", { price: { amount: "-1", currency: "USD" } }, 200],
    ["in another currency", { price: { amount: "1", currency: "EUR" } }, 200],
    ["two answers", { price: usd("1"), free: true }, 200],
    ["no JSON", "nonsense", 200],
    ["a failure", { price: usd("1") }, 500],
    ["a redirect", { price: usd("1") }, 302],
    ["too long", " ".repeat(70_000), 200],
  ])("whose answer is %s has not answered", async (_, answer, status) => {
    expect(await told(answer, status)).toMatchObject({ kind: "unavailable", rule: "ask" });
    expect(await pricing.quote(hooked(usd("0.3")))).toMatchObject({ kind: "priced", price: usd("0.3") });
  });

  test("that cannot be reached has not answered, and is not flooded", async () => {
    answerOf = () => Promise.reject(new Error("down"));
    expect(await pricing.quote(hooked())).toMatchObject({ kind: "unavailable" });
    asked = [];
    answerOf = () => new Promise(() => {});
    await times(100, () => pricing.quote(hooked()));
    expect(asked).toHaveLength(64);
  });
});

describe("rates", () => {
  const bitcoin: RailFacts = {
    ...{ slug: "ln", mode: "test", enabled: true, currencies: [{ code: "SAT", exponent: 0 }] },
    unit: { code: "BTC", exponent: 8 },
  };
  const source = {
    url: "https://rates.example/btc?key=1",
    pointer: "/data/amount",
    refreshSeconds: 60,
    maxAgeSeconds: 300,
  };
  const tableOf = (rates: unknown) => {
    const read = readRates(rates);
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    return read.value;
  };
  function aMerchant(rates: unknown) {
    const merchant = { id: newId("mer"), slug: "acme", timeZone: "UTC", rates: tableOf(rates) };
    merchants = [merchant];
    return merchant;
  }
  const offer = async (merchant: Ask["merchant"]) => {
    const quote = await pricing.quote({ ...anAsk({}), merchant, rails: [bitcoin] });
    return quote.kind === "priced" ? quote.offers[0] : null;
  };
  const refresh = () => pricing.workerSteps(async () => new Set())[0]?.run();

  test("set by hand convert a price, rounded up, and ask the database nothing", async () => {
    statements = 0;
    expect(await offer(aMerchant({ BTC: { USD: "64000" } }))).toMatchObject({
      state: "offered",
      money: { units: 79n }, // 78.125 satoshis
      exact: false,
      rate: { rate: "64000", source: "merchant", at: null },
    });
    expect(statements).toBe(0);
  });

  test("are fetched by one worker, told with source and time, and not used when they are too old", async () => {
    const merchant = aMerchant({ BTC: { USD: source } });
    answerOf = async () => Response.json({ data: { amount: "50000.00" } });
    expect(await offer(merchant)).toMatchObject({ state: "not-offered", reason: "rate" });
    expect((await times(8, async () => await refresh())).reduce((sum: number, n) => sum + (n ?? 0), 0)).toBe(
      1,
    );
    expect(asked).toHaveLength(1);
    expect(await offer(merchant)).toMatchObject({
      money: { units: 100n },
      exact: true,
      rate: { rate: "50000", source: "https://rates.example/btc", at: now },
    });

    answerOf = async () => new Response("down", { status: 503 });
    now = new Date("2026-11-21T10:04:59Z");
    await refresh();
    expect(await offer(merchant)).toMatchObject({ state: "offered" });
    now = new Date("2026-11-21T10:05:10Z");
    expect(await offer(merchant)).toMatchObject({ state: "not-offered", reason: "rate" });
  });

  test("of another source are not believed", async () => {
    const merchant = aMerchant({ BTC: { USD: source } });
    answerOf = async () => Response.json({ data: { amount: 50000 } });
    await refresh();
    const moved = { ...merchant, rates: tableOf({ BTC: { USD: { ...source, pointer: "/other" } } }) };
    expect(await offer(moved)).toMatchObject({ state: "not-offered", reason: "rate" });
  });

  test.each([
    ["{}"],
    ['{"data":{"amount":0}}'],
    ['{"data":{"amount":"-5"}}'],
    ['{"data":{"amount":"much"}}'],
    ["["],
  ])("a source that answers %s gives no rate", async (text) => {
    const merchant = aMerchant({ BTC: { USD: source } });
    answerOf = async () => new Response(text);
    await refresh();
    expect(await offer(merchant)).toMatchObject({ state: "not-offered", reason: "rate" });
    const [row] = await database.client.pricingRate.findMany({ where: { merchantId: merchant.id } });
    expect(row).toMatchObject({ rate: null, fault: expect.any(String) });
  });
});
