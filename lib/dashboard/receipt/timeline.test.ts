import { describe, expect, test } from "vitest";
import { drawTimeline, isBeingServed, sayDetail } from "./timeline";

const zone = "Europe/Berlin";
const start = Date.parse("2026-11-21T13:02:20.000Z");
const event = (type: string, after: number, durationMs: number | null = null, detail = {}) => ({
  type,
  at: new Date(start + after),
  detail,
  durationMs,
});

describe("the timeline", () => {
  const steps = drawTimeline(
    [
      event("requested", 0, null, { verb: "GET", bodyBytes: 1_800 }),
      event("claimed", 2, 1),
      event("settled", 40, 38),
      event("upstream", 80, 900, { status: 502, bytes: 312 }),
      event("undelivered", 1_000),
      event("redeemed", 86_400_000),
      event("upstream", 86_400_010, 20, { status: 200 }),
      event("delivered", 86_400_030),
    ],
    zone,
  );

  test("names every step and says what is known about it", () => {
    expect(steps.map(({ title, detail }) => [title, detail])).toEqual([
      ["Request", "GET · 1.8 kB body"],
      ["Claimed", undefined],
      ["Settled", undefined],
      ["Upstream, attempt 1", "answered 502 · 312 B"],
      ["Undelivered", undefined],
      ["Retried by payer", undefined],
      ["Upstream, attempt 2", "answered 200"],
      ["Delivered", undefined],
    ]);
  });

  test("marks what failed, what needs somebody and what was repeated", () => {
    expect(steps.map(({ tone }) => tone)).toEqual([
      undefined,
      undefined,
      "good",
      "failed",
      "attention",
      undefined,
      undefined,
      undefined,
    ]);
    expect(steps[5]?.mark).toBe("repeated");
  });

  test("puts the first conversation on one scale and leaves out what came a day later", () => {
    expect(steps[2]?.bar).toEqual({ start: 0.002, width: 0.038 });
    expect(steps[3]?.bar).toEqual({ start: 0.08, width: 0.9 });
    expect(steps[4]?.bar).toEqual({ start: 1, width: 0 });
    expect(steps.slice(5).map(({ bar }) => bar)).toEqual([undefined, undefined, undefined]);
  });

  test("shows milliseconds on the first day and the date on another", () => {
    expect(steps.map(({ clock }) => clock).slice(3, 6)).toEqual([
      "14:02:20.080",
      "14:02:21.000",
      "22 Nov, 14:02",
    ]);
  });

  test("steps at one moment do not divide by nothing, and no steps are no fault", () => {
    expect(drawTimeline([event("claimed", 0)], zone)[0]?.bar).toEqual({ start: 0, width: 0 });
    expect(drawTimeline([], zone)).toEqual([]);
  });
});

test("what is not plain is not put into words", () => {
  expect(sayDetail({ reason: "payer-left", offer: { a: 1 }, status: null, bytes: 0 })).toBe(
    "the payer had left",
  );
});

test("a step without words of its own goes by its name", () => {
  expect(drawTimeline([event("webhook.sent", 0)], zone)[0]?.title).toBe("Webhook sent");
});

test("a payment is being served from its settlement or its retry until somebody says how it ended", () => {
  const types = (...names: string[]) => names.map((name, place) => event(name, place));
  expect(isBeingServed(types("claimed", "settled"))).toBe(true);
  expect(isBeingServed(types("settled", "upstream", "undelivered"))).toBe(false);
  expect(isBeingServed(types("settled", "undelivered", "redeemed"))).toBe(true);
  expect(isBeingServed(types("settled", "interrupted"))).toBe(false);
  expect(isBeingServed(types("rail.unknown", "resolved"))).toBe(false);
  expect(isBeingServed([])).toBe(false);
});
