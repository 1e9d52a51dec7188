import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { timeHolds, windowAt } from "./calendar";

const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "America/Sao_Paulo",
];
const instants = fc
  .integer({ min: Date.parse("2015-01-01T00:00:00Z"), max: Date.parse("2030-01-01T00:00:00Z") })
  .map((ms) => new Date(ms));
const somewhere = fc.constantFrom(...zones);

/** What the platform says a wall clock shows there. */
const wall = (at: Date, timeZone: string) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(at);

describe("windows of the merchant's calendar", () => {
  test("hold the instant, touch each other, and are the same all through", () => {
    fc.assert(
      fc.property(
        instants,
        somewhere,
        fc.constantFrom("minute", "hour", "day", "week", "month"),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (at, zone, window, share) => {
          const { startsAt, endsAt } = windowAt(window, at, zone);
          if (!endsAt) throw new Error("it ends");
          expect(at >= startsAt && at < endsAt).toBe(true);
          const within = new Date(
            startsAt.getTime() + Math.floor((endsAt.getTime() - startsAt.getTime()) * share),
          );
          expect(windowAt(window, within, zone)).toEqual({ startsAt, endsAt });
          expect(windowAt(window, endsAt, zone).startsAt).toEqual(endsAt);
        },
      ),
    );
  });

  test.each([
    ["day", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"], // 23 hours
    ["day", "2026-10-25T10:00:00Z", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"], // 25 hours
    ["week", "2026-10-25T10:00:00Z", "2026-10-18T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
    ["month", "2026-10-25T10:00:00Z", "2026-09-30T22:00:00.000Z", "2026-10-31T23:00:00.000Z"],
  ] as const)("a %s in Berlin at %s begins at midnight there", (window, at, starts, ends) => {
    const { startsAt, endsAt } = windowAt(window, new Date(at), "Europe/Berlin");
    expect([startsAt.toISOString(), endsAt?.toISOString()]).toEqual([starts, ends]);
  });

  test("a day whose midnight is skipped begins when its clock begins", () => {
    const { startsAt } = windowAt("day", new Date("2018-11-04T12:00:00Z"), "America/Sao_Paulo");
    expect(startsAt.toISOString()).toBe("2018-11-04T03:00:00.000Z");
    expect(wall(startsAt, "America/Sao_Paulo")).toBe("2018-11-04 01:00:00");
  });
});

describe("time rules", () => {
  const holds = (condition: Parameters<typeof timeHolds>[0], at: string, zone = "Europe/Berlin") =>
    timeHolds(condition, new Date(at), zone).holds;

  test("hours are those of the merchant's wall clock, whatever its offset is that day", () => {
    fc.assert(
      fc.property(instants, somewhere, fc.nat(1439), fc.nat(1439), (at, zone, a, b) => {
        fc.pre(a !== b);
        const clock = (minute: number) =>
          `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
        const [from, to, now] = [clock(a), clock(b), wall(at, zone).slice(11, 16)];
        const inside = from < to ? now >= from && now < to : now >= from || now < to;
        expect(holds({ hours: { from, to } }, at.toISOString(), zone)).toBe(inside);
      }),
    );
  });

  test.each([
    // The hour from 02:00 happens twice on this day: the rule begins with the first and does not stop between.
    [{ from: "2026-10-25T02:30" }, "2026-10-25T00:29:59Z", false],
    [{ from: "2026-10-25T02:30" }, "2026-10-25T00:30:00Z", true],
    [{ from: "2026-10-25T02:30" }, "2026-10-25T01:10:00Z", true],
    // The hour from 02:00 does not happen on this day.
    [{ from: "2026-03-29T02:30" }, "2026-03-29T01:29:59Z", false],
    [{ from: "2026-03-29T02:30" }, "2026-03-29T01:30:00Z", true],
    // The last day counts to its end.
    [{ to: "2026-12-31" }, "2026-12-31T22:59:59Z", true],
    [{ to: "2026-12-31" }, "2026-12-31T23:00:00Z", false],
    [{ from: "2026-12-01T09:00:00+02:00" }, "2026-12-01T07:00:00Z", true],
    [{ days: ["mon"] }, "2026-11-22T23:30:00Z", true],
    [{ days: ["sun"] }, "2026-11-22T23:30:00Z", false],
    [{ hours: { from: "22:00", to: "24:00" } }, "2026-11-22T22:59:00Z", true],
  ] as const)("%j at %s: %s", (condition, at, expected) => {
    expect(holds(condition as Parameters<typeof timeHolds>[0], at)).toBe(expected);
  });
});
