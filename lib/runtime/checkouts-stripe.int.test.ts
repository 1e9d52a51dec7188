import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { formatCredential } from "@/lib/protocol";
import { createStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { receiveNotice } from "./receive-notice";
import type { Runtime } from "./runtime";

let world: StripeWorld;
let runtime: Runtime;
let counter = 0;

beforeAll(async () => {
  world = await createStripeWorld();
  runtime = world.runtimeOf();
});
beforeEach(() => world.double.calm());
afterAll(() => world.close());

const database = () => runtime.database.client;

async function opened(name: string, method = "stripe"): Promise<string> {
  counter += 1;
  const answer = await runtime.checkouts.open({
    target: `/pay/acme/api/v1/cheap/${name}`,
    method,
    key: `key-of-the-form-${name}-${counter}`,
    visitor: `visitor-${name}`,
    headers: [["accept", "text/html"]],
    peer: "127.0.0.1",
    isAnother: false,
  });
  if (answer.outcome !== "opened") throw new Error("It costs something.");
  return answer.id;
}

const attempts = (checkoutId: string) =>
  database().checkoutAttempt.findMany({ where: { checkoutId }, orderBy: { createdAt: "asc" } });
async function intentOf(checkoutId: string): Promise<string> {
  const reference = (await attempts(checkoutId)).at(-1)?.reference;
  if (!reference) throw new Error("The attempt has opened nothing.");
  return reference;
}
const stateOf = async (id: string) => (await runtime.checkouts.state(id)).state;
const asked = (name: string) =>
  world.world.upstream.hits.filter(({ url }) => url?.endsWith(`/v1/cheap/${name}`)).length;
const moves = (type: "capture" | "cancel", intent: string) =>
  world.double.log().filter((line) => line.type === type && line.text === intent).length;
const refunds = (amount: number) =>
  world.double.log().filter(({ type, units }) => type === "refund" && units === amount).length;
const statusOf = async (intent: string): Promise<string> => {
  const answer = await fetch(`${world.double.url}/v1/payment_intents/${intent}`, {
    headers: {
      authorization: `Bearer ${world.double.settings().secretKey}`,
      "stripe-version": "2026-07-29.preview",
    },
  });
  return ((await answer.json()) as { status: string }).status;
};
/** The browser says that it is back: the network was not asked just before. */
async function say(id: string): Promise<void> {
  await database().checkoutAttempt.updateMany({ where: { checkoutId: id }, data: { askedAt: new Date(0) } });
  await runtime.checkouts.look(id);
}
/** The moment at which what was opened is withdrawn. */
async function whenOver(id: string): Promise<void> {
  const where = { checkoutId: id, retireAt: { not: null } };
  await database().checkoutAttempt.updateMany({ where, data: { retireAt: new Date(0) } });
  await stepOf("checkout.retire");
}
async function stepOf(kind: string): Promise<void> {
  const step = runtime.checkouts.steps.find((one) => one.kind === kind);
  await step?.run();
}
const choose = (id: string, method: string, isFresh = false) =>
  runtime.checkouts.choose({ id, method, peer: "127.0.0.1", isFresh });
const merchantId = async () => (await database().merchant.findFirstOrThrow({ where: { slug: "acme" } })).id;
async function booksHold(): Promise<void> {
  expect((await runtime.processor.verify({ merchantId: await merchantId() })).violations).toEqual([]);
}

describe("the card form", () => {
  test("one PaymentIntent is opened for an attempt, and its secret is kept sealed", async () => {
    const before = world.double.intents().length;
    const id = await opened("form");
    await choose(id, "demo");
    await choose(id, "stripe");
    const { card, methods, attempt } = await runtime.checkouts.view(id);
    expect(world.double.intents().length).toBe(before + 1);
    expect(methods).toMatchObject([{ method: "stripe", title: "Card", amount: "2.50" }, { method: "demo" }]);
    expect(card).toMatchObject({
      publishableKey: world.double.settings().publishableKey,
      account: null,
      returnUrl: `http://farebox.test/checkout/${id}`,
    });
    expect(card?.clientSecret).toMatch(/^pi_\w+_secret_\w+$/);
    expect(attempt.reference).toBe(card?.clientSecret.split("_secret_")[0]);
    expect(JSON.stringify(await attempts(id))).not.toContain(card?.clientSecret);
    await runtime.checkouts.pay({ id, attemptId: attempt.id }); // there is no button of ours for it
    expect(await stateOf(id)).toBe("open");
  });

  test("the same form, sent twice at once, and a second tab open one checkout", async () => {
    const [first, second] = await Promise.all([opened("tabs"), opened("tabs")]);
    expect([first, await opened("tabs")]).toContain(second);
  });

  test("without an answer of the network another way to pay is still there", async () => {
    world.double.knobs.refuse = "fault";
    await expect(opened("down")).rejects.toThrow("does not answer");
    world.double.calm();
    expect(await opened("down", "demo")).toMatch(/^co_/);
  });
});

describe("paid in the browser", () => {
  test("is found by asking, delivered once, and on the receipt under the network's own name", async () => {
    const id = await opened("paid");
    const intent = await intentOf(id);
    await say(id);
    expect(await stateOf(id)).toBe("open");
    world.double.finish(intent, "succeeded");
    await Promise.all(Array.from({ length: 8 }, () => say(id)));
    await say(id);
    const { state, receipt, hasAnswer, card } = await runtime.checkouts.view(id);
    expect({ state, hasAnswer, card }).toEqual({ state: "delivered", hasAnswer: true, card: null });
    expect(receipt).toMatchObject({ reference: intent, method: "stripe", delivery: "delivered" });
    expect(asked("paid")).toBe(1);
    expect(await database().charge.count({ where: { reference: intent } })).toBe(1);
    expect(
      Buffer.from(await runtime.checkouts.paper(id))
        .subarray(0, 5)
        .toString(),
    ).toBe("%PDF-");
    await whenOver(id);
    expect([moves("capture", intent), moves("cancel", intent), refunds(250)]).toEqual([1, 0, 0]);
    await booksHold();
  });

  test("a callback wakes the question, and believes nothing", async () => {
    const id = await opened("woken");
    const intent = await intentOf(id);
    await say(id);
    world.double.finish(intent, "succeeded");
    const event = world.double.events.named("payment_intent.succeeded");
    const { body, headers } = world.double.events.delivery(event, world.double.settings().webhookSecret);
    const address = { kind: "stripe", merchant: "acme", rail: "cards" };
    const request = new Request("http://farebox.test/hook", { method: "POST", headers, body });
    expect((await receiveNotice(runtime, request, address)).status).toBe(200);
    await stepOf("checkout.look");
    expect(await stateOf(id)).toBe("delivered");
    await world.settle();
    const notice = await database().notice.findFirst({ where: { eventId: event.id } });
    expect(notice?.state).toBe("done");
  });

  test("declined, it may be tried again on the same intent", async () => {
    const id = await opened("again");
    const intent = await intentOf(id);
    world.double.finish(intent, "failed");
    await say(id);
    expect(await runtime.checkouts.view(id)).toMatchObject({ state: "open", attempt: { failure: null } });
    world.double.finish(intent, "succeeded");
    await say(id);
    expect(await stateOf(id)).toBe("delivered");
    expect(asked("again")).toBe(1);
  });

  test("while the network works on it nobody can pay another way; what it refuses costs nothing", async () => {
    const id = await opened("slow");
    const intent = await intentOf(id);
    world.double.process(intent);
    await say(id);
    expect(await stateOf(id)).toBe("paying");
    await choose(id, "demo");
    expect((await runtime.checkouts.view(id)).attempt.method).toBe("stripe");
    world.double.finish(intent, "failed");
    await database().checkout.update({ where: { id }, data: { lookAt: new Date(0) } });
    await stepOf("checkout.look");
    expect(await runtime.checkouts.view(id)).toMatchObject({
      state: "open",
      attempt: { failure: "declined" },
    });
    await stepOf("checkout.retire");
    expect([await statusOf(intent), asked("slow")]).toEqual(["canceled", 0]);
    await choose(id, "stripe");
    expect(await intentOf(id)).not.toBe(intent);
  });

  test("a crash after the money came and before it was written down ends in one charge", async () => {
    const id = await opened("crash");
    const intent = await intentOf(id);
    world.double.finish(intent, "succeeded");
    world.double.knobs.refuse = "reset";
    await say(id);
    expect(await stateOf(id)).toBe("open");
    world.double.calm();
    const other = world.runtimeOf(1);
    await database().checkoutAttempt.updateMany({ where: { checkoutId: id }, data: { askedAt: null } });
    await Promise.all([say(id), other.checkouts.look(id), other.checkouts.look(id)]);
    await say(id);
    expect([await stateOf(id), asked("crash")]).toEqual(["delivered", 1]);
    expect(await database().charge.count({ where: { reference: intent } })).toBe(1);
  });
});

describe("when its time is over", () => {
  test("an intent that nobody has paid is cancelled, so that nobody can", async () => {
    const id = await opened("over");
    const intent = await intentOf(id);
    await whenOver(id);
    expect(await statusOf(intent)).toBe("canceled");
    expect((await attempts(id)).map(({ failure, retireAt }) => [failure, retireAt])).toEqual([
      ["payment-expired", null],
    ]);
    await whenOver(id);
    expect(moves("cancel", intent)).toBe(1);
  });

  test("money that was faster than that is served, also when its price is over", async () => {
    const id = await opened("faster");
    const intent = await intentOf(id);
    world.double.finish(intent, "succeeded");
    const past = new Date(Date.now() - 60_000);
    await database().checkoutAttempt.updateMany({ where: { checkoutId: id }, data: { expiresAt: past } });
    await whenOver(id);
    expect([await stateOf(id), asked("faster")]).toEqual(["delivered", 1]);
  });

  test("a new price ends the old one at the network; while that may be paid there is none", async () => {
    const id = await opened("fresh");
    const first = await intentOf(id);
    await choose(id, "stripe", true);
    const second = await intentOf(id);
    expect([await statusOf(first), second === first]).toEqual(["canceled", false]);
    world.double.process(second);
    await expect(choose(id, "stripe", true)).rejects.toThrow("Do not pay again");
    world.double.finish(second, "succeeded");
    await choose(id, "stripe", true);
    expect([await stateOf(id), asked("fresh")]).toEqual(["delivered", 1]);
  });
});

describe("money that nobody can be served for goes back", () => {
  /** How many payments have gone back while the queue was worked off. */
  const refunded = async () => {
    const before = refunds(250);
    await world.settle();
    await world.settle();
    return refunds(250) - before;
  };

  test("paid by card and another way at once: one is served, the other is returned, once", async () => {
    const id = await opened("both");
    const intent = await intentOf(id);
    await choose(id, "demo");
    const { attempt } = await runtime.checkouts.view(id);
    world.double.finish(intent, "succeeded");
    await runtime.checkouts.pay({ id, attemptId: attempt.id });
    expect(await stateOf(id)).toBe("delivered");
    await stepOf("checkout.retire");
    await whenOver(id);
    const strays = await database().charge.findMany({ where: { reference: intent } });
    expect(strays).toMatchObject([{ kind: "stray", serviceSlug: "checkout", delivery: "not_applicable" }]);
    expect(await refunded()).toBe(1);
    expect(asked("both")).toBe(1);
    expect((await runtime.checkouts.view(id)).receipt?.method).toBe("demo");
    await booksHold();
  });

  test("paid for what is not sold any more", async () => {
    const id = await opened("gone");
    const intent = await intentOf(id);
    await database().checkout.update({ where: { id }, data: { target: "/pay/acme/api/v1/nowhere" } });
    world.double.finish(intent, "succeeded");
    await say(id);
    const { state, receipt } = await runtime.checkouts.view(id);
    expect([state, receipt?.reference]).toEqual(["returned", intent]);
    expect(await refunded()).toBe(1);
    expect((await runtime.checkouts.view(id)).receipt?.refunded.units).toBe(250n);
    expect(asked("gone")).toBe(0);
    await booksHold();
  });
});

describe("a PaymentIntent as a credential", () => {
  const presented = async (id: string, clientSecret: string) => {
    const challenge = (await attempts(id)).at(-1)?.challenge as never;
    return await world.world.ask("/v1/cheap/shown", {
      headers: { authorization: formatCredential({ challenge, payload: { clientSecret } }) },
    });
  };

  test("stands for the one challenge it was made for, and only once it is paid", async () => {
    const [mine, other] = [await opened("shown"), await opened("other-shown")];
    const secretOf = async (id: string) => (await runtime.checkouts.view(id)).card?.clientSecret ?? "";
    world.double.finish(await intentOf(other), "succeeded");
    const foreign = await presented(mine, await secretOf(other));
    expect([foreign.status, ((await foreign.json()) as { code: string }).code]).toEqual([
      402,
      "invalid-challenge",
    ]);
    expect(asked("shown")).toBe(0);
    await say(other);
    expect(await stateOf(other)).toBe("delivered");
  });

  test("unpaid it buys nothing", async () => {
    const id = await opened("shown");
    await choose(id, "stripe", true);
    const { card } = await runtime.checkouts.view(id);
    const answer = await presented(id, card?.clientSecret ?? "");
    expect([answer.status, asked("shown")]).toEqual([402, 0]);
  });
});
