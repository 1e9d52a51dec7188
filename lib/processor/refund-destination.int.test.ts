import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Problem } from "@/lib/problems";
import { createWorld, type Process, type World } from "@/lib/testing/processor-world";
import type { Charge } from ".";

let world: World;
let one: Process;
let two: Process;
const sentTo: string[] = [];

beforeAll(async () => {
  world = await createWorld();
  one = await world.start();
  two = await world.start();
});
/** The demo rail, as one that must be told where money goes back to. */
beforeEach(() => {
  sentTo.length = 0;
  const { find: _find, ...abilities } = world.rail.abilities;
  world.rails.set("demo", {
    ...world.rail,
    abilities: {
      ...abilities,
      async destination(written) {
        if (!written.includes("@")) return { outcome: "invalid", reason: "This is no address." };
        return { outcome: "resolved", destination: `invoice of ${written}` };
      },
      async refund(reference, amount, effect) {
        if (effect.destination === undefined)
          return { outcome: "unavailable", reason: "Nobody has said where to." };
        sentTo.push(effect.destination);
        return (
          (await world.rail.abilities.refund?.(reference, amount, effect)) ?? {
            outcome: "unavailable",
            reason: "",
          }
        );
      },
    },
  });
});
afterAll(() => world.close());

async function paid(): Promise<Charge> {
  const taken = await one.processor.take(await world.pay({ units: 100n }));
  if (taken.outcome !== "settled") throw new Error(`It ended as ${taken.outcome}.`);
  await one.processor.delivered(taken.charge, { status: 200, bytes: 1, upstreamMs: 1, totalMs: 2 });
  return taken.charge;
}
let keys = 0;
const asking = ({ merchantId, receiptId }: Charge, destination?: string) => {
  keys += 1;
  const about = { merchantId, receiptId: receiptId ?? "", key: `destination-${keys}`, actor: "member:1" };
  return destination === undefined ? about : { ...about, destination };
};

test("a destination is turned into what will be paid when the refund is asked for, and kept so", async () => {
  const charge = await paid();
  const refund = await one.processor.requestRefund(asking(charge, "ann@wallet.example"));
  expect(refund.destination).toBe("invoice of ann@wallet.example");
  await world.settle(one);
  expect(sentTo).toEqual(["invoice of ann@wallet.example"]);
  expect(await one.processor.getRefund(refund)).toMatchObject({ status: "settled" });
});

test("a destination that the rail refuses is named, and nothing is set aside", async () => {
  const charge = await paid();
  const refused = await one.processor
    .requestRefund(asking(charge, "nonsense"))
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Problem);
  expect(refused).toMatchObject({ slug: "unprocessable", extras: { errors: [{ path: "destination" }] } });
  expect((await one.processor.charges.get({ ...charge, id: charge.id })).pendingRefund.units).toBe(0n);
});

test("a refund without a destination waits as requested until it is given one, once", async () => {
  const charge = await paid();
  const { id, merchantId } = await one.processor.requestRefund(asking(charge));
  await world.settle(one);
  expect(await one.processor.getRefund({ id, merchantId })).toMatchObject({
    status: "requested",
    failure: "Nobody has said where to.",
  });
  const give = (process: Process, destination: string) =>
    process.processor.giveDestination({ merchantId, id, destination, actor: "member:1" });
  await expect(give(one, "nonsense")).rejects.toMatchObject({ slug: "unprocessable" });
  const given = await Promise.allSettled([give(one, "ann@wallet.example"), give(two, "bob@wallet.example")]);
  expect(given.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await world.settle(one);
  expect(sentTo).toHaveLength(1);
  expect(await one.processor.getRefund({ id, merchantId })).toMatchObject({ status: "settled" });
  await expect(give(one, "eve@wallet.example")).rejects.toMatchObject({ slug: "conflict" });
});
