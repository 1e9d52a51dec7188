import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createWorld, type Process, type World } from "@/lib/testing/processor-world";
import type { Charge, Mismatch } from ".";

let world: World;
let one: Process;
let two: Process;
const about = { merchantId: "m_1", mode: "test" as const };

beforeAll(async () => {
  world = await createWorld();
  one = await world.start();
  two = await world.start();
});
afterAll(() => world.close());
beforeEach(() => {
  world.rails.set("demo", world.rail);
});

async function sold(): Promise<Charge> {
  const taken = await one.processor.take(await world.pay({ units: 100n }));
  if (taken.outcome !== "settled") throw new Error("It settles.");
  await one.processor.delivered(taken.charge, { status: 200, bytes: 1, upstreamMs: 1, totalMs: 1 });
  world.clock.pass(60_000);
  return taken.charge;
}
const cycle = async ({ processor }: Process): Promise<void> => {
  await processor.worker.find(({ kind }) => kind === "ledger.reconcile")?.run();
};
/** The network's own record is changed behind everybody's back. */
const falsify = async (charge: Charge, set: string): Promise<void> => {
  const { rowCount } = await world.database.pool.query(
    `update demo_payment set ${set} where challenge_id = $1`,
    [charge.challengeId],
  );
  expect(rowCount).toBe(1);
};
const openOf = async (charge: Charge): Promise<Mismatch[]> =>
  (await one.processor.reconciliation.open(about, 200)).first.filter(
    ({ chargeId }) => chargeId === charge.id,
  );
const events = (charge: Charge) =>
  world.database.client.event.count({
    where: { type: "ledger.mismatch", data: { path: ["charge"], equals: charge.id } },
  });
/** Sums of the legs about a charge, by account. */
async function legs(charge: Charge): Promise<Record<string, number>> {
  const { rows } = await world.database.pool.query<{ account: string; units: string }>(
    `select account, sum(units) as units from posting p join posting_group g on g.id = p.group_id
      where g.charge_id = $1 group by account having sum(units) <> 0`,
    [charge.id],
  );
  return Object.fromEntries(rows.map(({ account, units }) => [account, Number(units)]));
}
const right = { "rail:demo": 100, "merchant:sales": -100 };

test("books that agree with the rail stay as they are", async () => {
  const charge = await sold();
  await cycle(one);
  expect(await openOf(charge)).toEqual([]);
  expect(await legs(charge)).toEqual(right);
  const [standing] = await one.processor.reconciliation.list(about);
  expect(standing).toMatchObject({ rail: "demo", open: 0, difference: { units: 0n }, rows: [] });
  expect(standing?.lastRun?.compared).toBeGreaterThan(0);
});

test("a falsified record is in suspense within one cycle, told once, and cleared when it is right again", async () => {
  const charge = await sold();
  await cycle(one);
  await falsify(charge, "amount = 60");
  await cycle(one);
  expect(await openOf(charge)).toMatchObject([
    { reason: "captured", difference: { units: -40n }, receiptId: charge.receiptId },
  ]);
  expect(await legs(charge)).toEqual({ "rail:demo": 60, "merchant:sales": -100, suspense: 40 });
  await cycle(one);
  await cycle(two);
  expect(await events(charge)).toBe(1);

  await falsify(charge, "amount = 130");
  await cycle(two);
  expect(await legs(charge)).toEqual({ "rail:demo": 130, "merchant:sales": -100, suspense: -30 });
  expect(await openOf(charge)).toMatchObject([{ difference: { units: 30n } }]);
  expect(await events(charge)).toBe(2);

  await falsify(charge, "amount = 100");
  await cycle(one);
  expect(await openOf(charge)).toEqual([]);
  expect(await legs(charge)).toEqual(right);
});

test("money that the rail sent back by itself, and a record that is gone, are found and named", async () => {
  const sent = await sold();
  const gone = await sold();
  await falsify(sent, "refunded = 25");
  await world.database.pool.query("update charge set reference = 'dp_99999999' where id = $1", [gone.id]);
  await cycle(one);
  expect(await openOf(sent)).toMatchObject([{ reason: "refunded", difference: { units: -25n } }]);
  expect(await openOf(gone)).toMatchObject([{ reason: "absent", difference: { units: -100n } }]);
  await falsify(sent, "refunded = 0");
  await world.database.pool.query("update charge set reference = $2 where id = $1", [
    gone.id,
    gone.reference,
  ]);
  await cycle(one);
  expect([await legs(sent), await legs(gone)]).toEqual([right, right]);
});

test("what a member explains is cleared by a further entry, and not found again", async () => {
  const charge = await sold();
  await falsify(charge, "amount = 90");
  await cycle(one);
  const [mismatch] = await openOf(charge);
  const explain = {
    ...about,
    id: mismatch?.id ?? "",
    reason: "The network kept a fee.",
    actor: "member:mb_1",
  };
  await expect(one.processor.reconciliation.explain({ ...explain, merchantId: "m_2" })).rejects.toThrow(
    "no such difference",
  );
  const both = await Promise.allSettled([
    one.processor.reconciliation.explain(explain),
    two.processor.reconciliation.explain(explain),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const explained = { "rail:demo": 90, "merchant:sales": -100, "merchant:adjustments": 10 };
  expect(await legs(charge)).toEqual(explained);
  await cycle(one);
  expect(await openOf(charge)).toEqual([]);
  expect(await legs(charge)).toEqual(explained);
  const accused = async () =>
    (await one.processor.verify({ rails: true })).violations.filter(
      ({ subject }) => subject === charge.receiptId,
    );
  expect(await accused()).toEqual([]);
  await falsify(charge, "amount = 80");
  expect(await accused()).toMatchObject([{ detail: "The rail took 0.80 USD; the receipt says 0.90 USD." }]);

  await falsify(charge, "amount = 100");
  await cycle(one);
  expect(await openOf(charge)).toMatchObject([{ difference: { units: 10n } }]);
  await falsify(charge, "amount = 90");
  await cycle(one);
  expect(await legs(charge)).toEqual(explained);
});

test("a rail that is down, lost or answers in another currency is accused of nothing", async () => {
  const charge = await sold();
  await falsify(charge, "amount = 1");
  const eur = { code: "EUR", exponent: 2 };
  for (const lookup of [
    async () => Promise.reject(new Error("down")),
    async () => ({ outcome: "unavailable" as const, reason: "down" }),
    async () => ({
      outcome: "found" as const,
      reference: "x",
      held: { units: 0n, currency: eur },
      captured: { units: 1n, currency: eur },
      refunded: { units: 0n, currency: eur },
      state: "settled" as const,
    }),
  ]) {
    world.rails.set("demo", { ...world.rail, abilities: { ...world.rail.abilities, lookup } });
    await cycle(one);
  }
  world.rails.delete("demo");
  await cycle(one);
  expect(await openOf(charge)).toEqual([]);
  expect(await legs(charge)).toEqual(right);
  world.rails.set("demo", world.rail);
  await cycle(one);
  expect(await openOf(charge)).toHaveLength(1);
  await falsify(charge, "amount = 100");
  await cycle(one);
});

test("a refund that is on its way is no difference, and one that begins meanwhile is not taken for one", async () => {
  const charge = await sold();
  const { lookup } = world.rail.abilities;
  let isAsked = false;
  const slow: typeof lookup = async (...asked) => {
    if (!isAsked && asked[0] === charge.reference) {
      isAsked = true;
      await one.processor.requestRefund({
        merchantId: "m_1",
        receiptId: charge.receiptId ?? "",
        key: "meanwhile",
        actor: "system",
      });
      await one.jobs.work(one.processor.handlers, 10);
    }
    return await lookup(...asked);
  };
  world.rails.set("demo", { ...world.rail, abilities: { ...world.rail.abilities, lookup: slow } });
  await cycle(one);
  expect(isAsked).toBe(true);
  expect(await openOf(charge)).toEqual([]);
  world.rails.set("demo", world.rail);
  await cycle(one);
  expect(await openOf(charge)).toEqual([]);
  expect(await legs(charge)).toEqual({ "merchant:refunds": 100, "merchant:sales": -100 });
});

test("two processes at once, and one that takes over from the dead, book a difference once", async () => {
  const charge = await sold();
  await falsify(charge, "amount = 70");
  await Promise.all([
    cycle(one),
    cycle(two),
    one.processor.reconciliation.run(about),
    two.processor.reconciliation.run(about),
  ]);
  expect(await events(charge)).toBe(1);

  // As after a death between the entry and the cursor: the same batch once more, by somebody else.
  const dying = await world.start();
  await world.database.pool.query(
    "update reconcile_cursor set owner = $1, moved_at = '1970-01-01', moved_id = '', sample_id = '', mismatch_id = ''",
    [dying.presence.number],
  );
  const asked: string[] = [];
  world.rails.set("demo", {
    ...world.rail,
    abilities: {
      ...world.rail.abilities,
      lookup: async (...given) => {
        asked.push(given[0]);
        return await world.rail.abilities.lookup(...given);
      },
    },
  });
  await cycle(one);
  expect(asked).toEqual([]);
  await dying.die();
  await cycle(one);
  expect(asked).toContain(charge.reference);
  expect(await events(charge)).toBe(1);
  expect(await legs(charge)).toEqual({ "rail:demo": 70, "merchant:sales": -100, suspense: 30 });
  await falsify(charge, "amount = 100");
  await cycle(two);
});

test("older charges have their turn, however many there are", async () => {
  const charge = await sold();
  await world.database.pool.query(`
    insert into charge select (jsonb_populate_record(c, jsonb_build_object('id', 'ch_0' || n, 'receipt_id', 'rc_0' || n, 'rail_slug', 'gone'))).*
    from charge c, generate_series(100, 399) as n where c.id = '${charge.id}'`);
  await cycle(one); // everything that moved has been compared
  await falsify(charge, "amount = 99");
  let cycles = 0;
  for (; cycles < 8 && (await openOf(charge)).length === 0; cycles += 1) await cycle(one);
  expect(cycles).toBeLessThan(5);
});

test("the ledger itself is in balance after all of this", async () => {
  const { violations } = await one.processor.verify({ rails: false });
  expect(violations.filter(({ rule }) => rule === "I1")).toEqual([]);
});
