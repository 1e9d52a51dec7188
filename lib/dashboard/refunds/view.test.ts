import { describe, expect, test } from "vitest";
import { Money } from "@/lib/money";
import { drawTabs, type Place, pairsOf, readAsked } from "./filter";
import { type Around, drawRefund, drawRefunds, type Listed, type RefundFacts } from "./view";

const usd = { code: "USD", exponent: 2 };
const zone = "Europe/Berlin";
const now = new Date("2026-11-21T13:03:27Z");
const base = "/m/acme/refunds";
const place = (query: Record<string, string> = {}): Place => ({
  asked: readAsked(query, zone, now),
  mode: "test",
  base,
});
const around = (more: Partial<Around> = {}): Around => ({
  zone,
  now,
  reader: "member:mb_1",
  mayRefund: true,
  receiptHref: (id) => `/m/acme/receipts/${id}#refunds`,
  railTitle: (slug) => (slug === "ln" ? "Lightning" : slug),
  railAsks: (slug) => (slug === "ln" ? "An invoice" : undefined),
  ...more,
});
const aRefund = (more: Partial<RefundFacts> = {}): RefundFacts => ({
  id: "rf_1",
  receiptId: "rc_1",
  amount: Money.of(420n, usd),
  status: "failed",
  rail: "ln",
  reason: "duplicate",
  note: "asked by mail",
  requestedBy: "member:mb_1",
  reference: null,
  failure: "no route to the payer",
  destination: "lnbc1",
  createdAt: new Date("2026-11-21T12:58:15Z"),
  settledAt: null,
  ...more,
});
const counts = { all: 9, failed: 2, requested: 1, submitted: 0, settled: 6 };
const listed = (more: Partial<Listed> = {}): Listed => ({
  place: place(),
  around: around(),
  page: { data: [aRefund()], nextCursor: null, previousCursor: null, position: 1 },
  counts,
  receiptsHref: "/m/acme/receipts?mode=test",
  exportBase: "/api/v1/refunds.csv?merchant=acme",
  ...more,
});
const none = { data: [], nextCursor: null, previousCursor: null, position: 1 };

describe("a row", () => {
  test("of a refund without a destination says what it waits for, and not what the network said meanwhile", () => {
    const open = { status: "requested", destination: null, failure: "The payer has not said where to." };
    const wait = { asks: "An invoice", canGive: true };
    expect(drawRefund(aRefund(open), around())).toMatchObject({ wait, failure: null, canRetry: false });
    const reader = around({ mayRefund: false });
    expect(drawRefund(aRefund(open), reader).wait).toEqual({ ...wait, canGive: false });
    expect(drawRefund(aRefund({ ...open, destination: "lnbc1" }), around()).wait).toBeNull();
    expect(drawRefund(aRefund({ ...open, rail: "demo" }), around()).wait).toBeNull();
  });

  test("of a failed refund says the network's words and offers to try again", () => {
    expect(drawRefund(aRefund(), around())).toMatchObject({
      receipt: { id: "rc_1", href: "/m/acme/receipts/rc_1#refunds" },
      amount: { text: "$4.20" },
      word: { tone: "failed", label: "Failed" },
      rail: "Lightning",
      reason: "Paid twice: asked by mail",
      by: "you",
      age: "5 min 12 s",
      failure: "no route to the payer",
      canRetry: true,
    });
    expect(drawRefund(aRefund({ failure: null }), around()).failure).toBe("The network gave no reason.");
  });

  test("is tried again only by those who may refund, and only when it failed", () => {
    expect(drawRefund(aRefund(), around({ mayRefund: false })).canRetry).toBe(false);
    for (const status of ["requested", "submitted", "settled"]) {
      expect(drawRefund(aRefund({ status }), around()).canRetry).toBe(false);
    }
  });

  test("of a settled refund says how long it took, and who asked", () => {
    const settledAt = new Date("2026-11-21T12:58:17Z");
    const row = drawRefund(
      aRefund({ status: "settled", settledAt, failure: null, requestedBy: "system" }),
      around(),
    );
    expect([row.age, row.by, row.failure]).toEqual(["took 2 s", "Farebox", null]);
    expect(drawRefund(aRefund({ reason: null, note: null }), around()).reason).toBe("no reason given");
    expect(drawRefund(aRefund({ requestedBy: "member:mb_2" }), around()).by).toBe("a member");
  });
});

describe("the list", () => {
  test("has the failed first among the states, and each tab leads to itself with the other filters kept", () => {
    const tabs = drawTabs(place({ status: "failed", q: "rf_1", cursor: "c" }), counts, String);
    expect(tabs.map(({ label, count, isCurrent }) => [label, count, isCurrent])).toEqual([
      ["All", "9", false],
      ["Failed", "2", true],
      ["Requested", "1", false],
      ["Submitted", "0", false],
      ["Settled", "6", false],
    ]);
    const queries = tabs.map(({ href }) => Object.fromEntries(new URL(href, "http://x").searchParams));
    expect(queries.map(({ status }) => status)).toEqual([
      undefined,
      "failed",
      "requested",
      "submitted",
      "settled",
    ]);
    for (const query of queries) {
      expect(query).toMatchObject({ mode: "test", q: "rf_1" });
      expect(query).not.toHaveProperty("cursor");
    }
  });

  test("reads back the address that it writes, and leaves out what makes no sense", () => {
    const query = { status: "failed", receiptId: "rc_1", from: "2026-11-01", to: "2026-11-21", q: "x" };
    const asked = readAsked(query, zone, now);
    expect(readAsked(Object.fromEntries(pairsOf(asked, "test")), zone, now)).toEqual(asked);
    expect(readAsked({ status: "lost", from: "soon", q: " " }, zone, now)).toEqual(readAsked({}, zone, now));
  });

  test("shows where it stands among all, with its pages, and exports what it shows", () => {
    const page = { data: [aRefund()], nextCursor: "n", previousCursor: "p", position: 51 };
    const view = drawRefunds(listed({ page, place: place({ status: "settled", q: "rc_1" }) }));
    expect(view.foot).toEqual({
      position: "51–51",
      total: "6",
      previousHref: `${base}?mode=test&status=settled&q=rc_1&cursor=p`,
      nextHref: `${base}?mode=test&status=settled&q=rc_1&cursor=n`,
    });
    expect(view.exportHref).toBe("/api/v1/refunds.csv?merchant=acme&mode=test&status=settled&q=rc_1");
    expect(view.chips).toEqual([
      { name: "Search", value: "rc_1", removeHref: `${base}?mode=test&status=settled` },
    ]);
    expect(drawRefunds(listed({ exportBase: null })).exportHref).toBeNull();
  });

  test("tells the first use from filters that leave nothing, and an empty tab from a search without hits", () => {
    const empty = (query: Record<string, string>) =>
      drawRefunds(listed({ page: none, place: place(query) })).empty;
    expect(empty({})).toEqual({ kind: "first", receiptsHref: "/m/acme/receipts?mode=test" });
    expect(empty({ status: "failed" })).toMatchObject({ kind: "no-match", title: "No refund has failed" });
    expect(empty({ status: "submitted" })).toMatchObject({ title: "No refund is submitted" });
    expect(empty({ status: "failed", q: "x" })).toMatchObject({ title: "No refund matches" });
    expect(empty({ from: "2026-11-01" })).toMatchObject({ clearHref: `${base}?mode=test` });
  });
});
