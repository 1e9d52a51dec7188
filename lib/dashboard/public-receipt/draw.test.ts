import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import { type Around, drawPublicReceipt, type PublicFacts } from "./draw";

const sat = { code: "SAT", exponent: 3 };
const at = new Date("2026-11-21T13:02:20.660Z");
const around: Around = {
  token: "t",
  host: "pay.example.com",
  merchant: "Tidewater",
  brand: { mark: "A", colour: null, logo: null, nonce: undefined },
  service: "Tides",
  zone: "Europe/Berlin",
  now: at,
  asks: "An invoice",
};
const refund = { id: "rf_1", amount: Money.of(16_000n, sat), destination: null, createdAt: at };
const aReceipt = (more: Partial<PublicFacts> = {}): PublicFacts => ({
  id: "rc_1",
  createdAt: at,
  amount: Money.of(16_000n, sat),
  status: "paid",
  mode: "test",
  endpoint: "GET /v1/tides/{harbour}",
  reference: "6889",
  refunds: [],
  ...more,
});

test("a payer reads what was paid, to whom, for what and when, and nothing else", () => {
  const inside = { payer: "pk_secret", requestId: "rq_secret", fee: "fee_secret" };
  const view = drawPublicReceipt({ ...aReceipt(), ...inside } as PublicFacts, around);
  expect([view.amount, view.word.label, view.isTest]).toEqual(["16 sat", "Paid", true]);
  expect(view.facts.map(({ label, value }) => [label, value])).toEqual([
    ["Paid to", "Tidewater"],
    ["For", "Tides"],
    ["Request", "GET /v1/tides/{harbour}"],
    ["Time", "21 Nov 2026, 14:02 Berlin"],
    ["Receipt", "rc_1"],
    ["Reference", "6889"],
  ]);
  expect(JSON.stringify(view)).not.toContain("secret");
});

test.each([
  [
    "waits for the payer while nobody has said where to",
    { status: "requested" },
    "Waits for you",
    true,
    false,
  ],
  [
    "is on its way once somebody has",
    { status: "requested", destination: "lnbc1" },
    "On its way",
    false,
    true,
  ],
  ["says when it was sent back", { status: "settled", destination: "lnbc1" }, "Sent back", false, false],
  [
    "does not hide that it failed",
    { status: "failed", destination: "lnbc1" },
    "Could not be sent; the merchant knows",
    false,
    false,
  ],
])("a refund %s", (_, more, label, asks, isMoving) => {
  const view = drawPublicReceipt(aReceipt({ refunds: [{ ...refund, ...more }] }), around);
  expect(view.refunds[0]?.word.label).toBe(label);
  expect(view.refunds[0]?.asks).toBe(asks ? "An invoice" : null);
  expect(view.isMoving).toBe(isMoving);
});

test("on a rail that knows the way back nobody is asked", () => {
  const view = drawPublicReceipt(aReceipt({ refunds: [{ ...refund, status: "requested" }] }), {
    ...around,
    asks: null,
  });
  expect([view.refunds[0]?.asks, view.refunds[0]?.word.label]).toEqual([null, "On its way"]);
});
