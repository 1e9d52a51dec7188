import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BackendKind, backendKinds } from "@/e2e/networks/lightning/backends";
import { type Bench, startBench } from "@/e2e/networks/lightning/bench";
import { Money } from "@/lib/money";
import { createGuardedFetch, createGuardedSocket } from "@/lib/net";
import type { Call, Channel, Effect } from "../contract";
import { sat } from "./amounts";
import { lightning } from "./rail";
import { LightningSettings } from "./settings";

const sats = (units: bigint): Money => Money.of(units * 1_000n, sat);
const allowed = { allowPrivateNetworks: ["127.0.0.0/8"] };
const net = createGuardedFetch(allowed);
const sockets = createGuardedSocket(allowed);
const logged: string[] = [];
let bench: Bench;
let keys = 0;

beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => bench.calm());
afterAll(async () => {
  await bench.stop();
  await Promise.all([net.close(), sockets.close()]);
});

function connect(kind: BackendKind, changes: Record<string, unknown> = {}) {
  const settings = LightningSettings.parse({ ...bench.door(kind).settings(), ...changes });
  return lightning.connect(settings, {
    fetch: net.fetch,
    openSocket: sockets.open,
    origin: "http://farebox.test",
    log: (event, facts) => void logged.push(JSON.stringify([event, facts])),
  });
}

function call(facts: Partial<Effect> = {}): Effect {
  keys += 1;
  return {
    key: `key-${keys}`,
    mode: "test",
    signal: AbortSignal.timeout(20_000),
    now: () => new Date(),
    ...facts,
  };
}
const ask = (facts: Partial<Call> = {}) => ({
  ...call(facts),
  reference: "r",
  ttlSeconds: 300,
  description: "Forecast",
});
const later = (seconds: number) => () => new Date(Date.now() + seconds * 1_000);

async function drawn(abilities: ReturnType<typeof connect>, price = sats(21n)) {
  const offer = await abilities.offer(price, ask());
  if ("outcome" in offer) throw new Error(`No offer: ${JSON.stringify(offer)}`);
  return offer;
}

describe.each(backendKinds)("over %s", (kind) => {
  test("an offer is the request of the draft, and its invoice says the same", async () => {
    const offer = await drawn(connect(kind));
    expect(offer).toEqual({
      amount: "21",
      currency: "sat",
      description: "Forecast",
      methodDetails: {
        invoice: expect.stringMatching(/^lnbcrt210n1/),
        paymentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        network: "regtest",
      },
    });
    const left = (lightning.expires?.(offer)?.getTime() ?? 0) - Date.now();
    expect(left).toBeGreaterThan(290_000);
    expect(left).toBeLessThanOrEqual(300_000);
  });

  test.each(["less", "more", "other-network", "other-description"] as const)(
    "an invoice that is drawn %s is not offered",
    async (draws) => {
      bench.door(kind).knobs.draws = draws;
      expect(await connect(kind).offer(sats(21n), ask())).toMatchObject({ outcome: "unavailable" });
    },
  );

  test.each(["unauthorized", "server-error", "reset-before", "reset-after"] as const)(
    "a node that answers with %s leaves the offer out",
    async (fault) => {
      bench.door(kind).knobs.fault = fault;
      expect(await connect(kind).offer(sats(21n), ask())).toMatchObject({ outcome: "unavailable" });
    },
  );

  test("a preimage is money when the node says settled, and only then", async () => {
    const abilities = connect(kind);
    const offer = await drawn(abilities);
    const capture = (preimage: string, facts: Partial<Effect> = {}) =>
      abilities.capture?.({ preimage }, offer, call(facts));
    const preimage = await bench.wallet.pay(offer.methodDetails.invoice);
    expect(await capture("ab".repeat(32))).toMatchObject({
      outcome: "declined",
      problem: "lightning/invalid-preimage",
    });
    const { knobs } = bench.door(kind);
    knobs.paidLooks = "open";
    expect(await capture(preimage)).toMatchObject({ outcome: "unavailable" });
    expect(await capture(preimage, { now: later(600) })).toMatchObject({
      outcome: "declined",
      problem: "lightning/expired-invoice",
    });
    knobs.paidLooks = "settled";
    const settled = { outcome: "settled", reference: offer.methodDetails.paymentHash, amount: sats(21n) };
    expect(await capture(preimage)).toEqual(settled);
    // What was paid in time and is shown too late is money all the same.
    expect(await capture(preimage, { now: later(600) })).toEqual(settled);
  });

  test("a connection test says what works, and what to change", async () => {
    const { knobs } = bench.door(kind);
    const probe = () => connect(kind).probe?.(call());
    expect(await probe()).toMatchObject({ outcome: "works" });
    knobs.denied = ["create"];
    expect(await probe()).toMatchObject({ outcome: "faulty", reason: expect.stringContaining("allow") });
    knobs.denied = [];
    knobs.draws = "other-network";
    expect(await probe()).toMatchObject({ outcome: "faulty", reason: expect.stringContaining("network") });
    knobs.draws = "asked";
    expect(await connect(kind, { network: "signet" }).probe?.(call())).toMatchObject({
      outcome: "faulty",
      reason: expect.stringMatching(/regtest|network/),
    });
    knobs.fault = "unauthorized";
    expect(await probe()).toMatchObject({
      outcome: "faulty",
      reason: expect.stringMatching(/credential|allow/),
    });
    await bench.door(kind).down();
    expect(await probe()).toMatchObject({
      outcome: "faulty",
      reason: expect.stringMatching(/reached|broke off|failed/),
    });
  });

  test("what is refunded is paid once, whatever becomes of the answer", async () => {
    const abilities = connect(kind);
    const offer = await drawn(abilities);
    await bench.wallet.pay(offer.methodDetails.invoice);
    const { paymentHash } = offer.methodDetails;
    const { knobs } = bench.door(kind);
    for (const fault of ["reset-before", "reset-after", "error-after"] as const) {
      const destination = bench.wallet.invoice();
      const before = bench.pair.payer.payments().length;
      const refund = () => abilities.refund?.(paymentHash, sats(21n), call({ destination }));
      Object.assign(knobs, { fault, hits: ["pay"] });
      const first = await refund();
      expect(["unknown", "settled"]).toContain(first?.outcome);
      Object.assign(knobs, { fault: null });
      expect(await refund()).toMatchObject({ outcome: "settled", amount: sats(21n) });
      expect(await refund()).toMatchObject({ outcome: "settled", amount: sats(21n) });
      expect(bench.pair.payer.payments().length).toBe(before + 1);
    }
  });

  test("a node that is down, or does not let us pay, has certainly not refunded", async () => {
    const abilities = connect(kind);
    const offer = await drawn(abilities);
    await bench.wallet.pay(offer.methodDetails.invoice);
    const destination = bench.wallet.invoice();
    const before = bench.pair.payer.payments().length;
    const refund = (facts: Partial<Effect>) =>
      abilities.refund?.(offer.methodDetails.paymentHash, sats(21n), call(facts));
    expect(await refund({})).toMatchObject({ outcome: "unavailable" });
    bench.door(kind).knobs.denied = ["pay"];
    expect(await refund({ destination })).toMatchObject({ outcome: "unavailable" });
    await bench.door(kind).down();
    expect(await refund({ destination })).toMatchObject({ outcome: "unavailable" });
    expect(bench.pair.payer.payments().length).toBe(before);
  });

  test("a session is opened, drawn from, topped up and closed, and what is left goes back once", async () => {
    const { sessions } = connect(kind);
    if (!sessions) throw new Error("These settings have sessions.");
    const offered = async () => {
      const offer = await sessions.offer(sats(2n), {
        ...ask(),
        deposit: sessions.deposit(sats(2n)),
        unit: "token",
      });
      if ("outcome" in offer) throw new Error("No offer.");
      return offer as Record<string, string>;
    };
    const offer = await offered();
    expect(offer).toMatchObject({
      amount: "2",
      currency: "sat",
      unitType: "token",
      depositAmount: "40",
      idleTimeout: "300",
    });
    const preimage = await bench.wallet.pay(offer.depositInvoice ?? "");
    const payload = { action: "open", preimage, returnInvoice: bench.wallet.invoice() };
    const opened = await sessions.open(payload, offer, call());
    expect(opened).toMatchObject({
      outcome: "opened",
      reference: offer.paymentHash,
      deposit: sats(40n),
      accepted: sats(40n),
    });
    if (opened.outcome !== "opened") return;
    const channel: Channel = {
      ...{ id: opened.reference, reference: opened.reference, data: opened.data },
      ...{ deposit: opened.deposit, accepted: opened.accepted, spent: sats(0n), settled: sats(0n) },
    };

    const more = await offered();
    const topUp = {
      action: "topUp",
      sessionId: channel.id,
      topUpPreimage: await bench.wallet.pay(more.depositInvoice ?? ""),
    };
    expect(
      await sessions.topUp(channel, { ...topUp, topUpPreimage: preimage }, call({ offer: more })),
    ).toMatchObject({
      problem: "lightning/invalid-preimage",
    });
    expect(await sessions.topUp(channel, topUp, call({ offer: more }))).toEqual({
      ...{ outcome: "topped-up", deposit: sats(80n), accepted: sats(80n) },
    });

    const spent = { ...channel, deposit: sats(80n), accepted: sats(80n), spent: sats(23n) };
    const before = bench.pair.payer.payments().length;
    const close = () => sessions.close(spent, null, call({ key: `${channel.id}:close:1` }));
    const closed = await Promise.all(Array.from({ length: 5 }, close));
    for (const each of [...closed, await close()]) {
      expect(each).toMatchObject({
        outcome: "closed",
        settled: sats(23n),
        refunded: sats(57n),
        refundState: "settled",
      });
    }
    const came = bench.pair.payer.payments().filter(({ direction }) => direction === "in");
    expect(bench.pair.payer.payments().length).toBe(before + 1);
    expect(came.at(-1)?.msat).toBe(57_000n);
    const reuse = await sessions.open(payload, offer, call());
    expect(reuse).toMatchObject({ problem: "lightning/invalid-return-invoice" });
  });

  test("a remainder that the node has not sent yet is pending until it knows", async () => {
    const { sessions } = connect(kind);
    const channel: Channel = {
      ...{ id: "0".repeat(64), reference: "0".repeat(64), deposit: sats(50n), accepted: sats(50n) },
      ...{ spent: sats(10n), settled: sats(0n), data: { returnInvoice: bench.wallet.invoice() } },
    };
    bench.pair.payer.isHolding = true;
    const limit = AbortSignal.timeout(1_500);
    const first = await sessions
      ?.close(channel, null, call({ signal: limit, isRepeat: false }))
      .catch(() => null);
    if (first)
      expect(first).toMatchObject({ outcome: "closed", refundState: "pending", refunded: sats(40n) });
    bench.pair.payer.release();
    const last = await sessions?.close(channel, null, call({ isRepeat: true }));
    expect(last).toMatchObject({ outcome: "closed", refundState: "settled", refunded: sats(40n) });
  });

  test("a remainder that cannot go back stays owed, and nothing is sent when nothing is left", async () => {
    const { sessions } = connect(kind);
    const channel: Channel = {
      ...{ id: "1".repeat(64), reference: "1".repeat(64), deposit: sats(50n), accepted: sats(50n) },
      ...{ spent: sats(10n), settled: sats(0n), data: { returnInvoice: bench.wallet.invoice() } },
    };
    expect(await sessions?.close({ ...channel, spent: sats(50n) }, null, call())).toEqual({
      ...{ outcome: "closed", settled: sats(50n), refunded: sats(0n), refundState: "skipped" },
    });
    const expired = call({ now: later(7_200), isRepeat: false });
    expect(await sessions?.close(channel, null, expired)).toMatchObject({
      refundState: "failed",
      refunded: sats(0n),
    });
    await bench.door(kind).down();
    expect(await sessions?.close(channel, null, call({ isRepeat: false }))).toMatchObject({
      refundState: "failed",
    });
    expect(await sessions?.close(channel, null, call({ isRepeat: true }))).toMatchObject({
      refundState: "pending",
    });
  });
});

describe("a destination of a refund", () => {
  const resolve = (written: string, amount = sats(21n), facts: Partial<Call> = {}) =>
    connect("lnd").destination?.(written, amount, call(facts));

  test("is an invoice that names no amount or exactly this one", async () => {
    const open = bench.wallet.invoice();
    expect(await resolve(open)).toEqual({ outcome: "resolved", destination: open });
    expect(await resolve(`LIGHTNING:${open.toUpperCase()}`)).toEqual({
      outcome: "resolved",
      destination: open,
    });
    const exact = bench.wallet.invoice({ msat: 21_000n });
    expect(await resolve(exact)).toEqual({ outcome: "resolved", destination: exact });
    expect(await resolve(bench.wallet.invoice({ msat: 22_000n }))).toMatchObject({ outcome: "invalid" });
  });

  test("is not expired, ours, of another network, used or nonsense", async () => {
    expect(await resolve(bench.wallet.invoice(), sats(21n), { now: later(7_200) })).toMatchObject({
      outcome: "invalid",
    });
    expect(await resolve(bench.pair.merchant.invoice().bolt11)).toMatchObject({
      outcome: "invalid",
      reason: "The invoice is the merchant's own.",
    });
    expect(
      await connect("lnd", { network: "signet" }).destination?.(bench.wallet.invoice(), sats(21n), call()),
    ).toMatchObject({
      outcome: "invalid",
    });
    const used = bench.wallet.invoice();
    await bench.pair.merchant.pay(used, { msat: 5_000n });
    expect(await resolve(used)).toMatchObject({ outcome: "conflict" });
    for (const text of ["", "ann", "https://wallet.example", "lnbc1", `lnbcrt${"q".repeat(5_000)}`]) {
      expect(await resolve(text)).toMatchObject({ outcome: "invalid" });
    }
    expect(await resolve(bench.wallet.invoice(), Money.of(21_500n, sat))).toMatchObject({
      outcome: "invalid",
    });
  });

  test("may be a Lightning address, which is asked once for an invoice of this amount", async () => {
    let lies = false;
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://wallet.test");
      const { port } = server.address() as AddressInfo;
      const msat = BigInt(searchParams.get("amount") ?? "0") + (lies ? 1_000n : 0n);
      const body = pathname.startsWith("/.well-known/lnurlp/ann")
        ? {
            tag: "payRequest",
            callback: `http://127.0.0.1:${port}/pay`,
            minSendable: 1_000,
            maxSendable: 50_000,
          }
        : pathname === "/pay"
          ? { pr: bench.wallet.invoice({ msat }) }
          : { status: "ERROR", reason: "no such user" };
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const resolved = await resolve(`Ann@${host}`);
    expect(resolved).toMatchObject({
      outcome: "resolved",
      destination: expect.stringMatching(/^lnbcrt210n1/),
    });
    expect(await resolve(`ann@${host}`, sats(60n))).toMatchObject({ outcome: "invalid" });
    expect(await resolve(`bob@${host}`)).toMatchObject({ outcome: "invalid" });
    lies = true;
    expect(await resolve(`ann@${host}`)).toMatchObject({ outcome: "invalid" });
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    expect(await resolve(`ann@${host}`)).toMatchObject({ outcome: "unavailable" });
    expect(await resolve("ann@169.254.169.254")).toMatchObject({ outcome: "unavailable" });
  });
});

test("a node that hangs costs a request two seconds, not more", async () => {
  for (const kind of ["lnd", "nwc"] as const) {
    bench.door(kind).knobs.fault = "hang";
    const started = Date.now();
    expect(await connect(kind).offer(sats(21n), ask())).toMatchObject({ outcome: "unavailable" });
    expect(Date.now() - started).toBeLessThan(4_000);
  }
});

test("a held payment is no money", async () => {
  for (const kind of ["lnd", "nwc"] as const) {
    const abilities = connect(kind);
    const offer = await drawn(abilities);
    const preimage = await bench.wallet.pay(offer.methodDetails.invoice);
    bench.door(kind).knobs.paidLooks = "accepted";
    expect(await abilities.capture?.({ preimage }, offer, call())).toMatchObject({ outcome: "declined" });
    expect(await abilities.lookup(offer.methodDetails.paymentHash, call())).toMatchObject({
      state: "waiting",
    });
  }
});

test("a wallet that knows only the older cipher is spoken to in it, and forged answers are passed over", async () => {
  const { wallet } = bench.door("nwc");
  if (!wallet) throw new Error("NWC has a wallet.");
  wallet.encryption = "nip04";
  expect(await connect("nwc").probe?.(call())).toMatchObject({ outcome: "works" });
  wallet.encryption = "nip44";
  wallet.isForging = true;
  expect(await connect("nwc").probe?.(call())).toMatchObject({ outcome: "works" });
});

test("LNbits without its admin key draws and looks up, and neither refunds nor has sessions", async () => {
  const abilities = connect("lnbits", { adminKey: undefined });
  await drawn(abilities);
  expect(abilities.refund).toBeUndefined();
  expect(abilities.destination).toBeUndefined();
  expect(abilities.sessions).toBeUndefined();
});

test("no secret of a back-end and no preimage was ever logged", () => {
  const text = logged.join("\n");
  for (const kind of backendKinds) {
    for (const secret of bench.door(kind).secrets) expect(text).not.toContain(secret);
  }
  for (const { preimage } of bench.pair.merchant.incoming.values()) expect(text).not.toContain(preimage);
});
