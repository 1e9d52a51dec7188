import { describe, expect, test } from "vitest";
import { Money } from "@/lib/money";
import { drawReceipt } from "./draw-receipt";
import type { Around, Detail } from "./facts";

const usd = { code: "USD", exponent: 6 };
const now = new Date("2026-11-21T13:00:00Z");
const event = (type: string) => ({ type, at: now, detail: {}, durationMs: null });

const aReceipt = (more: Partial<Detail> = {}): Detail => ({
  id: "rc_1",
  chargeId: "ch_1",
  createdAt: now,
  status: "paid",
  delivery: "delivered",
  amount: Money.of(12_500n, usd),
  refunded: Money.zero(usd),
  pendingRefund: Money.zero(usd),
  fee: Money.of(100n, usd),
  net: Money.of(12_400n, usd),
  list: { amount: "0.0125", currency: "USD" },
  rate: null,
  rateSource: null,
  rateAt: null,
  service: "weather",
  endpoint: "GET /v1/forecast/{city}",
  rail: "demo",
  mode: "test",
  method: "demo",
  intent: "charge",
  payer: "demo:ada",
  reference: null,
  challengeId: "c",
  requestId: "rq_1",
  idempotencyKey: null,
  priceVersion: 3,
  redeemableUntil: null,
  remedy: "deliver",
  remedyReason: null,
  upstreamStatus: 200,
  deliveryAttempts: 1,
  railMs: 38,
  upstreamMs: 20,
  totalMs: 62,
  timeline: [event("settled"), event("delivered")],
  refunds: [],
  disputes: [],
  postings: [],
  ...more,
});
const around = (more: Partial<Around> = {}): Around => ({
  merchant: "acme",
  zone: "Europe/Berlin",
  now,
  origin: "https://pay.example.com",
  service: { title: "Weather", href: "/s" },
  rail: { title: "Demo", href: null },
  payerHref: "/p",
  channelHref: null,
  mayRefund: true,
  ability: { can: true, partial: true },
  publicSince: null,
  refundKey: "k",
  json: "{}",
  ...more,
});
const lost = {
  delivery: "undelivered",
  upstreamStatus: 502,
  timeline: [event("settled"), event("undelivered")],
};

describe("a dispute", () => {
  const dispute = (more: object = {}) => ({
    state: "open" as const,
    reason: "product_not_received",
    withheld: Money.of(420n, { code: "USD", exponent: 2 }),
    needsResponse: true,
    respondBy: new Date("2026-11-28T10:00:00Z"),
    ...more,
  });
  const shown = (more: object = {}) =>
    drawReceipt(aReceipt({ disputes: [dispute(more)] }), around()).facts.find(
      ({ label }) => label === "Dispute",
    );

  test("tells its reason and until when it can be answered", () => {
    expect(shown()?.value).toBe("Open: product not received");
    expect(shown()?.note).toMatch(/^answer by .*28 Nov/);
  });

  test("has no deadline once it was answered or has ended", () => {
    expect(shown({ needsResponse: false })).not.toHaveProperty("note");
    expect(shown({ state: "lost", needsResponse: false })?.value).toBe("Lost: product not received");
  });

  test("is not spoken of where there is none", () => {
    expect(drawReceipt(aReceipt(), around()).facts.map(({ label }) => label)).not.toContain("Dispute");
  });
});

describe("the head of a receipt", () => {
  test("shows the amount to its last digit, and the list price only when it differs", () => {
    const view = drawReceipt(aReceipt(), around());
    expect([view.title, view.note, view.timelineNote]).toEqual([
      "$0.0125",
      null,
      "62 ms in all, of which 38 ms at the rail and 20 ms upstream",
    ]);
    const other = drawReceipt(aReceipt({ list: { amount: "0.012499", currency: "USD" } }), around());
    expect(other.note).toBe("list price $0.012499");
  });

  test("the breakdown goes from the list price to what is left", () => {
    const { breakdown, places } = drawReceipt(aReceipt(), around());
    expect(breakdown.map(({ label, amount }) => [label, amount.text])).toEqual([
      ["List price", "$0.0125"],
      ["Settled", "$0.0125"],
      ["Fee", "\u2212$0.0001"],
      ["Refunded", "$0.00"],
      ["Net", "$0.0124"],
    ]);
    expect(places).toBe(4);
  });
});

describe("a refund", () => {
  test("offers all that is left, less what is on its way", () => {
    const partly = aReceipt({ refunded: Money.of(2_000n, usd), pendingRefund: Money.of(500n, usd) });
    expect(drawReceipt(partly, around()).refund).toMatchObject({ left: "0.01", key: "k", canPart: true });
  });

  test.each([
    ["nothing is left", aReceipt({ refunded: Money.of(12_500n, usd) }), around()],
    ["the role may not", aReceipt(), around({ mayRefund: false })],
    ["the rail cannot", aReceipt(), around({ ability: { can: false, partial: false } })],
  ])("is not offered when %s", (_, receipt, place) => expect(drawReceipt(receipt, place).refund).toBeNull());
});

describe("on a rail that must be told where money goes back to", () => {
  const ability = { can: true, partial: true, asks: "An invoice" };
  const refund = {
    id: "rf_1",
    amount: Money.of(500n, usd),
    status: "requested",
    reason: null,
    note: null,
    requestedBy: "member:mb_1",
    failure: "Nobody has said where to.",
    destination: null,
    createdAt: now,
  };
  const waiting = aReceipt({ refunds: [refund], pendingRefund: Money.of(500n, usd) });

  test("a refund without a destination waits, is not watched, and its payer may be let in", () => {
    const view = drawReceipt(waiting, around({ ability }));
    expect(view.refund?.asks).toBe("An invoice");
    expect(view.refunds[0]).toMatchObject({ wait: { asks: "An invoice", canGive: true }, failure: null });
    expect([view.isMoving, view.publicAddress?.takesDestination]).toEqual([false, true]);
  });

  test("one that has its destination is on its way", () => {
    const sent = { ...refund, destination: "lnbc1" };
    const view = drawReceipt({ ...waiting, refunds: [sent] }, around({ ability }));
    expect([view.isMoving, view.refunds[0]?.wait, view.publicAddress?.takesDestination]).toEqual([
      true,
      null,
      false,
    ]);
  });
});

describe("the public address", () => {
  test("is shown to readers once it stands, and made by those who may refund", () => {
    expect(drawReceipt(aReceipt(), around()).publicAddress).toMatchObject({ since: null, canChange: true });
    const reader = around({ mayRefund: false });
    expect(drawReceipt(aReceipt(), reader).publicAddress).toBeNull();
    expect(drawReceipt(aReceipt(), { ...reader, publicSince: now }).publicAddress).toMatchObject({
      since: { text: "21 Nov, 14:00" },
      canChange: false,
    });
  });
});

describe("a payment that was not served", () => {
  test("says what happened, what the payer knows and how long it can be redeemed", () => {
    const until = new Date("2026-11-22T12:12:00Z");
    const { band } = drawReceipt(aReceipt({ ...lost, redeemableUntil: until }), around());
    expect(band).toMatchObject({
      title: "Paid, not served",
      happened: "The upstream answered 502.",
      until: { text: "22 Nov, 13:12", left: "23 h 12 min" },
      afterwards: "After that it is refunded.",
    });
  });

  test("does not promise a refund that the rail cannot make", () => {
    const until = new Date("2026-11-22T12:12:00Z");
    const ability = { can: false, partial: false, why: "Lightning knows no way back." };
    const { band } = drawReceipt(aReceipt({ ...lost, redeemableUntil: until }), around({ ability }));
    expect(band?.afterwards).toBe("After that it waits for you: this rail cannot send it back.");
    expect(band?.whyNoRefund).toBe("Lightning knows no way back.");
  });

  test("is not called lost while it is being served", () => {
    const { band } = drawReceipt(aReceipt({ ...lost, timeline: [event("settled")] }), around());
    expect([band?.title, band?.canChoose]).toEqual(["Being served now", false]);
  });

  test("has no band once it is served", () => expect(drawReceipt(aReceipt(), around()).band).toBeNull());
});

test("a page is watched while money is on its way back, and no longer", () => {
  expect(drawReceipt(aReceipt(), around()).isMoving).toBe(false);
  expect(drawReceipt(aReceipt({ pendingRefund: Money.of(1n, usd) }), around()).isMoving).toBe(true);
});

test("what is absent is shown as a dash, never as an empty link", () => {
  const facts = new Map(drawReceipt(aReceipt(), around()).facts.map((fact) => [fact.label, fact]));
  expect(facts.get("Reference")).toEqual({ label: "Reference", value: "—" });
  expect(facts.get("Payer")).toEqual({ label: "Payer", value: "demo:ada", isId: true, href: "/p" });
  expect(facts.get("Rail")).toEqual({ label: "Rail", value: "Demo", note: "test" });
});

test("a request on a channel leads to its channel", () => {
  const { facts } = drawReceipt(aReceipt({ reference: "7f00" }), around({ channelHref: "/c/7f00" }));
  expect(facts.find(({ label }) => label === "Channel")).toMatchObject({ value: "7f00", href: "/c/7f00" });
  expect(facts.some(({ label }) => label === "Reference")).toBe(false);
});
