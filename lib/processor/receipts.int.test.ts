import { afterAll, beforeAll, expect, test } from "vitest";
import { Money } from "@/lib/money";
import { createWorld, type Process, type World } from "@/lib/testing/processor-world";
import type { Charge, TakePayment } from ".";

const usd = { code: "USD", exponent: 2 };
const cents = (units: bigint) => Money.of(units, usd);
const served = { status: 200, bytes: 1, upstreamMs: 1, totalMs: 2 };
let world: World;
let one: Process;
const paid: { charge: Charge; payment: TakePayment }[] = [];
const mine = { merchantId: "m_1" };

type Sale = {
  units: bigint;
  payer: string;
  service: string;
  merchantId?: string;
  mode?: "test" | "live";
  endpoint?: string;
};

async function sell({
  units,
  payer,
  service,
  merchantId = "m_1",
  mode = "test",
  endpoint = "GET /v1/a",
}: Sale): Promise<Charge> {
  const payment = await world.pay({ units, payer, merchantId, idempotencyKey: `idem-${paid.length}` });
  const sold = {
    ...payment,
    mode,
    service: { id: service, slug: service },
    endpoint: { ...payment.endpoint, label: endpoint },
  };
  const taken = await one.processor.take(sold);
  if (taken.outcome !== "settled") throw new Error(`It ended as ${taken.outcome}.`);
  paid.push({ charge: taken.charge, payment: sold });
  return taken.charge;
}

beforeAll(async () => {
  world = await createWorld();
  one = await world.start();
  for (let place = 0; place < 12; place += 1) {
    const charge = await sell({
      units: BigInt(100 + place),
      payer: place % 2 ? "ann" : "bob",
      service: place % 3 ? "weather" : "chat",
    });
    if (place < 10) await one.processor.delivered(charge, served);
    else await one.processor.undelivered(charge, { ...served, reason: "status" });
    if (place % 4 !== 1) world.clock.pass(1_000); // some share their millisecond
  }
  for (const [place, amount] of [
    [0, undefined],
    [1, cents(1n)],
  ] as const) {
    await one.processor.requestRefund({
      ...mine,
      receiptId: paid[place]?.charge.receiptId ?? "",
      key: `r${place}`,
      actor: "system",
      ...(amount ? { amount } : {}),
    });
  }
  await world.settle(one);
  await one.processor.delivered(
    await sell({ units: 5n, payer: "eve", service: "weather", merchantId: "m_2" }),
    served,
  );
  await one.processor.delivered(
    await sell({ units: 7n, payer: "eve", service: "weather", mode: "live" }),
    served,
  );
  await one.processor.take(await world.pay({ behaviour: "decline" }));
});
afterAll(() => world.close());

const test_ = { ...mine, mode: "test" as const };

test("a list is walked forth and back, each row once, in every order", async () => {
  for (const sort of ["-createdAt", "createdAt", "-amount", "amount"] as const) {
    const seen: string[] = [];
    const pages: string[][] = [];
    let cursor: string | null = null;
    let previous: string | null = null;
    do {
      const page = await one.processor.receipts.list(test_, { limit: 5, cursor, sort });
      expect(page.position).toBe(seen.length + 1);
      expect(page.previousCursor === null).toBe(seen.length === 0);
      pages.push(page.data.map(({ id }) => id));
      seen.push(...page.data.map(({ id }) => id));
      previous = page.previousCursor;
      cursor = page.nextCursor;
    } while (cursor);
    expect(pages.map(({ length }) => length)).toEqual([5, 5, 2]);
    expect(new Set(seen).size).toBe(12);
    const whole = await one.processor.receipts.list(test_, { sort });
    expect(whole.data.map(({ id }) => id)).toEqual(seen);
    const back = await one.processor.receipts.list(test_, { limit: 5, cursor: previous, sort });
    expect(back.data.map(({ id }) => id)).toEqual(pages[1]);
    expect(back.position).toBe(6);
    const first = await one.processor.receipts.list(test_, { limit: 5, cursor: back.previousCursor, sort });
    expect(first.data.map(({ id }) => id)).toEqual(pages[0]);
    expect(first).toMatchObject({ position: 1, previousCursor: null });
    const forth = await one.processor.receipts.list(test_, { limit: 5, cursor: back.nextCursor, sort });
    expect(forth.data.map(({ id }) => id)).toEqual(pages[2]);
  }
});

test("the newest receipt is first, and a page continues where it stopped while new ones arrive", async () => {
  const page = await one.processor.receipts.list({ merchantId: "m_3" }, {});
  expect(page).toEqual({ data: [], nextCursor: null, previousCursor: null, position: 1 });
  const ids: string[] = [];
  for (let place = 0; place < 3; place += 1) {
    world.clock.pass(10);
    ids.unshift((await sell({ units: 1n, payer: "x", service: "s", merchantId: "m_3" })).receiptId ?? "");
  }
  const first = await one.processor.receipts.list({ merchantId: "m_3" }, { limit: 2 });
  expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  world.clock.pass(10);
  await sell({ units: 1n, payer: "x", service: "s", merchantId: "m_3" });
  const next = await one.processor.receipts.list(
    { merchantId: "m_3" },
    { limit: 2, cursor: first.nextCursor },
  );
  expect(next.data.map(({ id }) => id)).toEqual(ids.slice(2));
  expect(next.position).toBe(4);
});

test("a cursor of another list or order, or none of ours, is refused", async () => {
  const { nextCursor } = await one.processor.receipts.list(test_, { limit: 2 });
  for (const [cursor, sort] of [
    ["x", undefined],
    ["bm9wZQ", undefined],
    [nextCursor, "amount"],
  ] as const) {
    const listing = one.processor.receipts.list(test_, { cursor, ...(sort ? { sort } : {}) });
    await expect(listing).rejects.toMatchObject({ slug: "bad-request" });
  }
});

const idsOf = async (filter: object) =>
  (await one.processor.receipts.list({ ...test_, ...filter })).data.map(({ chargeId }) => chargeId);
const chargesAt = (...places: number[]) => places.map((place) => paid[place]?.charge.id).toReversed();

test("each filter keeps what it names", async () => {
  expect(await idsOf({ service: ["chat"] })).toEqual(chargesAt(0, 3, 6, 9));
  expect(await idsOf({ service: ["chat", "weather"] })).toHaveLength(12);
  expect(await idsOf({ endpoint: ["GET /v1/b"] })).toEqual([]);
  expect(await idsOf({ rail: ["other"] })).toEqual([]);
  expect(await idsOf({ payer: "demo:ann", service: ["chat"] })).toEqual(chargesAt(3, 9));
  expect(await idsOf({ status: ["refunded"] })).toEqual(chargesAt(0));
  expect(await idsOf({ status: ["partially_refunded", "refunded"] })).toEqual(chargesAt(0, 1));
  expect(await idsOf({ status: ["paid"] })).toHaveLength(10);
  expect(await idsOf({ status: ["disputed"] })).toEqual([]);
  expect(await idsOf({ delivery: ["undelivered"] })).toEqual(chargesAt(10, 11));
  expect(await idsOf({ currency: "EUR" })).toEqual([]);
  const [from, to] = [paid[3]?.charge.capturedAt, paid[5]?.charge.capturedAt];
  expect(await idsOf({ from, to })).toEqual(chargesAt(3, 4));
  expect(await idsOf({ mode: "live" })).toHaveLength(1);
});

test("any identifier that a payer can quote finds the receipt, and only its own merchant's", async () => {
  const charge = paid[5]?.charge;
  const found = paid[5]?.payment;
  if (!charge || !found) throw new Error("Twelve were sold.");
  const receipt = await one.processor.receipts.find({ ...mine, id: charge.receiptId ?? "" });
  const names = [
    charge.id,
    receipt?.id,
    charge.challengeId,
    receipt?.reference,
    charge.requestId,
    found.idempotencyKey,
  ];
  for (const q of names) {
    expect(await idsOf({ q: ` ${q} ` })).toEqual([charge.id]);
    expect(await one.processor.search("m_1", q ?? "")).toEqual([{ kind: "receipt", id: receipt?.id }]);
    expect(await one.processor.search("m_2", q ?? "")).toEqual([]);
  }
  expect(await idsOf({ q: "demo:ann" })).toHaveLength(6);
  expect(await idsOf({ q: "nothing" })).toEqual([]);
  expect(await one.processor.search("m_1", "  ")).toEqual([]);
  const refund = (await one.processor.listRefunds(mine)).data[0];
  expect(await one.processor.search("m_1", refund?.id ?? "")).toEqual([{ kind: "refund", id: refund?.id }]);
});

test("sums and counts are those of the rows that match, whatever page is shown", async () => {
  const rows = (await one.processor.receipts.list(test_, { limit: 200 })).data;
  const total = (pick: (row: (typeof rows)[number]) => Money) =>
    cents(rows.reduce((sum, row) => sum + pick(row).units, 0n));
  expect(await one.processor.receipts.summary(test_)).toEqual({
    count: 12,
    sums: [
      {
        currency: usd,
        count: 12,
        amount: total(({ amount }) => amount),
        refunded: cents(101n),
        fee: cents(0n),
        net: total(({ net }) => net),
      },
    ],
  });
  expect(await one.processor.receipts.tabs({ ...test_, status: ["paid"], delivery: ["delivered"] })).toEqual({
    all: 12,
    delivered: 10,
    undelivered: 2,
    refunded: 2,
    disputed: 0,
  });
});

test("a receipt of another merchant or mode is not found", async () => {
  const id = paid[0]?.charge.receiptId ?? "";
  expect(await one.processor.receipts.find({ merchantId: "m_2", id })).toBeNull();
  expect(await one.processor.receipts.find({ ...mine, mode: "live", id })).toBeNull();
  await expect(one.processor.receipts.get({ merchantId: "m_2", id })).rejects.toMatchObject({
    slug: "not-found",
  });
});

test("the stream gives every matching receipt once, oldest first", async () => {
  const seen: string[] = [];
  for await (const rows of one.processor.receipts.stream(test_))
    seen.push(...rows.map(({ chargeId }) => chargeId));
  const { data } = await one.processor.receipts.list(test_, { limit: 200, sort: "createdAt" });
  expect(seen).toEqual(data.map(({ chargeId }) => chargeId));
  expect(new Set(seen)).toEqual(new Set(paid.slice(0, 12).map(({ charge }) => charge.id)));
});

test("charges without a receipt are listed apart, and one that is being served is not called undelivered", async () => {
  const attempts = await one.processor.charges.list({ ...mine, unfinished: true });
  expect(attempts.data).toMatchObject([{ state: "denied", effect: { reason: "declined" } }]);
  const undelivered = async () =>
    (await one.processor.charges.list({ ...test_, delivery: ["undelivered"] })).data.length;
  const before = await undelivered();
  const charge = await sell({ units: 9n, payer: "ann", service: "weather" });
  expect(await undelivered()).toBe(before);
  await one.processor.undelivered(charge, { ...served, reason: "status" });
  expect(await undelivered()).toBe(before + 1);
  const detail = await one.processor.charges.get({ ...mine, id: charge.id });
  expect(detail.timeline.map(({ type }) => type)).toEqual(["request", "claimed", "settled", "undelivered"]);
  await expect(one.processor.charges.get({ merchantId: "m_2", id: charge.id })).rejects.toMatchObject({
    slug: "not-found",
  });
});

test("refunds are listed by state and receipt, in pages", async () => {
  const list = (filter: object, page = {}) => one.processor.listRefunds({ ...mine, ...filter }, page);
  expect((await list({ status: ["settled"] })).data).toHaveLength(2);
  expect((await list({ status: ["failed"] })).data).toHaveLength(0);
  const receiptId = paid[1]?.charge.receiptId ?? "";
  expect((await list({ receiptId })).data).toMatchObject([{ receiptId, amount: cents(1n) }]);
  expect((await list({ q: receiptId })).data).toHaveLength(1);
  const first = await list({}, { limit: 1 });
  const second = await list({}, { limit: 1, cursor: first.nextCursor });
  expect(second).toMatchObject({ position: 2, nextCursor: null });
  expect(second.data[0]?.id).not.toBe(first.data[0]?.id);
  expect(await one.processor.refundTabs(mine)).toEqual({
    all: 2,
    requested: 0,
    submitted: 0,
    settled: 2,
    failed: 0,
  });
});

test("events are read in the order of their numbers, from either end", async () => {
  const newest = await one.processor.events.list(mine, { limit: 3 });
  expect(newest.data).toHaveLength(3);
  const older = await one.processor.events.list(mine, { limit: 3, cursor: newest.nextCursor });
  const seqs = [...newest.data, ...older.data].map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.toSorted((a, b) => Number(b - a)));
  const after = await one.processor.events.list({ ...mine, after: older.data[0]?.seq ?? 0n }, { limit: 200 });
  expect(after.data.map(({ seq }) => seq)).toEqual(newest.data.map(({ seq }) => seq).toReversed());
  expect((await one.processor.events.list({ ...mine, type: ["refund.settled"] })).data).toHaveLength(2);
  expect((await one.processor.events.list({ merchantId: "m_9" })).data).toEqual([]);
  await expect(one.processor.events.list(mine, { cursor: "x" })).rejects.toMatchObject({
    slug: "bad-request",
  });
});
