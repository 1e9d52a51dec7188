import { describe, expect, test } from "vitest";
import { Money } from "@/lib/money";
import { drawDetail } from "../channel/view";
import { readAsked } from "./filter";
import { type ChannelFacts, channelWord, drawChannels, drawTiles, nextOf } from "./view";

const sat = { code: "SAT", exponent: 3 };
const msat = (units: bigint) => Money.of(units, sat);
const now = new Date("2026-11-21T12:00:00Z");

const aChannel = (facts: Partial<ChannelFacts> = {}): ChannelFacts => ({
  id: "7f00",
  service: "chat",
  rail: "ln",
  payer: null,
  status: "open",
  deposit: msat(300_000n),
  accepted: msat(300_000n),
  spent: msat(160_000n),
  settled: msat(160_000n),
  refunded: msat(0n),
  remaining: msat(140_000n),
  idleMs: 300_000,
  openedAt: new Date("2026-11-21T11:50:00Z"),
  lastUsedAt: new Date("2026-11-21T11:58:00Z"),
  closingAt: null,
  closedAt: null,
  closedBy: null,
  refundState: null,
  ...facts,
});

const sums = {
  deposits: msat(140_000n),
  accepted: msat(300_000n),
  spent: msat(160_000n),
  settled: msat(160_000n),
  atRisk: msat(0n),
  owed: msat(0n),
};

const listed = (data: readonly ChannelFacts[], query: Record<string, string> = {}) =>
  drawChannels({
    place: { asked: readAsked(query, "UTC", now), mode: "test", base: "/m/acme/channels" },
    around: { zone: "UTC", now, href: (path) => `/m/acme/${path}`, serviceTitle: (slug) => slug },
    page: { data, nextCursor: null, previousCursor: null, position: 1 },
    sums: data.length > 0 ? [sums] : [],
    counts: { all: data.length, open: data.length, closing: 0, closed: 0, owed: 0 },
    servicesHref: "/m/acme/services",
    exportBase: "/api/v1/channels.csv?merchant=acme",
  });

describe("a channel", () => {
  test("that is open says when it closes by itself", () => {
    expect(nextOf(aChannel(), now)).toMatch(/^closes in 3 min/);
    expect(nextOf(aChannel({ lastUsedAt: new Date(0) }), now)).toBe("closes now");
  });

  test("whose remainder could not be sent back is called owed", () => {
    const closed = aChannel({ status: "closed", refundState: "failed" });
    expect(channelWord(closed)).toMatchObject({ tone: "failed", label: "Closed, owed" });
    expect(channelWord({ ...closed, refundState: "settled", remaining: msat(0n) }).label).toBe("Closed");
  });

  test("says to the unit what closing keeps and returns, to those who may close it", () => {
    const detail = {
      ...aChannel(),
      method: "lightning",
      reserved: msat(0n),
      fee: msat(0n),
      refundReference: null,
      failure: null,
      mode: "test",
      timeline: [],
      postings: [],
    };
    const around = {
      merchant: "acme",
      zone: "UTC",
      now,
      reader: "member:1",
      origin: "http://localhost:3000",
      mayAct: true,
      canSettle: false,
      serviceTitle: "Chat",
      serviceHref: null,
      railTitle: "Lightning",
      railHref: null,
      receiptsHref: "/m/acme/receipts",
      json: "{}",
    };
    const view = drawDetail(detail, around);
    expect(view.close).toMatchObject({
      kept: expect.stringContaining("160"),
      back: expect.stringContaining("140"),
    });
    expect(view.bar).toMatchObject({ spent: 53.3, settled: 53.3, accepted: 100 });
    expect(view.settle).toBeNull();
    expect(drawDetail(detail, { ...around, mayAct: false }).close).toBeNull();
    expect(
      drawDetail({ ...detail, status: "closed", refundState: "failed", failure: "no-route" }, around).owed,
    ).toMatchObject({ why: "no route" });
  });
});

describe("the list of channels", () => {
  test("has a dash in every tile while there is none", () => {
    expect(drawTiles([]).map(({ figure }) => figure)).toEqual(["—", "—", "—", "—", "—"]);
  });

  test("keeps currencies apart", () => {
    const points = Object.fromEntries(
      Object.keys(sums).map((name) => [name, Money.of(5n, { code: "USD", exponent: 2 })]),
    ) as typeof sums;
    expect(drawTiles([sums, points])[0]).toMatchObject({
      label: "Open deposits",
      second: expect.stringContaining("0.05"),
    });
  });

  test("exports what it shows, and nothing when it is empty", () => {
    expect(listed([aChannel()], { status: "open" }).exportHref).toBe(
      "/api/v1/channels.csv?merchant=acme&mode=test&status=open",
    );
    expect(listed([]).exportHref).toBeNull();
  });

  test("tells a first visit from a filter that leaves nothing", () => {
    expect(listed([]).empty).toMatchObject({ kind: "first" });
    expect(listed([], { owed: "1" }).empty).toMatchObject({ kind: "no-match", title: "Nothing is owed" });
  });
});
