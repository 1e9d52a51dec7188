import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { stripeClient } from "@/e2e/networks/stripe/client";
import type { StripeDouble } from "@/e2e/networks/stripe/double";
import { parseChallenges, readOpaque, readRequest } from "@/lib/protocol";
import type { PaidWorld } from "@/lib/testing/paid-world";
import { createStripeWorld, cheapPath as path, type StripeWorld } from "@/lib/testing/stripe-world";
import { ok } from "@/lib/testing/upstream-double";

let double: StripeDouble;
let world: PaidWorld;
let given: StripeWorld;
const printed: string[] = [];

const challenge = () => given.challenge();
const grant = (amount?: number) => given.grant(amount);
const presented: StripeWorld["presented"] = (...all) => given.presented(...all);
const charge: StripeWorld["chargeOf"] = (id) => given.chargeOf(id);
const captures = () => given.captures();
const settle = (process?: number) => given.settle(process);
const runtimeOf = (process?: number) => given.runtimeOf(process);

beforeAll(async () => {
  for (const name of ["log", "warn", "error", "info"] as const) {
    vi.spyOn(console, name).mockImplementation((...words) => void printed.push(words.join(" ")));
  }
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  given = await createStripeWorld();
  ({ double, world } = given);
});
beforeEach(async () => {
  double.calm();
  await double.up();
  world.upstream.answer(ok);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await given.close();
});

const problemOf = async (answer: Response): Promise<string> => {
  const { type } = (await answer.json()) as { type: string };
  return `${answer.status} ${type.split(/[/:]/).at(-1)}`;
};
describe("an offer", () => {
  test("is refreshed for the same quote with another id and expiry, and nothing else", async () => {
    const [one, two] = [await challenge(), await challenge()];
    expect(two.id).not.toBe(one.id);
    expect({ ...two, id: "", expires: "" }).toEqual({ ...one, id: "", expires: "" });
    expect(readOpaque(one.opaque)?.nonce).toBe(readOpaque(two.opaque)?.nonce);
  });

  test("names amount, currency, network and methods, and no account, fee or key", async () => {
    expect(readRequest(await challenge())).toEqual({
      amount: "250",
      currency: "usd",
      description: "Forecast",
      methodDetails: { networkId: "profile_double", paymentMethodTypes: ["card", "link"] },
    });
  });

  test("is left out below the smallest amount of its currency, and the others stay", async () => {
    const answer = await world.ask("/v1/small");
    const offers = parseChallenges(answer.headers.get("www-authenticate") ?? "");
    expect(offers.map(({ method }) => method)).toEqual(["demo"]);
  });
});

describe("a payment", () => {
  test("the stock client pays, and gets the resource and a receipt that names the PaymentIntent", async () => {
    const before = captures();
    const client = stripeClient(double, async (input, init) => {
      const request = new Request(input, init);
      return await world.ask(new URL(request.url).pathname, { headers: request.headers });
    });
    const answer = await client.fetch(`http://farebox.test/pay/acme/api${path}`);
    expect([answer.status, await answer.text()]).toEqual([200, '{"answer":42}']);
    const receipt = JSON.parse(
      Buffer.from(answer.headers.get("payment-receipt") ?? "", "base64url").toString(),
    ) as Record<string, string>;
    expect(receipt).toMatchObject({ method: "stripe", status: "success" });
    expect(receipt.reference).toMatch(/^pi_/);
    expect(receipt).not.toHaveProperty("externalId");
    expect(captures()).toBe(before + 1);
  });

  test("fee and net come from the balance transaction", async () => {
    const offer = await challenge();
    expect((await presented(offer, grant())).status).toBe(200);
    expect(await charge(offer.id)).toMatchObject({ state: "captured", captured: expect.anything() });
    expect(String((await charge(offer.id))?.fee)).toBe("37");
  });

  test("fifty copies at once make one PaymentIntent", async () => {
    const [offer, spt, before] = [await challenge(), grant(), captures()];
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => presented(offer, spt, at % 2)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(captures()).toBe(before + 1);
  });

  test("a token that was used buys nothing under another challenge", async () => {
    const spt = grant(100_000);
    expect((await presented(await challenge(), spt)).status).toBe(200);
    const before = captures();
    expect(await problemOf(await presented(await challenge(), spt))).toBe("402 invalid-challenge");
    expect(captures()).toBe(before);
  });

  test.each([
    ["a declined card", () => grant(), "402 verification-failed", { confirm: "decline" }],
    ["a token below the amount", () => grant(249), "402 verification-failed", {}],
    [
      "a token of another currency",
      () => double.grant({ amount: 250, currency: "eur" }).id,
      "402 verification-failed",
      {},
    ],
    [
      "a token that has expired",
      () => double.grant({ amount: 250, currency: "usd", expiresAt: new Date(0) }).id,
      "402 verification-failed",
      {},
    ],
    ["a card that wants its owner", () => grant(), "402 payment-action-required", { confirm: "action" }],
    ["too many requests", () => grant(), "503 rail-unavailable", { refuse: "rate-limit" }],
    ["a lock", () => grant(), "503 rail-unavailable", { refuse: "lock" }],
    ["a key that is not known", () => grant(), "503 rail-unavailable", { refuse: "unauthorized" }],
    ["a key that may not", () => grant(), "503 rail-unavailable", { refuse: "forbidden" }],
    ["a fault of Stripe", () => grant(), "503 payment-unknown", { refuse: "fault" }],
    ["a connection cut before the effect", () => grant(), "503 payment-unknown", { refuse: "reset" }],
  ] as const)("%s ends as written", async (_name, token, ending, knobs) => {
    const offer = await challenge();
    const before = captures();
    Object.assign(double.knobs, knobs);
    const answer = await presented(offer, token());
    expect(await problemOf(answer.clone())).toBe(ending);
    expect(answer.headers.has("www-authenticate")).toBe(ending.startsWith("402"));
    expect(captures()).toBe(before);
  });

  test("a revoked token is refused, and nobody can pay what a person must approve later", async () => {
    const spt = grant();
    double.revoke(spt);
    expect(await problemOf(await presented(await challenge(), spt))).toBe("402 verification-failed");
    double.knobs.confirm = "action";
    const offer = await challenge();
    await presented(offer, grant());
    expect(double.log().filter(({ type, about }) => type === "cancel" && about === offer.id)).toHaveLength(1);
  });

  test("what was certainly not asked for works again with the same credential", async () => {
    const [offer, spt] = [await challenge(), grant()];
    await double.down();
    expect(await problemOf(await presented(offer, spt))).toBe("503 rail-unavailable");
    await double.up();
    expect((await presented(offer, spt)).status).toBe(200);
  });

  test.each(["succeeded", "failed"] as const)(
    "one that is processing is unknown until it has %s",
    async (how) => {
      const [offer, spt, before] = [await challenge(), grant(), captures()];
      double.knobs.confirm = "processing";
      expect(await problemOf(await presented(offer, spt))).toBe("503 payment-unknown");
      expect(await problemOf(await presented(offer, grant()))).toBe("409 in-progress");
      await settle();
      expect(await problemOf(await presented(offer, spt))).toBe("503 payment-unknown");
      double.finish((await charge(offer.id))?.reference ?? "", how);
      await settle();
      const after = await presented(offer, spt);
      expect(after.status).toBe(how === "succeeded" ? 200 : 402);
      expect(captures()).toBe(before + (how === "succeeded" ? 1 : 0));
    },
  );
});

describe("a lost answer", () => {
  test("is found under the same key by another process: one charge, and the payer is served", async () => {
    const [offer, spt, before] = [await challenge(), grant(), captures()];
    double.knobs.lose = "reset";
    expect(await problemOf(await presented(offer, spt))).toBe("503 payment-unknown");
    expect(captures()).toBe(before + 1);
    double.calm();
    expect(await problemOf(await presented(offer, grant(), 1))).toBe("409 in-progress");
    await settle(1);
    expect((await presented(offer, spt, 1)).status).toBe(200);
    expect(captures()).toBe(before + 1);
  });

  test("of which Stripe has kept a fault is found by its challenge, once the search knows of it", async () => {
    const [offer, spt, before] = [await challenge(), grant(), captures()];
    Object.assign(double.knobs, { lose: "fault", holdSearch: true });
    expect(await problemOf(await presented(offer, spt))).toBe("503 payment-unknown");
    double.knobs.lose = null;
    await settle();
    expect(await problemOf(await presented(offer, spt))).toBe("503 payment-unknown");
    double.calm();
    await settle();
    expect((await presented(offer, spt)).status).toBe(200);
    expect(captures()).toBe(before + 1);
  });
});

test("no token is in the log or in the store", async () => {
  const offer = await challenge();
  const spt = grant();
  await presented(offer, spt);
  expect(printed.join("\n")).not.toContain(spt);
  const { client } = runtimeOf().database;
  const rows = await client.$queryRaw<{ text: string }[]>`
    select c::text as text from charge c union all select e::text from charge_event e
    union all select e::text from event e union all select k::text from claim k union all select j::text from job j`;
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.map(({ text }) => text).join("\n")).not.toContain(spt);
});
