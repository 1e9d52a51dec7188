import { describe, expect, test } from "vitest";
import { rangePresets, readRange, showAge, showDuration, showTime, startOfLocalDay, zoneName } from "./times";

const zone = "Europe/Berlin";
const now = new Date("2026-11-21T13:03:27.204Z");

describe("moments", () => {
  test("a moment is shown short, whole with its zone, and for machines with its offset", () => {
    expect(showTime(now, zone, now)).toEqual({
      at: "2026-11-21T14:03:27.204+01:00",
      text: "21 Nov, 14:03",
      full: "21 Nov 2026, 14:03:27.204 Europe/Berlin",
    });
  });

  test("a moment of another year says the year, counted in the zone", () => {
    expect(showTime(new Date("2025-12-31T22:59:00Z"), zone, now).text).toBe("31 Dec 2025, 23:59");
    expect(showTime(new Date("2025-12-31T23:00:00Z"), zone, now).text).toBe("1 Jan, 00:00");
  });

  test.each([
    [3, "3 ms"],
    [1_204, "1.204 s"],
    [51_200, "51 s"],
    [125_000, "2 min 5 s"],
    [83_520_000, "23 h 12 min"],
    [86_400_000, "1 d"],
  ])("%d milliseconds are shown as %s", (milliseconds, shown) =>
    expect(showDuration(milliseconds)).toBe(shown),
  );

  test("an age has no fractions and is never negative", () => {
    expect([2_299, -5, 31_400, 7_200_000].map(showAge)).toEqual(["2 s", "0 s", "31 s", "2 h"]);
  });

  test("a zone is named by its place", () => {
    expect([zoneName("America/New_York"), zoneName("UTC")]).toEqual(["New York", "UTC"]);
  });
});

describe("ranges", () => {
  test("days begin at local midnight, also on the days that have 23 or 25 hours", () => {
    const hours = (day: string, next: string) =>
      ((startOfLocalDay(next, zone)?.getTime() ?? 0) - (startOfLocalDay(day, zone)?.getTime() ?? 0)) /
      3_600_000;
    expect(hours("2026-11-21", "2026-11-22")).toBe(24);
    expect(hours("2026-10-25", "2026-10-26")).toBe(25);
    expect(hours("2026-03-29", "2026-03-30")).toBe(23);
  });

  test.each(["2026-02-30", "2026-13-01", "yesterday", "2026-1-1", "2026-11-21T00:00Z"])(
    "%s is no day",
    (text) => expect(startOfLocalDay(text, zone)).toBeNull(),
  );

  test("a range that is one of the presets goes by its name and shows its days and zone", () => {
    const preset = rangePresets(now, zone).find(({ label }) => label === "Last 7 days");
    expect(preset).toEqual({ label: "Last 7 days", fromDay: "2026-11-15", toDay: "2026-11-22" });
    const range = readRange({ fromDay: "2026-11-15", toDay: "2026-11-22" }, zone, now);
    expect([range.label, range.detail]).toEqual(["Last 7 days", "15 – 21 Nov, Berlin"]);
    expect(range.from).toEqual(new Date("2026-11-14T23:00:00Z"));
    expect(range.to).toEqual(new Date("2026-11-21T23:00:00Z"));
  });

  test("weeks begin on Monday and months on the first", () => {
    const presets = new Map(rangePresets(now, zone).map(({ label, ...days }) => [label, days]));
    expect(presets.get("This week")).toEqual({ fromDay: "2026-11-16", toDay: "2026-11-23" });
    expect(presets.get("Last month")).toEqual({ fromDay: "2026-10-01", toDay: "2026-11-01" });
    expect(presets.get("Last quarter")).toEqual({ fromDay: "2026-07-01", toDay: "2026-10-01" });
  });

  test("a range over two years names both", () => {
    const range = readRange({ fromDay: "2025-12-30", toDay: "2026-01-06" }, zone, now);
    expect(range.detail).toBe("30 Dec 2025 – 5 Jan 2026, Berlin");
  });

  test("limits that are no days, or stand in the wrong order, do not limit", () => {
    expect(readRange({ fromDay: "soon", toDay: undefined }, zone, now).label).toBe("Everything");
    const backwards = readRange({ fromDay: "2026-11-15", toDay: "2026-11-01" }, zone, now);
    expect([backwards.fromDay, backwards.toDay]).toEqual(["2026-11-15", undefined]);
  });
});
