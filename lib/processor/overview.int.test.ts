import { afterAll, beforeAll, expect, test } from "vitest";
import { Money } from "@/lib/money";
import { createWorld, type Process, type World } from "@/lib/testing/processor-world";
import { average } from "./receipts/overview";

const usd = { code: "USD", exponent: 2 };
const cents = (units: bigint) => Money.of(units, usd);
let world: World;
let one: Process;

/** Sells for the given cents at an instant. */
async function sellAt(at: string, units: bigint, payer: string, service: string): Promise<string> {
  world.clock.pass(new Date(at).getTime() - world.clock.now().getTime());
  const payment = await world.pay({ units, payer });
  const taken = await one.processor.take({ ...payment, service: { id: service, slug: service } });
  if (taken.outcome !== "settled") throw new Error("It settles.");
  await one.processor.delivered(taken.charge, { status: 200, bytes: 1, upstreamMs: 1, totalMs: 1 });
  return taken.charge.receiptId ?? "";
}

beforeAll(async () => {
  world = await createWorld();
  one = await world.start();
});
afterAll(() => world.close());

test("an average is an exact fraction rounded half-even, two places finer than the currency", () => {
  expect(average(cents(10n), 3)).toEqual(Money.of(333n, { code: "USD", exponent: 4 }));
  expect(average(cents(1n), 8)).toEqual(Money.of(12n, { code: "USD", exponent: 4 })); // 12.5 goes to the even 12
  expect(average(cents(3n), 8)).toEqual(Money.of(38n, { code: "USD", exponent: 4 })); // 37.5 goes to the even 38
  expect(average(cents(0n), 0)).toBeNull();
});

test("figures are those of the range and of the one before it, and days are those of the merchant's zone", async () => {
  await sellAt("2027-03-26T12:00:00Z", 40n, "ann", "weather"); // the range before
  await sellAt("2027-03-27T22:59:59.999Z", 100n, "ann", "weather"); // 27 March, 23:59 in Berlin
  const refunded = await sellAt("2027-03-27T23:00:00.000Z", 200n, "bob", "weather"); // 28 March, 00:00: 23 hours long
  await sellAt("2027-03-28T21:59:59.999Z", 300n, "ann", "chat"); // 28 March, 23:59 in summer time
  await sellAt("2027-03-28T22:00:00.000Z", 400n, "ann", "chat"); // 29 March, outside the range
  await one.processor.requestRefund({
    merchantId: "m_1",
    receiptId: refunded,
    amount: cents(50n),
    key: "k",
    actor: "system",
  });
  await world.settle(one); // settles after the range

  const range = { from: new Date("2027-03-26T23:00:00Z"), to: new Date("2027-03-28T22:00:00Z") };
  const overview = await one.processor.receipts.overview({
    merchantId: "m_1",
    mode: "test",
    timeZone: "Europe/Berlin",
    ...range,
  });
  expect(overview.days).toEqual(["2027-03-27", "2027-03-28"]);
  expect(overview.series).toEqual([
    { service: "weather", currency: usd, gross: [100n, 200n], count: [1, 1] },
    { service: "chat", currency: usd, gross: [0n, 300n], count: [0, 1] },
  ]);
  const [line] = overview.currencies;
  expect(line?.current).toEqual({
    gross: cents(600n),
    refunds: cents(0n),
    fees: cents(0n),
    net: cents(600n),
    paidRequests: 3,
    averagePrice: Money.of(20_000n, { code: "USD", exponent: 4 }),
    uniquePayers: 2,
  });
  expect(line?.previous).toMatchObject({ gross: cents(40n), paidRequests: 1, uniquePayers: 1 });
  const summary = await one.processor.receipts.summary({ merchantId: "m_1", mode: "test", ...range });
  expect(summary.sums[0]?.amount).toEqual(line?.current.gross);

  const later = { from: new Date("2027-03-28T22:00:00Z"), to: new Date("2027-03-29T22:00:00Z") };
  const after = await one.processor.receipts.overview({
    merchantId: "m_1",
    mode: "test",
    timeZone: "Europe/Berlin",
    ...later,
  });
  expect(after.currencies[0]?.current).toMatchObject({
    gross: cents(400n),
    refunds: cents(50n),
    net: cents(350n),
  });
});

test("a range in which nothing happened has its days and no figures", async () => {
  const overview = await one.processor.receipts.overview({
    merchantId: "m_1",
    mode: "live",
    from: new Date("2027-01-01T00:00:00Z"),
    to: new Date("2027-01-04T00:00:00Z"),
    timeZone: "UTC",
  });
  expect(overview).toEqual({
    currencies: [],
    days: ["2027-01-01", "2027-01-02", "2027-01-03"],
    series: [],
    undelivered: { count: 0, sums: [] },
    unknown: { count: 0 },
    failedRefunds: 0,
  });
});

test("money at risk is counted as it is now", async () => {
  const broken = await one.processor.take(await world.pay({ units: 70n }));
  if (broken.outcome !== "settled") throw new Error("It settles.");
  await one.processor.undelivered(broken.charge, { reason: "status", bytes: 0, upstreamMs: 1, totalMs: 1 });
  await one.processor.take(await world.pay({ behaviour: "unknown" }));
  const overview = await one.processor.receipts.overview({
    merchantId: "m_1",
    mode: "test",
    from: new Date("2020-01-01T00:00:00Z"),
    to: new Date("2020-01-02T00:00:00Z"),
    timeZone: "UTC",
  });
  expect(overview.undelivered).toEqual({ count: 1, sums: [cents(70n)] });
  expect(overview.unknown).toEqual({ count: 1 });
});
