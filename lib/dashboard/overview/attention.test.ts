import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import { drawAttention, drawSteps } from "./attention";

const usd = { code: "USD", exponent: 2 };
const now = new Date("2026-11-21T13:00:00Z");
const href = (path: string, parameters: Record<string, string> = {}) =>
  `${path}?${new URLSearchParams(parameters)}`;
const undelivered = {
  id: "rc_1",
  amount: Money.of(420n, usd),
  endpoint: "POST /v1/routes/optimize",
  service: "Maps",
  rail: "Demo",
  upstreamStatus: 502,
  deliveryAttempts: 1,
  redeemableUntil: new Date("2026-11-22T12:12:00Z"),
  remedy: "deliver",
};
const none = { count: 0, first: [] };

test("nothing that needs somebody is no line at all", () => {
  expect(
    drawAttention({
      undelivered: none,
      unknown: none,
      failedRefunds: none,
      mismatches: none,
      channels: none,
      now,
      href,
    }),
  ).toEqual({
    lines: [],
    total: 0,
  });
});

test("an undelivered payment comes first, with its amount, its reason and its countdown", () => {
  const { lines, total } = drawAttention({
    undelivered: { count: 3, first: [undelivered] },
    unknown: none,
    mismatches: none,
    channels: none,
    failedRefunds: {
      count: 1,
      first: [
        {
          id: "rf_1",
          receiptId: "rc_9",
          amount: Money.of(5n, usd),
          rail: "Demo",
          failure: null,
          createdAt: now,
        },
      ],
    },
    now,
    href,
  });
  expect(total).toBe(4);
  expect(lines[0]).toMatchObject({
    what: "$4.20 paid for POST /v1/routes/optimize",
    detail: "Maps · Demo · upstream answered 502",
    standing: "redeemable for 23 h 12 min",
  });
  expect(lines.map(({ what }) => what).slice(1)).toEqual([
    "2 further payments not served",
    "$0.05 did not go back",
  ]);
  expect(lines[2]?.action.href).toBe("receipts/rc_9?#refunds");
});

test("a receipt that was seen counts only once there is a payment", () => {
  const progress = { rails: 1, services: 1, priced: 0, hasTestPayment: false, hasSeenReceipt: true, href };
  expect(drawSteps(progress).map(({ isDone }) => isDone)).toEqual([true, true, false, false, false]);
  expect(drawSteps({ ...progress, hasTestPayment: true }).at(-1)?.isDone).toBe(true);
});

test("a difference between the books and a rail leads to its explanation", () => {
  const { lines, total } = drawAttention({
    undelivered: none,
    unknown: none,
    failedRefunds: none,
    channels: none,
    mismatches: {
      count: 1,
      first: [
        {
          id: "mm_1",
          difference: Money.of(-40n, usd),
          rail: "Demo",
          railHref: "rails/demo?",
          sentence: "The rail took −$0.40",
          foundAt: new Date("2026-11-21T12:00:00Z"),
        },
      ],
    },
    now,
    href,
  });
  expect(total).toBe(1);
  expect(lines).toMatchObject([
    {
      word: "In suspense",
      what: expect.stringContaining("between the ledger and Demo"),
      detail: "The rail took −$0.40",
      action: { label: "Explain", href: "rails/demo?#reconciliation" },
    },
  ]);
});
