import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedBackend, startBackend } from "@/e2e/networks/lightning/backends";
import { type Pair, startPair, walletOf } from "@/e2e/networks/lightning/pair";
import { type Challenge, formatCredential, readRequest } from "@/lib/protocol";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { readEvents, type SeenEvent } from "@/lib/testing/session-gateway";

let pair: Pair;
let node: StartedBackend;
let world: PaidWorld;
let wallet: ReturnType<typeof walletOf>;

/** One service for each number of units that a deposit is for, at 2 sat a unit. */
const deposits = { long: 150, short: 10 };
type Service = keyof typeof deposits;

beforeAll(async () => {
  pair = await startPair();
  node = await startBackend("lnd", pair.merchant);
  wallet = walletOf(pair.payer);
  world = await createPaidWorld();
  const { macaroon, ...settings } = node.settings();
  const caps = { perAddress: 1_000, perEndpoint: 1_000, perMerchant: 1_000 };
  await world.apply((document) => {
    const [api] = document.services;
    if (!api) throw new Error("The document has a service.");
    for (const [slug, depositUnits] of Object.entries(deposits)) {
      const secret = { macaroon: { $secret: macaroon } };
      document.rails.push({
        ...{ id: `ln-${slug}`, kind: "lightning", mode: "test" },
        settings: { ...settings, ...secret, caps, session: { depositUnits } },
      });
      const price = { amount: "2", currency: "SAT" };
      document.services.push({
        ...{ ...api, slug, title: slug, rails: [`ln-${slug}`] },
        upstream: { url: world.upstream.url, timeoutMs: 20_000 },
        endpoints: [{ method: "GET", path: "/v1/tokens/{count}", intent: "session", unit: "token", price }],
      });
    }
  });
  world.upstream.answer(({ url = "" }, response) => {
    const count = Number(url.split("/").at(-1));
    response.setHeader("content-type", "text/event-stream");
    for (let n = 0; n < count; n += 1) response.write(`data: ${n}\n\n`);
    response.end("data: [DONE]\n\n");
  });
});
afterAll(async () => {
  await world.close();
  await node.down();
  pair.stop();
});

const pathOf = (service: Service, count: number) => `/pay/acme/${service}/v1/tokens/${count}`;
const show = (path: string, challenge: Challenge, payload: Record<string, unknown>) =>
  world.ask(path, { headers: { authorization: formatCredential({ challenge, payload }) } });

/** A node that takes more than two seconds is left out, so that a payer on a busy machine asks again. */
async function offered(path: string, tries = 20): Promise<Challenge> {
  return await world.challenge(path).catch((error: unknown) => {
    if (tries === 0) throw error;
    return offered(path, tries - 1);
  });
}

async function deposit(path: string) {
  const challenge = await offered(path);
  const { depositInvoice, paymentHash } = readRequest(challenge) as Record<string, string>;
  return { challenge, id: String(paymentHash), preimage: await wallet.pay(String(depositInvoice)) };
}

const isTold = ({ event }: SeenEvent) => event !== "message";
const numbers = (seen: readonly SeenEvent[]) =>
  seen.filter((event) => !isTold(event) && event.data !== "[DONE]").map(({ data }) => Number(data));
const upTo = (count: number) => Array.from({ length: count }, (_none, n) => n);

/** One whole session: opened, streamed with as many top-ups as it takes, closed. */
async function live(service: Service, count: number) {
  const path = pathOf(service, count);
  const { challenge, id, preimage } = await deposit(path);
  const returnInvoice = wallet.invoice();
  const answer = await show(path, challenge, { action: "open", preimage, returnInvoice });
  expect(answer.status).toBe(200);
  let topUps = 0;
  const seen = await readEvents(answer, async ({ event }) => {
    if (event !== "payment-need-topup") return undefined;
    topUps += 1;
    const more = await deposit(path);
    const payload = { action: "topUp", sessionId: id, topUpPreimage: more.preimage };
    const topped = await show(path, more.challenge, payload);
    expect([topped.status, await topped.json()]).toEqual([200, { status: "ok" }]);
    return undefined;
  });
  const closed = await show(path, challenge, { action: "close", sessionId: id, preimage });
  return { id, seen, topUps, returnInvoice, closed: (await closed.json()) as Record<string, unknown> };
}

/** What the merchant's node itself sent to this invoice. */
const sentTo = (returnInvoice: string): bigint =>
  [...pair.merchant.outgoing.values()]
    .filter(({ bolt11, state }) => bolt11 === returnInvoice && state === "succeeded")
    .reduce((sum, { msat }) => sum + msat, 0n);

async function booksOf(id: string) {
  const [runtime] = world.runtimes;
  if (!runtime) throw new Error("A world has a process.");
  const row = await runtime.database.client.channel.findUniqueOrThrow({ where: { id } });
  const charges = await runtime.database.client.charge.findMany({ where: { channelId: id } });
  const charged = charges.reduce((sum, { captured }) => sum + BigInt(captured.toFixed()), 0n);
  return { ...row, charged, verified: () => runtime.processor.verify({ rails: true }) };
}

test("a thousand units at 2 sat on a deposit of 300 are topped up on the way, and none is lost or repeated", async () => {
  const { id, seen, topUps, closed, returnInvoice } = await live("long", 1_000);
  expect(numbers(seen)).toEqual(upTo(1_000));
  expect(topUps).toBe(6); // 2000 sat of 300 each
  const receipt = seen.find(({ event }) => event === "payment-receipt");
  expect(JSON.parse(receipt?.data ?? "{}")).toMatchObject({ reference: id, units: 1_000, spent: 2_000 });
  expect(seen.at(-1)?.data).toBe("[DONE]");
  expect(closed).toEqual({ status: "closed", refundSats: 100, refundStatus: "succeeded" });
  expect(sentTo(returnInvoice)).toBe(100_000n);
  const { spent, charged, refunded, verified } = await booksOf(id);
  expect([spent.toFixed(), charged, refunded.toFixed()]).toEqual(["2000000", 2_000_000n, "100000"]);
  expect(await verified()).toMatchObject({ ok: true, violations: [] });
}, 120_000);

test("a hundred sessions at once, each with a top-up, agree with the node to the thousandth of a satoshi", async () => {
  const before = pair.merchant.balanceMsat();
  const lives = await Promise.all(Array.from({ length: 100 }, () => live("short", 15)));
  for (const { seen, topUps, closed, returnInvoice } of lives) {
    expect(numbers(seen)).toEqual(upTo(15));
    expect(topUps).toBe(1);
    expect(closed).toEqual({ status: "closed", refundSats: 10, refundStatus: "succeeded" });
    expect(sentTo(returnInvoice)).toBe(10_000n);
  }
  expect(pair.merchant.balanceMsat() - before).toBe(100n * 30_000n);
  const { verified } = await booksOf(lives[0]?.id ?? "");
  expect(await verified()).toMatchObject({ ok: true, violations: [] });
}, 240_000);

test("a node that is down offers no session, and leaves a paid deposit and top-up good", async () => {
  const path = pathOf("short", 1);
  const first = await deposit(path);
  const open = { action: "open", preimage: first.preimage, returnInvoice: wallet.invoice() };
  await node.down();
  const unpaid = await world.ask(path);
  expect([unpaid.status, unpaid.headers.get("www-authenticate")]).toEqual([503, null]);
  expect(Number(unpaid.headers.get("retry-after"))).toBeGreaterThan(0);
  const early = await show(path, first.challenge, open);
  expect([early.status, early.headers.get("www-authenticate")]).toEqual([503, null]);
  expect(Number(early.headers.get("retry-after"))).toBeGreaterThan(0);
  await node.up();
  const opened = await show(path, first.challenge, open);
  expect([opened.status, numbers(await readEvents(opened))]).toEqual([200, [0]]);

  const more = await deposit(path);
  const topUp = { action: "topUp", sessionId: first.id, topUpPreimage: more.preimage };
  await node.down();
  expect((await show(path, more.challenge, topUp)).status).toBe(503);
  await node.up();
  expect((await show(path, more.challenge, topUp)).status).toBe(200);
  expect((await booksOf(first.id)).deposit.toFixed()).toBe("40000");
}, 60_000);

test("a session that is closed while the node is down says that its refund failed, and owes it", async () => {
  const path = pathOf("short", 1);
  const { challenge, id, preimage } = await deposit(path);
  const returnInvoice = wallet.invoice();
  await (await show(path, challenge, { action: "open", preimage, returnInvoice })).text();
  await node.down();
  const closed = await show(path, challenge, { action: "close", sessionId: id, preimage });
  expect([closed.status, await closed.json()]).toEqual([
    200,
    { status: "closed", refundSats: 18, refundStatus: "failed" },
  ]);
  await node.up();
  const { status, refundState, refunded } = await booksOf(id);
  expect([status, refundState, refunded.toFixed()]).toEqual(["closed", "failed", "0"]);
  expect(sentTo(returnInvoice)).toBe(0n);
}, 60_000);
