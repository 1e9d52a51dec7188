import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { configureFailpoints, type FailpointName } from "@/lib/kit";
import type { Channel } from "@/lib/processor";
import { type ChannelWorld, channelOf, createChannelWorld } from "@/lib/testing/channel-world";
import type { Process } from "@/lib/testing/processor-world";
import { points } from "@/lib/testing/ticket-network";

let world: ChannelWorld;
let one: Process;
let two: Process;

beforeAll(async () => {
  world = await createChannelWorld();
  one = await world.start();
  two = await world.start();
});
afterAll(() => world.close());

const now = async (id: string) => {
  const channel = await one.processor.channels.now(id);
  if (!channel) throw new Error("gone");
  return channel;
};
const verified = async () => expect((await one.processor.verify({})).violations).toEqual([]);
const times = <T>(count: number, act: (place: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, place) => act(place)));
const counted = (all: readonly string[]) => {
  const sums: Record<string, number> = {};
  for (const each of all) sums[each] = (sums[each] ?? 0) + 1;
  return sums;
};

describe("a deposit", () => {
  test("opens one channel, and its repeat finds it", async () => {
    const ticket = await world.ticket(one);
    world.tickets.network.pay(ticket.ticket);
    const input = world.deposit(ticket);
    const answers = await times(20, (place) => (place % 2 ? one : two).processor.channels.putIn(input));
    const fresh = answers.filter((answer) => answer.outcome === "credited" && !answer.again);
    expect(fresh).toHaveLength(1);
    expect(await one.processor.channels.putIn(input)).toMatchObject({ outcome: "credited", again: true });
    const channel = await now(ticket.ticket);
    expect([channel.deposit.units, channel.accepted.units, channel.spent.units]).toEqual([40n, 40n, 0n]);
    await verified();
  });

  test("that is not paid opens nothing, and burns nothing", async () => {
    const ticket = await world.ticket(one);
    const input = world.deposit(ticket);
    expect(await one.processor.channels.putIn(input)).toMatchObject({
      outcome: "refused",
      slug: "verification-failed",
    });
    world.tickets.network.pay(ticket.ticket);
    expect(await two.processor.channels.putIn(input)).toMatchObject({ outcome: "credited", again: false });
  });

  test("is refused under another credential once its challenge is consumed", async () => {
    const ticket = await world.ticket(one);
    world.tickets.network.pay(ticket.ticket);
    await one.processor.channels.putIn(world.deposit(ticket));
    const other = world.deposit(ticket, { credentialHash: new Uint8Array(32) });
    expect(await one.processor.channels.putIn(other)).toEqual({
      outcome: "refused",
      slug: "lightning/unknown-challenge",
    });
  });

  test("of a challenge that was not issued here, or of another one's ticket, is refused before the rail is asked", async () => {
    const ticket = await world.ticket(one);
    const other = await world.ticket(one);
    const strange = world.deposit({ ...ticket, challengeId: "never" });
    expect(await one.processor.channels.putIn(strange)).toEqual({
      outcome: "refused",
      slug: "lightning/unknown-challenge",
    });
    const wrong = world.deposit({ ...other, challengeId: ticket.challengeId });
    expect(await one.processor.channels.putIn(wrong)).toEqual({
      outcome: "refused",
      slug: "lightning/invalid-preimage",
    });
  });

  test("while the network is down takes nothing, and the same credential works afterwards", async () => {
    const ticket = await world.ticket(one);
    world.tickets.network.pay(ticket.ticket);
    world.tickets.network.behave("down");
    const input = world.deposit(ticket);
    expect(await one.processor.channels.putIn(input)).toMatchObject({ outcome: "unavailable" });
    world.tickets.network.behave("normal");
    expect(await one.processor.channels.putIn(input)).toMatchObject({ outcome: "credited" });
  });

  test("whose answer was lost is found by the worker", async () => {
    const ticket = await world.ticket(one);
    world.tickets.network.pay(ticket.ticket);
    world.tickets.network.behave("lose-answer");
    expect(await one.processor.channels.putIn(world.deposit(ticket))).toMatchObject({ outcome: "unknown" });
    world.tickets.network.behave("normal");
    world.clock.pass(31_000);
    await world.settle(one);
    expect((await now(ticket.ticket)).status).toBe("open");
    await verified();
  });
});

describe("a top-up", () => {
  test("credits once, however often and by whomever it is sent", async () => {
    const channel = await world.open(one);
    const more = await world.ticket(one);
    world.tickets.network.pay(more.ticket);
    const input = world.topUp(more, channel);
    await times(20, (place) => (place % 2 ? one : two).processor.channels.putIn(input));
    expect((await now(channel.id)).deposit.units).toBe(80n);
    await verified();
  });

  test("with the deposit's own proof credits nothing", async () => {
    const channel = await world.open(one);
    const fresh = await world.ticket(one);
    const payload = {
      action: "topUp",
      session: channel.id,
      topUpSecret: world.tickets.network.secretOf(channel.id),
    };
    const replay = world.deposit(fresh, { verb: "topUp", channelId: channel.id, payload });
    expect(await one.processor.channels.putIn(replay)).toMatchObject({ outcome: "refused" });
    expect((await now(channel.id)).deposit.units).toBe(40n);
  });

  test("two different ones at once both count", async () => {
    const channel = await world.open(one);
    const tickets = [await world.ticket(one, { units: 7n }), await world.ticket(one, { units: 11n })];
    for (const { ticket } of tickets) world.tickets.network.pay(ticket);
    await Promise.all(
      tickets.map((ticket, place) =>
        (place ? one : two).processor.channels.putIn(world.topUp(ticket, channel)),
      ),
    );
    expect((await now(channel.id)).deposit.units).toBe(58n);
    await verified();
  });
});

describe("spending", () => {
  test("a hundred at once on 37 units get 37", async () => {
    const channel = await world.open(one, 74n);
    const all = await times(100, (place) => world.buy(place % 2 ? one : two, channel));
    expect(counted(all)).toEqual({ booked: 37, "lightning/insufficient-balance": 63 });
    const after = await now(channel.id);
    expect([after.spent.units, after.reserved.units]).toEqual([74n, 0n]);
    await verified();
  });

  test("what was reserved and not delivered goes back", async () => {
    const channel = await world.open(one, 2n);
    const use = await world.begin(one, channel);
    if (typeof use === "string") throw new Error(use);
    expect(await world.begin(two, channel)).toBe("lightning/insufficient-balance");
    const nothing = { cost: { ...channel.deposit, units: 0n }, units: 0n };
    const facts = { status: 502, bytes: 0, upstreamMs: 1, totalMs: 1, rest: nothing, kept: null };
    expect(await one.processor.channels.end(use, facts)).toEqual({ outcome: "free" });
    expect(await world.buy(two, channel)).toBe("booked");
    await verified();
  });

  test("units that left before their process died are a receipt, and the rest is free again", async () => {
    const doomed = await world.start();
    const channel = await world.open(one);
    const use = await world.begin(doomed, channel);
    if (typeof use === "string") throw new Error(use);
    let current = use;
    for (let unit = 0; unit < 3; unit += 1) {
      const taken = await doomed.processor.channels.debit(current, {
        cost: { ...channel.deposit, units: 2n },
        units: 1n,
      });
      if (taken.outcome !== "taken") throw new Error(taken.outcome);
      current = taken.use;
    }
    const other = await world.begin(doomed, channel);
    expect(typeof other).toBe("object");
    await doomed.die();
    await world.settle(one);
    const after = await now(channel.id);
    expect([after.spent.units, after.reserved.units]).toEqual([6n, 0n]);
    const receipts = await one.processor.receipts.list({ merchantId: "m_1", q: channel.id });
    expect(receipts.data.map(({ amount }) => amount.units)).toEqual([6n]);
    await verified();
  });
});

describe("closing", () => {
  const closings = ({ id }: Channel) =>
    world.tickets.network
      .closings()
      .filter(({ key }) => key.startsWith(id))
      .map(({ isRepeat }) => isRepeat);

  test("fifty at once send back once, and the closer's repeat gets the same answer", async () => {
    const channel = await world.open(one);
    await world.buy(one, channel);
    const answers = await times(50, (place) => world.shut(place % 2 ? one : two, channel));
    expect(answers.filter(({ outcome }) => outcome === "closed").length).toBeGreaterThan(0);
    expect(await world.shut(two, channel)).toMatchObject({
      outcome: "closed",
      answer: { status: "closed", refunded: "38", refundStatus: "succeeded" },
    });
    expect(world.tickets.network.sent().filter(({ key }) => key.startsWith(channel.id))).toEqual([
      { key: `${channel.id}:close:1`, to: "payer@home", units: 38n },
    ]);
    const after = await now(channel.id);
    expect([after.status, after.settled.units, after.refunded.units, after.remaining.units]).toEqual([
      "closed",
      2n,
      38n,
      0n,
    ]);
    await verified();
  });

  test("racing a stream never sends back what was spent", async () => {
    for (let round = 0; round < 5; round += 1) {
      const channel = await world.open(one, 200n);
      const spending = times(30, (place) => world.buy(place % 2 ? one : two, channel));
      await world.shut(one, channel);
      const bought = counted(await spending).booked ?? 0;
      const after = await now(channel.id);
      expect(after.spent.units).toBe(BigInt(bought) * 2n);
      expect(after.spent.units + after.refunded.units <= after.deposit.units).toBe(true);
    }
    await verified();
  });

  test("a lost answer is asked about under the same key, and pays once", async () => {
    const channel = await world.open(one);
    world.tickets.network.behave("lose-answer");
    expect(await world.shut(one, channel)).toMatchObject({
      outcome: "closed",
      answer: { refundStatus: "failed" },
    });
    expect((await now(channel.id)).status).toBe("closing");
    await verified();
    world.tickets.network.behave("normal");
    world.clock.pass(5_000);
    await world.settle(one);
    expect(await now(channel.id)).toMatchObject({ status: "closed", refundState: "settled" });
    expect(world.tickets.network.sent().filter(({ key }) => key.startsWith(channel.id))).toHaveLength(1);
    expect(closings(channel)).toEqual([false, true]);
    await verified();
  });

  test("a rail is told whether an earlier call may have been heard", async () => {
    const [told, lost] = [await world.open(one), await world.open(one)];
    await world.shut(one, told);
    expect(closings(told)).toEqual([false]);
    const doomed = await world.start();
    configureFailpoints("refund-before-rail:1:throw");
    await expect(world.shut(doomed, lost)).rejects.toThrow("failpoint");
    configureFailpoints(null);
    await doomed.die();
    await world.settle(one);
    expect(closings(lost)).toEqual([true]);
  });

  test("a refund that fails stays owed", async () => {
    const channel = await world.open(one);
    world.tickets.network.behave("refuse-refund");
    await world.shut(one, channel);
    world.tickets.network.behave("normal");
    const after = await now(channel.id);
    expect([after.status, after.refundState, after.remaining.units]).toEqual(["closed", "failed", 40n]);
    const { sums } = await one.processor.channels.summary({ merchantId: "m_1" });
    expect(sums[0]?.owed.units).toBe(40n);
    await verified();
  });

  test("an idle channel is closed, and one in use is not", async () => {
    const idle = await world.open(one);
    const busy = await world.open(one);
    await world.begin(one, busy);
    world.clock.pass(301_000);
    await world.settle(one);
    expect((await now(idle.id)).closedBy).toBe("idle");
    expect((await now(busy.id)).status).toBe("open");
  });
});

describe("a death between any two steps", () => {
  const places: FailpointName[] = [
    "after-claim",
    "before-rail",
    "after-rail",
    "before-ledger-post",
    "after-settle-recorded",
  ];
  test.each(places)("of opening, at %s, leaves one channel with its deposit", async (point) => {
    const doomed = await world.start();
    const ticket = await world.ticket(one);
    world.tickets.network.pay(ticket.ticket);
    configureFailpoints(`${point}:1:throw`);
    await expect(doomed.processor.channels.putIn(world.deposit(ticket))).rejects.toThrow("failpoint");
    configureFailpoints(null);
    await doomed.die();
    world.clock.pass(31_000);
    await world.settle(one);
    expect((await now(ticket.ticket)).deposit.units).toBe(40n);
    expect(channelOf(await two.processor.channels.putIn(world.deposit(ticket))).id).toBe(ticket.ticket);
    await verified();
  });

  test.each<FailpointName>([
    "refund-intent-recorded",
    "refund-before-rail",
    "refund-after-rail",
    "refund-fact-recorded",
  ])("of closing, at %s, sends back once", async (point) => {
    const doomed = await world.start();
    const channel = await world.open(one);
    configureFailpoints(`${point}:1:throw`);
    await expect(world.shut(doomed, channel)).rejects.toThrow("failpoint");
    configureFailpoints(null);
    await doomed.die();
    await world.settle(one);
    expect(await now(channel.id)).toMatchObject({ status: "closed", refundState: "settled" });
    expect(world.tickets.network.sent().filter(({ key }) => key.startsWith(channel.id))).toHaveLength(1);
    await verified();
  });
});

describe("any history of a channel", () => {
  type Step = "buy" | "stream" | "release" | "topUp" | "close" | "die";
  const steps = fc.array(
    fc.array(fc.constantFrom<Step>("buy", "buy", "buy", "stream", "release", "topUp", "close", "die"), {
      minLength: 1,
      maxLength: 8,
    }),
    { minLength: 1, maxLength: 4 },
  );

  /** One act; what cannot be done any more is done to no effect. */
  async function act(step: Step, process: Process, channel: Channel): Promise<void> {
    switch (step) {
      case "buy":
        await world.buy(process, channel);
        return;
      case "stream": {
        let use = await world.begin(process, channel);
        for (let unit = 0; unit < 3 && typeof use !== "string"; unit += 1) {
          const taken = await process.processor.channels.debit(use, { cost: points(2n), units: 1n });
          if (taken.outcome !== "taken") break;
          use = taken.use;
        }
        if (typeof use === "string") return;
        const nothing = { cost: points(0n), units: 0n };
        await process.processor.channels.end(use, { ...ended, rest: nothing });
        return;
      }
      case "release": {
        const use = await world.begin(process, channel);
        const rest = { cost: points(0n), units: 0n };
        if (typeof use !== "string") await process.processor.channels.end(use, { ...ended, rest });
        return;
      }
      case "topUp": {
        const ticket = await world.ticket(process, { units: 6n });
        world.tickets.network.pay(ticket.ticket);
        await process.processor.channels.putIn(world.topUp(ticket, channel));
        return;
      }
      case "close":
        await world.shut(process, channel);
        return;
      case "die": {
        const doomed = await world.start();
        await world.begin(doomed, channel);
        await doomed.die();
        return;
      }
    }
  }
  const ended = { status: 200, bytes: 1, upstreamMs: 1, totalMs: 1, kept: null };

  test("with everything at once in two processes leaves books that agree to the unit", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (rounds) => {
        const channel = await world.open(one, 20n);
        for (const round of rounds) {
          await Promise.all(round.map((step, place) => act(step, place % 2 ? one : two, channel)));
        }
        await world.settle(one);
        const { deposit, spent, reserved, refunded, remaining, status } = await now(channel.id);
        expect(reserved.units).toBe(0n);
        expect(spent.units + refunded.units + remaining.units).toBe(deposit.units);
        const sent = world.tickets.network.sent().filter(({ key }) => key.startsWith(channel.id));
        expect(sent.reduce((sum, { units }) => sum + units, 0n)).toBe(refunded.units);
        expect(sent.length).toBeLessThanOrEqual(1);
        if (status === "closed") expect(remaining.units >= 0n).toBe(true);
        await verified();
      }),
      { numRuns: 12 },
    );
  }, 240_000);

  test("agrees with what the network itself received and sent", async () => {
    await world.settle(one);
    const balances = await world.database.client.$queryRaw<{ sum: { toFixed(): string } }[]>`
      select coalesce(sum(units), 0) as sum from posting where account = 'rail:tickets'`;
    const atRail = BigInt(balances[0]?.sum.toFixed() ?? "0");
    const sent = world.tickets.network.sent().reduce((sum, { units }) => sum + units, 0n);
    const waiting = await world.database.client.issuedOffer.findMany({
      where: { paidAt: null, offer: { not: {} } },
    });
    const unclaimed = await Promise.all(
      waiting.map(async ({ moneyKey, reference, amount }) => {
        const isClaimed = await world.database.client.claim.findUnique({ where: { key: moneyKey ?? "" } });
        const isPaid = world.tickets.network.find(reference ?? "")?.isPaid === true;
        return isPaid && !isClaimed ? BigInt(amount.toFixed()) : 0n;
      }),
    );
    const onTheWay = unclaimed.reduce((sum, units) => sum + units, 0n);
    expect(atRail + onTheWay).toBe(world.tickets.network.received() - sent);
  });
});
