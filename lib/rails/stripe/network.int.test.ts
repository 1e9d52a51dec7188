import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectedAccount } from "@/e2e/networks/stripe/accounts";
import { type StripeDouble, startStripe } from "@/e2e/networks/stripe/double";
import { Money } from "@/lib/money";
import { createGuardedFetch } from "@/lib/net";
import type { Ask, Effect } from "../contract";
import { stripe } from "./rail";
import { StripeSettings } from "./settings";

const price = Money.of(250n, { code: "USD", exponent: 2 });
const net = createGuardedFetch({ allowPrivateNetworks: ["127.0.0.0/8"] });
let double: StripeDouble;
let keys = 0;

beforeAll(async () => {
  double = await startStripe();
});
beforeEach(async () => {
  double.calm();
  await double.up();
});
afterAll(async () => {
  await double.down();
  await net.close();
});

function connect(changes: Record<string, unknown> = {}) {
  const settings = StripeSettings.parse({ ...double.settings(), ...changes });
  return stripe.connect(settings, {
    fetch: net.fetch,
    origin: "http://farebox.test",
    log: () => undefined,
  });
}

function effect(facts: Partial<Effect> = {}): Effect {
  keys += 1;
  const signal = AbortSignal.timeout(20_000);
  return { key: `key-${keys}`, mode: "test", signal, now: () => new Date(), ...facts };
}
const ask = (facts: Partial<Ask> = {}): Ask => ({
  ...effect(),
  reference: "order-1",
  ttlSeconds: 600,
  description: "Forecast",
  ...facts,
});
const page = { returnUrl: "http://farebox.test/checkout/co_1" };
const spt = () => double.grant({ amount: 250, currency: "usd" }).id;

async function offered(abilities: ReturnType<typeof connect>, facts: Partial<Ask> = {}) {
  const offer = await abilities.offer(price, ask(facts));
  if ("outcome" in offer) throw new Error(`No offer: ${offer.outcome}`);
  return offer;
}

describe("an offer for a page", () => {
  test("is one PaymentIntent per key, which a browser can confirm", async () => {
    const abilities = connect();
    const before = double.intents().length;
    const same = ask(page);
    const [one, two] = await Promise.all([abilities.offer(price, same), abilities.offer(price, same)]);
    expect(two).toEqual(one);
    expect(await abilities.offer(price, same)).toEqual(one);
    expect(double.intents()).toHaveLength(before + 1);
    if ("outcome" in one || !("paymentIntent" in one)) throw new Error("This is an offer for a page.");
    expect(stripe.reference?.(one)).toBe(one.paymentIntent);
    expect(stripe.show?.(one)).toEqual({
      kind: "wallet",
      request: {
        wallet: "stripe",
        clientSecret: one.clientSecret,
        publishableKey: "pk_test_double0000000000000000",
      },
    });
  });

  test("waits until it is paid, also after a decline, and then tells amount and fee", async () => {
    const abilities = connect();
    const offer = await offered(abilities, page);
    const reference = stripe.reference?.(offer) ?? "";
    const look = () => abilities.lookup(reference, effect());
    expect(await look()).toMatchObject({ outcome: "found", state: "waiting", captured: { units: 0n } });
    double.finish(reference, "failed");
    expect(await look()).toMatchObject({ state: "waiting" });
    double.finish(reference, "succeeded");
    expect(await look()).toMatchObject({ state: "settled", captured: price, fee: { units: 37n } });
  });

  test("needs a publishable key, and is not paid by a token", async () => {
    const { publishableKey: _none, ...settings } = double.settings();
    const without = stripe.connect(StripeSettings.parse(settings), {
      fetch: net.fetch,
      origin: "http://farebox.test",
      log: () => undefined,
    });
    expect(await without.offer(price, ask(page))).toMatchObject({ outcome: "unavailable" });
    const abilities = connect();
    const offer = await offered(abilities, page);
    expect(await abilities.capture?.({ spt: spt() }, offer, effect())).toMatchObject({ outcome: "invalid" });
  });
});

describe("a bound offer", () => {
  test("takes no proof that names another order, or none", async () => {
    const abilities = connect();
    const offer = await offered(abilities, { externalId: "order-7" });
    expect(offer).toMatchObject({ externalId: "order-7" });
    for (const proof of [{ spt: spt() }, { spt: spt(), externalId: "order-8" }]) {
      expect(stripe.unfit?.(proof, offer, new Date())).toBe("invalid-challenge");
      expect(await abilities.capture?.(proof, offer, effect())).toMatchObject({ outcome: "conflict" });
    }
    const proof = { spt: spt(), externalId: "order-7" };
    expect(stripe.unfit?.(proof, offer, new Date())).toBeNull();
    expect(await abilities.capture?.(proof, offer, effect())).toMatchObject({ outcome: "settled" });
  });

  test("an order that nobody asked for says nothing", async () => {
    const offer = await offered(connect());
    expect(stripe.unfit?.({ spt: spt(), externalId: "order-9" }, offer, new Date())).toBeNull();
  });
});

describe("a token", () => {
  test.each(["2026-07-29.preview", "2026-10-28.endive"])("is charged in version %s", async (apiVersion) => {
    const abilities = connect({ apiVersion });
    const taken = await abilities.capture?.({ spt: spt() }, await offered(abilities), effect());
    expect(taken).toMatchObject({ outcome: "settled", amount: price });
  });

  test("asked about after a day is looked for, and never charged again", async () => {
    const abilities = connect();
    const offer = await offered(abilities);
    const proof = { spt: spt() };
    const first = effect({ challengeId: "challenge-day" });
    const taken = await abilities.capture?.(proof, offer, first);
    double.forgetKeys();
    const before = double.intents().length;
    const later = { ...first, since: new Date(Date.now() - 24 * 3_600_000) };
    expect(await abilities.capture?.(proof, offer, later)).toEqual(taken);
    const never = { ...later, challengeId: "challenge-never" };
    expect(await abilities.capture?.(proof, offer, never)).toMatchObject({ outcome: "declined" });
    expect(double.intents()).toHaveLength(before);
  });
});

describe("for a connected account", () => {
  const taken = async (settings: Record<string, unknown>, facts: Partial<Ask> = {}) => {
    const abilities = connect({ connect: settings });
    const offer = await offered(abilities, facts);
    const paid = await abilities.capture?.(
      { spt: spt() },
      offer,
      effect({ challengeId: `challenge-${keys}` }),
    );
    return { abilities, offer, paid };
  };
  const intentAt = async (id: string, account: string | null) => {
    const answer = await fetch(`${double.url}/v1/payment_intents/${id}`, {
      headers: {
        authorization: `Bearer ${double.settings().secretKey}`,
        "stripe-version": "2026-07-29.preview",
        ...(account === null ? {} : { "stripe-account": account }),
      },
    });
    return { status: answer.status, intent: (await answer.json()) as Record<string, unknown> };
  };

  test("a payment is made in it, less our fee, found and refunded there, and nowhere else", async () => {
    const settings = { account: connectedAccount, applicationFeePercent: 10 };
    const { abilities, offer, paid } = await taken(settings);
    expect(JSON.stringify(offer)).not.toMatch(/acct_|fee/);
    expect(paid).toMatchObject({ outcome: "settled", amount: price });
    const reference = paid?.outcome === "settled" ? paid.reference : "";
    expect((await intentAt(reference, null)).status).toBe(404);
    const { intent } = await intentAt(reference, connectedAccount);
    expect(intent).toMatchObject({ application_fee_amount: 25, on_behalf_of: null, transfer_data: null });
    expect(await abilities.lookup(reference, effect())).toMatchObject({ outcome: "found", state: "settled" });
    expect(await abilities.refund?.(reference, price, effect())).toMatchObject({ outcome: "settled" });
    expect(await connect().lookup(reference, effect())).toEqual({ outcome: "absent" });
  });

  test("a page is told the account, since its browser must name it too", async () => {
    const abilities = connect({ connect: { account: connectedAccount } });
    const offer = await offered(abilities, page);
    expect(stripe.show?.(offer)).toMatchObject({ kind: "wallet", request: { account: connectedAccount } });
    const reference = stripe.reference?.(offer) ?? "";
    expect((await intentAt(reference, connectedAccount)).status).toBe(200);
    expect((await intentAt(reference, null)).status).toBe(404);
  });

  test("a payment on the platform is for it, and goes to it", async () => {
    const { paid } = await taken({
      destination: connectedAccount,
      onBehalfOf: connectedAccount,
      applicationFeePercent: 1,
    });
    const reference = paid?.outcome === "settled" ? paid.reference : "";
    expect((await intentAt(reference, null)).intent).toMatchObject({
      application_fee_amount: 2, // of 2.50, in whole cents, never more than the percentage
      on_behalf_of: connectedAccount,
      transfer_data: { destination: connectedAccount },
    });
  });

  test("that the key may not act for, nothing is charged, and the same credential works later", async () => {
    const before = double.intents().length;
    expect((await taken({ account: "acct_somebodyelses1" })).paid).toMatchObject({ outcome: "unavailable" });
    expect((await taken({ destination: "acct_somebodyelses1" })).paid).toMatchObject({
      outcome: "unavailable",
    });
    expect(double.intents()).toHaveLength(before);
  });
});

describe("trying the settings out", () => {
  test("says whose account it is, and moves nothing", async () => {
    const before = double.intents().length;
    expect(await connect().probe?.(effect())).toMatchObject({
      outcome: "works",
      says: [expect.stringContaining(double.account), expect.any(String), expect.any(String)],
    });
    expect(double.intents()).toHaveLength(before);
  });

  test.each([
    ["unauthorized", "does not know this key"],
    ["forbidden", "may not read"],
    ["reset", "did not answer"],
  ] as const)("says what is wrong: %s", async (refuse, words) => {
    double.knobs.refuse = refuse;
    expect(await connect().probe?.(effect())).toMatchObject({
      outcome: "faulty",
      reason: expect.stringContaining(words),
    });
  });
});
