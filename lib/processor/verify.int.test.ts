import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type Process, type World } from "@/lib/testing/processor-world";
import type { Charge } from ".";

let world: World;
let one: Process;

beforeAll(async () => {
  world = await createWorld();
  one = await world.start();
});
afterAll(() => world.close());

async function sold(isDelivered = true): Promise<Charge> {
  const taken = await one.processor.take(await world.pay({ units: 100n }));
  if (taken.outcome !== "settled") throw new Error("It settles.");
  const facts = { bytes: 1, upstreamMs: 1, totalMs: 1 };
  if (isDelivered) await one.processor.delivered(taken.charge, { ...facts, status: 200 });
  else await one.processor.undelivered(taken.charge, { ...facts, reason: "status" });
  return taken.charge;
}
const rulesAbout = async (subjects: (string | null)[], request = {}) => {
  const { ok, violations } = await one.processor.verify(request);
  expect(ok).toBe(violations.length === 0);
  return violations
    .filter(({ subject }) => subjects.includes(subject))
    .map(({ rule, detail }) => `${rule}: ${detail}`);
};

test("right books are found right, and everything in them is counted", async () => {
  await sold();
  await sold(false);
  expect(await one.processor.verify({ rails: true })).toEqual({
    ok: true,
    checked: 6, // two charges, two posting groups, two look-ups
    violations: [],
    rails: { compared: 2, unreachable: 0 },
  });
  expect(await one.processor.verify({ rails: false, merchantId: "m_9" })).toMatchObject({
    ok: true,
    checked: 0,
  });
});

const damages: [string, string, RegExp, boolean?][] = [
  [
    "a counter that the ledger does not bear out",
    "update charge set refunded = 1 where id = $1",
    /^I2 counters.*refunded 1.*posted 100, 0, 0/,
  ],
  [
    "an amount set aside for no refund",
    "update charge set pending_refund = 5 where id = $1",
    /^I8 refunds.*pending 5/,
  ],
  [
    "a claim that is gone",
    "delete from claim where charge_id = $1 and key like 'challenge:%'",
    /^I3 one claim/,
  ],
  [
    "a delivery without its time",
    "update charge set delivered_at = null where id = $1",
    /^I5 one visible place/,
  ],
  [
    "a receipt that is nowhere",
    "update charge set delivery = 'none' where id = $1",
    /^I5 one visible place.*delivery none/,
  ],
  [
    "an effect that never ended",
    "update charge set effect_state = 'unknown' where id = $1",
    /^I5 one visible place.*effect unknown/,
  ],
  [
    "a return that never happened",
    "update charge set delivery = 'refunded' where id = $1",
    /^I5 one visible place/,
  ],
  [
    "a missing event",
    "delete from event where data->>'charge' = $1 and type = 'receipt.created'",
    /^I19 one event.*0 events/,
  ],
  [
    "a reference that the rail does not know",
    "update charge set reference = 'dp_99999' where id = $1",
    /^I2 the rail says the same: The rail knows nothing/,
  ],
  [
    "a rail that took another amount",
    "update demo_payment set amount = 101 where challenge_id = (select challenge_id from charge where id = $1)",
    /^I2 the rail says the same: The rail took 1.01 USD; the receipt says 1.00 USD/,
  ],
  [
    "a rail that sent money back by itself",
    "update demo_payment set refunded = 40 where challenge_id = (select challenge_id from charge where id = $1)",
    /^I2 the rail says the same: The rail sent back 0.40 USD; the receipt says 0.00 USD/,
  ],
];
for (const [title, text, expected] of damages) {
  test(`${title} is found and named`, async () => {
    const charge = await sold();
    const { rowCount } = await world.database.pool.query(text, [charge.id]);
    expect(rowCount).toBe(1);
    const said = await rulesAbout([charge.id, charge.receiptId]);
    expect(said[0]).toMatch(expected);
  });
}

test("a deadline that nobody acted on is found after a quarter of an hour", async () => {
  const charge = await sold(false);
  world.clock.pass(86_400_000 + 14 * 60_000);
  expect(await rulesAbout([charge.id])).toEqual([]);
  world.clock.pass(2 * 60_000);
  expect((await rulesAbout([charge.id]))[0]).toMatch(/^I5 a passed deadline/);
});

test("a posting about a charge that does not exist is found", async () => {
  await one.database.pool.query(`
    with g as (insert into posting_group values ('pg_s', 'ch_gone:capture:1', 'charge.settled', 'm_1', 'test', 'ch_gone', now()) returning id)
    insert into posting (group_id, account, units, currency, exponent)
    select id, account, units, 'USD', 2 from g, (values ('rail:demo', 5), ('suspense', -5)) as leg (account, units)`);
  expect(await rulesAbout(["ch_gone:capture:1"])).toEqual([
    "I2 every posting has its charge: The charge is missing.",
  ]);
});

test("a rail that does not answer is counted, not accused", async () => {
  await sold();
  const before = await one.processor.verify({ rails: true });
  world.rails.set("demo", {
    ...world.rail,
    abilities: { ...world.rail.abilities, lookup: async () => Promise.reject(new Error("down")) },
  });
  const { rails, violations } = await one.processor.verify({ rails: true });
  expect(rails).toEqual({ compared: 0, unreachable: before.rails.compared });
  expect(violations.filter(({ rule }) => rule === "I2 the rail says the same")).toEqual([]);
  world.rails.set("demo", world.rail);
});

test("money that came in on wrong terms waits in suspense, and the receipt is refused", async () => {
  const payment = await world.pay({ units: 100n });
  const { capture } = world.rail.abilities;
  const lying = {
    ...world.rail,
    abilities: {
      ...world.rail.abilities,
      async capture(...args: Parameters<NonNullable<typeof capture>>) {
        const answer = await capture?.(...args);
        if (answer?.outcome !== "settled") throw new Error("It settles.");
        return { ...answer, amount: { ...answer.amount, units: 99n } };
      },
    },
  };
  expect(await one.processor.take({ ...payment, rail: lying })).toEqual({
    outcome: "refused",
    slug: "verification-failed",
  });
  const { createLedger } = await import("@/lib/ledger");
  const suspense = await createLedger({ database: world.database }).suspense({
    merchantId: "m_1",
    mode: "test",
  });
  expect(suspense.filter(({ reason }) => reason === "charge.stray")).toMatchObject([
    { amount: { units: -99n } },
  ]);
  expect(world.faults).toContain("rail.conflict");
});
