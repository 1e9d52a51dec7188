import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BackendKind, backendKinds } from "@/e2e/networks/lightning/backends";
import { type Bench, startBench } from "@/e2e/networks/lightning/bench";
import { type Challenge, formatCredential, readRequest } from "@/lib/protocol";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";

let bench: Bench;
let world: PaidWorld;
const secrets = ["macaroon", "rune", "invoiceKey", "adminKey", "password", "connection"];

beforeAll(async () => {
  bench = await startBench();
  world = await createPaidWorld();
  await world.apply((document) => {
    const [api] = document.services;
    if (!api) throw new Error("The document has a service.");
    for (const kind of backendKinds) {
      const settings = Object.entries(bench.door(kind).settings()).map(([key, value]) => [
        key,
        secrets.includes(key) ? { $secret: value } : value,
      ]);
      const endpoint = { intent: "session", unit: "call", price: { amount: "2", currency: "SAT" } };
      document.rails.push({
        ...{ id: `ln-${kind}`, kind: "lightning", mode: "test", settings: Object.fromEntries(settings) },
      });
      document.services.push({
        ...{ ...api, slug: kind, title: kind, rails: [`ln-${kind}`] },
        endpoints: [{ method: "GET", path: "/v1/calls/{id}", ...endpoint }],
      });
    }
  });
});
beforeEach(() => bench.calm());
afterAll(async () => {
  await world.close();
  await bench.stop();
});

describe.each(backendKinds)("over %s", (kind: BackendKind) => {
  const path = (name: string) => `/pay/acme/${kind}/v1/calls/${name}`;
  const ask = (name: string, challenge: Challenge, payload: Record<string, unknown>) =>
    world.ask(path(name), { headers: { authorization: formatCredential({ challenge, payload }) } });
  const deposit = async (name: string) => {
    const challenge = await world.challenge(path(name));
    const request = readRequest(challenge) as Record<string, string>;
    return { challenge, request, preimage: await bench.wallet.pay(request.depositInvoice ?? "") };
  };
  const typeOf = async (answer: Response) => ((await answer.json()) as { type?: string }).type;

  test("a session is opened, used, topped up and closed, and the rest comes back", async () => {
    const { challenge, request, preimage } = await deposit("open");
    expect(request).toMatchObject({ amount: "2", currency: "sat", depositAmount: "40", unitType: "call" });
    const sessionId = request.paymentHash;
    const returnInvoice = bench.wallet.invoice();
    const opened = await ask("open", challenge, { action: "open", preimage, returnInvoice });
    expect(opened.status).toBe(200);
    const bearer = { action: "bearer", sessionId, preimage };
    expect((await ask("open", challenge, bearer)).status).toBe(200);

    const more = await deposit("top-up");
    const stolen = { action: "topUp", sessionId, topUpPreimage: preimage };
    const refused = await ask("top-up", more.challenge, stolen);
    expect([refused.status, await typeOf(refused)]).toEqual([
      402,
      expect.stringContaining("lightning/invalid-preimage"),
    ]);
    const topUp = { action: "topUp", sessionId, topUpPreimage: more.preimage };
    const topped = await ask("top-up", more.challenge, topUp);
    expect([topped.status, await topped.json()]).toEqual([200, { status: "ok" }]);

    const before = bench.pair.payer.payments().length;
    const close = { action: "close", sessionId, preimage };
    const closed = await ask("open", challenge, close);
    const left = (await closed.json()) as { refundSats: number; refundStatus: string };
    expect(closed.status).toBe(200);
    expect(left).toEqual({ status: "closed", refundSats: 80 - 4, refundStatus: "succeeded" });
    const came = bench.pair.payer
      .payments()
      .slice(-200)
      .filter(({ direction }) => direction === "in");
    expect(bench.pair.payer.payments().length).toBe(before + 1);
    expect(came.at(-1)?.msat).toBe(76_000n);
    const late = await ask("open", challenge, bearer);
    expect([late.status, await typeOf(late)]).toEqual([
      402,
      expect.stringContaining("lightning/session-closed"),
    ]);
  });

  test("what is not a return invoice, or not a session, is named", async () => {
    const { challenge, preimage, request } = await deposit("names");
    const bad = await ask("names", challenge, {
      action: "open",
      preimage,
      returnInvoice: bench.wallet.invoice({ msat: 1_000n }),
    });
    expect([bad.status, await typeOf(bad)]).toEqual([
      402,
      expect.stringContaining("lightning/invalid-return-invoice"),
    ]);
    const none = await ask("names", challenge, {
      action: "bearer",
      sessionId: request.paymentHash,
      preimage,
    });
    expect([none.status, await typeOf(none)]).toEqual([
      402,
      expect.stringContaining("lightning/session-not-found"),
    ]);
    const odd = await ask("names", challenge, { action: "borrow", preimage });
    expect([odd.status, await typeOf(odd)]).toEqual([
      402,
      expect.stringContaining("lightning/malformed-credential"),
    ]);
  });
});

test("the books agree with the node", async () => {
  expect(await world.runtimes[0]?.processor.verify({ rails: true })).toMatchObject({
    ok: true,
    violations: [],
  });
});
