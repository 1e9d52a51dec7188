import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { configureFailpoints, type FailpointName, FailpointReached } from "@/lib/kit";
import { Money } from "@/lib/money";
import { createWorld, type Paying, type Process, type World } from "@/lib/testing/processor-world";
import type { Charge, TakePayment } from ".";

const usd = { code: "USD", exponent: 2 };
const day = 86_400_000;
let world: World;
let keys = 0;

beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => configureFailpoints(null));
afterAll(() => world.close());

const takePoints: FailpointName[] = [
  "before-claim-commit",
  "after-claim",
  "before-rail",
  "after-rail",
  "before-ledger-post",
  "before-outbox",
  "after-settle-recorded",
];
const workPoints: FailpointName[] = [
  "in-recovery",
  "before-rail",
  "after-rail",
  "before-ledger-post",
  "after-settle-recorded",
  "refund-intent-recorded",
  "refund-before-rail",
  "refund-after-rail",
  "refund-fact-recorded",
];
type Served = "delivered" | "failed" | "cut" | "died";
type Act = Readonly<
  | { act: "pay"; behaviour: NonNullable<Paying["behaviour"]>; units: bigint }
  | {
      act: "take";
      place: number;
      second: boolean;
      copies: number;
      dies: FailpointName | null;
      served: Served;
    }
  | { act: "refund"; place: number; second: boolean; units: bigint | null }
  | { act: "work"; second: boolean; dies: FailpointName | null }
  | { act: "pass"; ms: number }
>;

const place = fc.nat(9);
const second = fc.boolean();
const anAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant("pay" as const),
      behaviour: fc.constantFrom(
        "approve" as const,
        "approve" as const,
        "decline" as const,
        "unknown" as const,
        "slow" as const,
        "down" as const,
      ),
      units: fc.bigInt({ min: 1n, max: 500n }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant("take" as const),
      place,
      second,
      copies: fc.constantFrom(1, 1, 2, 4),
      dies: fc.oneof(
        { weight: 2, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom(...takePoints) },
      ),
      served: fc.constantFrom<Served>("delivered", "delivered", "failed", "cut", "died"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant("refund" as const),
      place,
      second,
      units: fc.oneof(fc.constant(null), fc.bigInt({ min: -1n, max: 500n })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant("work" as const),
      second,
      dies: fc.oneof(
        { weight: 2, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom(...workPoints) },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant("pass" as const),
      ms: fc.constantFrom(1_000, 5_000, 30_000, 400_000, day),
    }),
  },
);

/** What a payer holds: a payment, and how often it was served. */
type Held = { payment: TakePayment; behaviour: string; delivered: number; charge: Charge | null };
type Play = { held: Held[]; processes: [Process, Process] };

async function replace(play: Play, which: 0 | 1): Promise<void> {
  await play.processes[which].close();
  play.processes[which] = await world.start();
}

/** Runs a step that may die; then its process is replaced, as an operator's supervisor would. */
async function mortally(
  play: Play,
  which: 0 | 1,
  dies: FailpointName | null,
  step: () => Promise<void>,
): Promise<void> {
  configureFailpoints(dies && `${dies}:1:throw`);
  try {
    await step();
  } catch (error) {
    if (!(error instanceof FailpointReached)) throw error;
    await replace(play, which);
  } finally {
    configureFailpoints(null);
  }
}

const facts = { bytes: 1, upstreamMs: 1, totalMs: 2 };

async function serve(
  play: Play,
  held: Held,
  { charge, which, served }: { charge: Charge; which: 0 | 1; served: Served },
) {
  const { processor } = play.processes[which];
  held.charge = charge;
  if (served === "died") return await replace(play, which);
  if (served === "failed")
    return void (await processor.undelivered(charge, { ...facts, reason: "status", status: 503 }));
  if (served === "cut")
    return void (await processor.cutShort(charge, { ...facts, by: "upstream", status: 200 }));
  await processor.delivered(charge, { ...facts, status: 200 });
  held.delivered += 1;
}

async function perform(play: Play, act: Act): Promise<void> {
  if (act.act === "pass") return world.clock.pass(act.ms);
  if (act.act === "pay") {
    const payment = await world.pay({ ...act, redeemableMs: day });
    play.held.push({ payment, behaviour: act.behaviour, delivered: 0, charge: null });
    return;
  }
  const which = act.second ? 1 : 0;
  const process = play.processes[which];
  if (act.act === "work") {
    return await mortally(play, which, act.dies, async () => {
      for (const step of process.processor.worker) await step.run();
      await process.jobs.work(process.processor.handlers, 10);
    });
  }
  const held = play.held[act.place];
  if (!held) return;
  if (act.act === "take") {
    return await mortally(play, which, act.dies, async () => {
      const takes = Array.from({ length: act.copies }, () => process.processor.take(held.payment));
      const all = await Promise.allSettled(takes);
      const won = all.filter((each) => each.status === "fulfilled" && each.value.outcome === "settled");
      expect(won.length).toBeLessThanOrEqual(1);
      for (const each of all) {
        if (each.status === "fulfilled" && each.value.outcome === "settled") {
          await serve(play, held, { charge: each.value.charge, which, served: act.served });
        }
      }
      const lost = all.find((each) => each.status === "rejected");
      if (lost?.status === "rejected") throw lost.reason;
    });
  }
  keys += 1;
  const { charge } = held;
  if (!charge) return;
  const amount = act.units === null ? {} : { amount: Money.of(act.units, usd) };
  const asking = {
    merchantId: "m_1",
    receiptId: charge.receiptId ?? "",
    key: `k${keys}`,
    actor: "system",
    ...amount,
  };
  await process.processor
    .requestRefund(asking)
    .catch((error: { status?: number }) => expect([409, 422]).toContain(error.status));
}

/** Lets everything that is under way end: recovery, jobs, deadlines. */
async function rest({ processes: [one] }: Play): Promise<void> {
  for (const ms of [30_000, 30_000, 3_600_000, day, 3_600_000]) {
    world.clock.pass(ms);
    await world.settle(one);
  }
}

async function check({ held, processes: [one] }: Play): Promise<void> {
  const moves = await world.moves();
  for (const { payment, behaviour, delivered } of held) {
    const own = moves.filter(({ challengeId }) => challengeId === payment.challengeId);
    const captures = own.filter(({ type }) => type === "capture");
    const returned = own
      .filter(({ type }) => type === "refund")
      .reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    const row = await world.database.client.charge.findFirst({ where: { challengeId: payment.challengeId } });
    const told = `${behaviour}: ${row?.state} ${row?.effectState} ${row?.delivery}`;
    expect([told, captures.length]).toEqual([told, row?.state === "captured" ? 1 : 0]);
    expect(delivered).toBeLessThanOrEqual(1);
    if (!row) continue;
    expect(["captured", "denied", "expired"]).toContain(row.state);
    expect(["settled", "failed"]).toContain(row.effectState);
    expect(row.refunded.toFixed()).toBe(returned.toString());
    expect(row.pendingRefund.toFixed()).toBe("0");
    expect(row.owner).toBeNull();
    if (row.state === "captured")
      expect([delivered, row.delivery]).toEqual(delivered ? [1, "delivered"] : [0, "refunded"]);
    if (behaviour === "decline" || behaviour === "down") expect(row.state).not.toBe("captured");
  }
  const { violations } = await one.processor.verify({ rails: true });
  expect(violations).toEqual([]);
}

test("whatever payers, merchants, networks and deaths do, no money is lost, doubled or forgotten", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anAct, { minLength: 15, maxLength: 40 }), async (acts) => {
      const play: Play = { held: [], processes: [await world.start(), await world.start()] };
      for (const act of acts) await perform(play, act);
      await rest(play);
      await check(play);
      for (const process of play.processes) await process.close();
    }),
    { numRuns: 25, endOnFailure: true },
  );
}, 180_000);
