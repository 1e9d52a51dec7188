import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BackendKind, backendKinds } from "@/e2e/networks/lightning/backends";
import { type Bench, startBench } from "@/e2e/networks/lightning/bench";
import { lightningClient } from "@/e2e/networks/lightning/client";
import { type Challenge, formatCredential, parseChallenges, parseReceipt, readRequest } from "@/lib/protocol";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";

let bench: Bench;
let world: PaidWorld;

const secrets = ["macaroon", "rune", "invoiceKey", "adminKey", "password", "connection"];
/** Settings as the configuration document writes them. */
const sealed = (settings: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, secrets.includes(key) ? { $secret: value } : value]),
  );

beforeAll(async () => {
  bench = await startBench();
  world = await createPaidWorld();
  await world.apply((document) => {
    const [api] = document.services;
    if (!api) throw new Error("The document has a service.");
    for (const kind of backendKinds) {
      const settings = sealed(bench.door(kind).settings());
      const rates = {
        rates: { USD: "64000" },
        caps: { perAddress: 1_000, perEndpoint: 1_000, perMerchant: 1_000 },
      };
      document.rails.push({
        id: `ln-${kind}`,
        kind: "lightning",
        mode: "test",
        settings: { ...settings, ...rates },
      });
      document.services.push({ ...api, slug: kind, title: kind, rails: [`ln-${kind}`] });
    }
    document.services.push({ ...api, slug: "both", title: "both", rails: ["ln-lnd", "demo"] });
  });
});
beforeEach(() => bench.calm());
afterAll(async () => {
  await world.close();
  await bench.stop();
});

const pathOf = (service: string, name: string) => `/pay/acme/${service}/v1/cheap/${name}`;
const payloadOf = (challenge: Challenge, preimage: string) =>
  formatCredential({ challenge, payload: { preimage } });
const pay = async (challenge: Challenge): Promise<string> => {
  const { methodDetails } = readRequest(challenge) as { methodDetails: { invoice: string } };
  return await bench.wallet.pay(methodDetails.invoice);
};
const show = (path: string, authorization: string) => world.ask(path, { headers: { authorization } });
const typeOf = async (answer: Response) => ((await answer.clone().json()) as { type: string }).type;

describe.each(backendKinds)("over %s", (kind: BackendKind) => {
  test("the stock client pays with a wallet that pays, and gets its answer and a receipt", async () => {
    const path = pathOf(kind, "stock");
    const fetch = ((input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, init);
      return world.ask(new URL(request.url).pathname, { method: request.method, headers: request.headers });
    }) as typeof globalThis.fetch;
    const answer = await lightningClient(bench.wallet, fetch).fetch(`http://farebox.test${path}`);
    expect(answer.status).toBe(200);
    const receipt = parseReceipt(answer.headers.get("payment-receipt") ?? "");
    expect(receipt).toMatchObject({
      method: "lightning",
      reference: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { preimage } = bench.pair.merchant.incoming.get(receipt?.reference ?? "") ?? { preimage: "" };
    expect(preimage).not.toBe("");
    expect(JSON.stringify([...answer.headers])).not.toContain(preimage);
  });

  test("a cent is rounded up to whole satoshis", async () => {
    const challenge = await world.challenge(pathOf(kind, "rounding"));
    // 0.01 USD at 64000 USD a coin is 15.625 sat.
    expect(readRequest(challenge)).toMatchObject({ amount: "16", currency: "sat" });
  });

  test("a preimage buys one answer, on its own challenge", async () => {
    const [path, other] = [pathOf(kind, "once"), pathOf(kind, "other")];
    const [one, two] = [await world.challenge(path), await world.challenge(other)];
    const preimage = await pay(one);
    const wrong = await show(other, payloadOf(two, preimage));
    expect(wrong.status).toBe(402);
    expect(await typeOf(wrong)).toContain("lightning/invalid-preimage");
    expect(wrong.headers.get("www-authenticate")).toContain("lightning");
    const malformed = await show(path, payloadOf(one, preimage.toUpperCase()));
    expect(malformed.status).toBe(402);
    expect(await typeOf(malformed)).toContain("lightning/malformed-credential");
    expect((await show(path, payloadOf(one, preimage))).status).toBe(200);
    const replay = await show(path, payloadOf(one, preimage));
    expect(replay.status).toBe(402);
    expect(await typeOf(replay)).toContain("lightning/unknown-challenge");
    expect(await replay.text()).not.toContain(preimage);
  });

  test("a node that is down takes the offer out, and leaves what was paid redeemable", async () => {
    const path = pathOf(kind, "down");
    const challenge = await world.challenge(path);
    const credential = payloadOf(challenge, await pay(challenge));
    await bench.door(kind).down();
    const unpaid = await world.ask(pathOf(kind, "unpaid"));
    expect(unpaid.status).toBe(503);
    expect(unpaid.headers.get("retry-after")).not.toBeNull();
    expect(unpaid.headers.get("www-authenticate")).toBeNull();
    const early = await show(path, credential);
    expect(early.status).toBe(503);
    expect(early.headers.get("retry-after")).not.toBeNull();
    expect(early.headers.get("www-authenticate")).toBeNull();
    await bench.door(kind).up();
    expect((await show(path, credential)).status).toBe(200);
  });
});

test("a node that is down does not hide the other rails", async () => {
  await bench.door("lnd").down();
  const answer = await world.ask(pathOf("both", "other"));
  expect(answer.status).toBe(402);
  const methods = parseChallenges(answer.headers.get("www-authenticate") ?? "").map(({ method }) => method);
  expect(methods).toEqual(["demo"]);
});

test("forty at once pay forty invoices, and the books agree with the node", async () => {
  const before = bench.pair.merchant.payments().length;
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_none, place) => {
      const path = pathOf("lnd", `crowd-${place}`);
      const challenge = await world.challenge(path);
      return await show(path, payloadOf(challenge, await pay(challenge)));
    }),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(200));
  expect(bench.pair.merchant.payments().length - before).toBe(40);
  const [runtime] = world.runtimes;
  const checked = await runtime?.processor.verify({ rails: true });
  expect(checked).toMatchObject({ ok: true, violations: [] });
}, 60_000);
