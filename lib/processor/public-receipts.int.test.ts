import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sha256 } from "@/lib/kit";
import { createWorld, type Process, type World } from "@/lib/testing/processor-world";
import type { Charge } from ".";

let world: World;
let one: Process;
let two: Process;

beforeAll(async () => {
  world = await createWorld();
  one = await world.start();
  two = await world.start();
});
/** The demo rail, as one that must be told where money goes back to. */
beforeEach(() => {
  const { find: _find, ...abilities } = world.rail.abilities;
  world.rails.set("demo", {
    ...world.rail,
    definition: { ...world.rail.definition, asksForRefund: "An address" },
    abilities: {
      ...abilities,
      destination: async (written) =>
        written.includes("@")
          ? { outcome: "resolved", destination: written }
          : { outcome: "invalid", reason: "This is no address." },
      refund: async (reference, amount, effect) =>
        effect.destination === undefined
          ? { outcome: "unavailable", reason: "Nobody has said where to." }
          : ((await world.rail.abilities.refund?.(reference, amount, effect)) ?? {
              outcome: "unavailable",
              reason: "",
            }),
    },
  });
});
afterAll(() => world.close());

async function paid(): Promise<Charge & { receiptId: string }> {
  const taken = await one.processor.take(await world.pay({ units: 100n }));
  if (taken.outcome !== "settled" || !taken.charge.receiptId)
    throw new Error(`It ended as ${taken.outcome}.`);
  await one.processor.delivered(taken.charge, { status: 200, bytes: 1, upstreamMs: 1, totalMs: 2 });
  return { ...taken.charge, receiptId: taken.charge.receiptId };
}
const of = ({ merchantId, receiptId }: { merchantId: string; receiptId: string }) => ({
  merchantId,
  receiptId,
  actor: "member:1",
});
const open = (token: string) => two.processor.publicReceipts.open(token);

test("an address opens its receipt and nothing else, and its token is kept nowhere", async () => {
  const charge = await paid();
  const { token } = await one.processor.publicReceipts.publish(of(charge));
  expect(token).toMatch(/^[\w-]{43}$/);
  expect((await open(token))?.receipt.id).toBe(charge.receiptId);
  const near = `${token.slice(0, -1)}${token.endsWith("A") ? "E" : "A"}`;
  for (const other of [near, "", token.toUpperCase(), `${token} `, charge.receiptId])
    expect(await open(other)).toBeNull();
  const rows = await world.database.client.publicReceipt.findMany({ where: { chargeId: charge.id } });
  expect(rows.map(({ tokenHash }) => Buffer.from(tokenHash))).toEqual([sha256(token)]);
  expect(JSON.stringify(rows)).not.toContain(token);
});

test("of two that are made at once one stands; ended, it opens nothing, and another can be made", async () => {
  const charge = await paid();
  const made = await Promise.allSettled(
    [one, two].map(({ processor }) => processor.publicReceipts.publish(of(charge))),
  );
  expect(made.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const first = made.find((each) => each.status === "fulfilled")?.value.token ?? "";
  expect(await one.processor.publicReceipts.find(of(charge))).toMatchObject({ createdBy: "member:1" });
  expect(await two.processor.publicReceipts.unpublish(of(charge))).toBe(true);
  expect(await one.processor.publicReceipts.unpublish(of(charge))).toBe(false);
  expect(await open(first)).toBeNull();
  expect(await one.processor.publicReceipts.find(of(charge))).toBeNull();
  const { token } = await one.processor.publicReceipts.publish(of(charge));
  expect([await open(first), (await open(token))?.receipt.id]).toEqual([null, charge.receiptId]);
});

test("a receipt of another merchant or mode is not found", async () => {
  const charge = await paid();
  for (const about of [{ merchantId: "mc_other" }, { mode: "live" as const }]) {
    const named = { ...of(charge), ...about };
    for (const act of ["publish", "unpublish"] as const)
      await expect(one.processor.publicReceipts[act](named)).rejects.toMatchObject({ slug: "not-found" });
  }
});

test("its holder says where a waiting refund goes, once, and only of this receipt", async () => {
  const [charge, other] = [await paid(), await paid()];
  const { token } = await one.processor.publicReceipts.publish(of(charge));
  const ask = async (about: typeof charge) =>
    await one.processor.requestRefund({ ...of(about), key: `public-${about.id}` });
  const [own, foreign] = [await ask(charge), await ask(other)];
  expect((await open(token))?.asks).toBe("An address");
  await world.settle(one);
  expect((await open(token))?.receipt.timeline.map(({ type }) => type)).not.toContain("refund.submitted");
  const say = (refundId: string, destination: string, by = token) =>
    two.processor.publicReceipts.directRefund({ token: by, refundId, destination });
  await expect(say(foreign.id, "eve@wallet.example")).rejects.toMatchObject({ slug: "not-found" });
  await expect(say(own.id, "eve@wallet.example", "x".repeat(43))).rejects.toMatchObject({
    slug: "not-found",
  });
  await expect(say(own.id, "nonsense")).rejects.toMatchObject({ slug: "unprocessable" });
  expect((await say(own.id, "ann@wallet.example")).refund.destination).toBe("ann@wallet.example");
  await expect(say(own.id, "eve@wallet.example")).rejects.toMatchObject({ slug: "conflict" });
  await world.settle(one);
  expect(await one.processor.getRefund(own)).toMatchObject({ status: "settled" });
  expect(await one.processor.getRefund(foreign)).toMatchObject({ status: "requested", destination: null });
});
