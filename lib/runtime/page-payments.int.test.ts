import { afterAll, beforeAll, expect, test } from "vitest";
import { findCurrency, Money } from "@/lib/money";
import type { Payment } from "@/lib/processor";
import { createStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import type { Runtime } from "./runtime";

let world: StripeWorld;
let runtime: Runtime;
let counter = 0;

beforeAll(async () => {
  world = await createStripeWorld();
  runtime = world.runtimeOf();
});
afterAll(() => world.close());

const payments = () => runtime.processor.payments;
const merchantId = async () =>
  (await runtime.database.client.merchant.findFirstOrThrow({ where: { slug: "acme" } })).id;

/** Opens what a shop's customer pays on a page. */
async function opened(): Promise<Payment> {
  counter += 1;
  const view = (await runtime.catalog.snapshot()).findMerchant("acme");
  const rail = view && runtime.rails.find(view, "cards");
  const usd = findCurrency("USD");
  if (!rail || !usd) throw new Error("The world has a card rail.");
  const answer = await payments().open({
    ...{
      merchantId: rail.merchant.id,
      mode: "test",
      rail,
      connector: "shop",
      externalRef: `order-${counter}`,
    },
    ...{ amount: Money.of(1_000n, usd), key: `key-${counter}`, automatic: true, requestId: `r-${counter}` },
    ...{ ttlSeconds: 600, returnUrl: "http://farebox.test/back", description: "An order" },
  });
  if (answer.outcome !== "done") throw new Error(JSON.stringify(answer));
  return answer.payment;
}
const read = async ({ id }: Payment) => payments().retrieve({ merchantId: await merchantId(), id });
const logged = (type: "capture" | "cancel", { reference }: Payment) =>
  world.double.log().filter((line) => line.type === type && line.text === reference).length;
/** Its time is over. */
const expire = async ({ id }: Payment) => {
  const challengeExpires = new Date(Date.now() - 1_000);
  await runtime.database.client.charge.update({ where: { id }, data: { challengeExpires } });
};

test("is looked for by its PaymentIntent, and paid when the network says so", async () => {
  const payment = await opened();
  expect(payment).toMatchObject({
    status: "requires_action",
    reference: expect.stringMatching(/^pi_/),
    nextAction: { kind: "wallet", request: { wallet: "stripe" } },
  });
  world.double.finish(payment.reference ?? "", "succeeded");
  await world.settle();
  expect(await read(payment)).toMatchObject({ status: "captured", captured: { units: 1_000n } });
  expect((await runtime.processor.verify({ merchantId: await merchantId() })).violations).toEqual([]);
});

test("a decline is not its end: the same form can be tried again", async () => {
  const payment = await opened();
  world.double.finish(payment.reference ?? "", "failed");
  await world.settle();
  expect((await read(payment)).status).toBe("requires_action");
});

test("before it expires, or is let go, nobody can pay it any more", async () => {
  const [late, letGo] = [await opened(), await opened()];
  await expire(late);
  await world.settle();
  expect([(await read(late)).status, logged("cancel", late)]).toEqual(["expired", 1]);
  const answer = await payments().void({ merchantId: await merchantId(), id: letGo.id });
  expect([answer.outcome, (await read(letGo)).status, logged("cancel", letGo)]).toEqual([
    "done",
    "voided",
    1,
  ]);
});

test("money that was faster than its end is taken, not lost", async () => {
  const [late, letGo] = [await opened(), await opened()];
  for (const { reference } of [late, letGo]) world.double.finish(reference ?? "", "succeeded");
  await expire(late);
  await world.settle();
  expect((await read(late)).status).toBe("captured");
  const answer = await payments().void({ merchantId: await merchantId(), id: letGo.id });
  expect(answer).toMatchObject({ outcome: "refused", code: "already_captured" });
  expect([logged("cancel", late), logged("cancel", letGo)]).toEqual([0, 0]);
});

test("while the network does not answer, a payment neither ends nor is let go", async () => {
  const payment = await opened();
  world.double.knobs.refuse = "fault";
  const answer = await payments().void({ merchantId: await merchantId(), id: payment.id });
  expect(answer.outcome).toBe("unavailable");
  await expire(payment);
  await world.settle();
  world.double.calm();
  expect((await runtime.database.client.charge.findUnique({ where: { id: payment.id } }))?.state).toBe(
    "requires_action",
  );
});

test("the page of a shop's payment shows the card form, asks when the browser is back, and says that it is paid", async () => {
  const payment = await opened();
  const { paymentPages } = runtime;
  expect(await paymentPages.view(payment.id)).toMatchObject({
    state: "open",
    way: {
      kind: "card",
      card: {
        clientSecret: expect.stringMatching(/^pi_\w+_secret_/),
        returnUrl: `/checkout/payments/${payment.id}`,
      },
    },
  });
  world.double.finish(payment.reference ?? "", "succeeded");
  const lookedAt = new Date(Date.now() - 2_000); // it was not asked just now
  await runtime.database.client.payment.update({ where: { chargeId: payment.id }, data: { lookedAt } });
  await Promise.all([paymentPages.look(payment.id), paymentPages.look(payment.id)]);
  expect((await paymentPages.view(payment.id)).state).toBe("paid");
  expect((await read(payment)).captured.units).toBe(1_000n);
});
