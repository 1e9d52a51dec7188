import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stripeClient } from "@/e2e/networks/stripe/client";
import { configureFailpoints } from "@/lib/kit";
import { createStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { ok } from "@/lib/testing/upstream-double";

let given: StripeWorld;
beforeAll(async () => {
  given = await createStripeWorld();
});
beforeEach(() => {
  configureFailpoints(null);
  given.double.calm();
  given.world.upstream.answer(ok);
});
afterAll(() => given.close());

const address = "http://farebox.test/pay/acme/api/v1/cheap/stock";
const cents = (currency: string, amount = 250) => given.double.grant({ amount, currency }).id;

/** The stock client before our door, and every answer that the door gave it. */
function buyer(give: (wish: { amount: string; currency: string }) => string) {
  const answers: Response[] = [];
  const client = stripeClient(
    given.double,
    async (input, init) => {
      const request = new Request(input, init);
      const answer = await given.world.ask(new URL(request.url).pathname, { headers: request.headers });
      answers.push(answer.clone());
      return answer;
    },
    give,
  );
  return { buy: () => client.fetch(address), answers };
}

const endOf = async (answer: Response): Promise<string> => {
  const { type } = (await answer.clone().json()) as { type: string };
  return `${answer.status} ${type.split(/[/:]/).at(-1)}`;
};
const attempts = () => given.double.log().filter(({ type }) => type === "cancel").length;

describe("the stock client", () => {
  test.each([
    ["a card that is declined", "402 verification-failed", { confirm: "decline" }, () => cents("usd")],
    ["a card that wants its owner", "402 payment-action-required", { confirm: "action" }, () => cents("usd")],
    ["a token over its limit", "402 verification-failed", {}, () => cents("usd", 249)],
    ["a token of another currency", "402 verification-failed", {}, () => cents("eur")],
    [
      "a token that was revoked",
      "402 verification-failed",
      {},
      () => {
        const token = cents("usd");
        given.double.revoke(token);
        return token;
      },
    ],
  ] as const)("with %s ends with %s, and nothing is taken", async (_, ending, knobs, give) => {
    Object.assign(given.double.knobs, knobs);
    const before = given.captures();
    const { buy, answers } = buyer(give);
    const answer = await buy();
    expect(await endOf(answer)).toBe(ending);
    for (const each of answers.slice(1)) expect(await endOf(each)).toBe(ending);
    expect(answers.length).toBeGreaterThan(1); // it did present a credential
    expect(answer.headers.has("payment-receipt")).toBe(false);
    expect(given.captures()).toBe(before);
    if (ending.endsWith("required")) expect(attempts()).toBeGreaterThan(0); // what waits for its owner is cancelled
  });

  test("with a token that was used before ends with 402 invalid-challenge, and pays once", async () => {
    const token = cents("usd", 100_000);
    const before = given.captures();
    expect((await buyer(() => token).buy()).status).toBe(200);
    expect(await endOf(await buyer(() => token).buy())).toBe("402 invalid-challenge");
    expect(given.captures()).toBe(before + 1);
  });
});

describe("a process that dies when the PaymentIntent is there and before it knows", () => {
  test("leaves one charge: another one finds it, and the payer is served with the same credential", async () => {
    const [offer, spt, before] = [await given.challenge(), given.grant(), given.captures()];
    configureFailpoints("after-rail:1:throw");
    await given.presented(offer, spt).catch(() => null);
    configureFailpoints(null);
    expect(given.captures()).toBe(before + 1);
    expect(await given.chargeOf(offer.id)).toMatchObject({ receiptId: null });
    // Its owner is a process that nobody is any more.
    const { client } = given.runtimeOf(1).database;
    await client.charge.updateMany({ where: { challengeId: offer.id }, data: { owner: 1 } });
    const other = given.runtimeOf(1).processor;
    await other.worker.find(({ kind }) => kind === "charges.recover")?.run();
    await given.settle(1);
    const served = await given.presented(offer, spt, 1);
    expect([served.status, await served.text()]).toEqual([200, '{"answer":42}']);
    expect(given.captures()).toBe(before + 1);
    expect(await given.chargeOf(offer.id)).toMatchObject({ state: "captured", delivery: "delivered" });
    const { violations } = await other.verify({});
    expect(violations).toEqual([]);
  });
});
