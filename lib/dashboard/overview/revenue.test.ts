import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axisFor, drawRevenue, type RevenueFacts, widthFor } from "./revenue";

const usd = { code: "USD", exponent: 2 };
const sat = { code: "SAT", exponent: 0 };
const facts = (more: Partial<RevenueFacts>): RevenueFacts => ({
  days: ["2026-11-20", "2026-11-21"],
  series: [],
  currency: usd,
  services: [
    { slug: "weather", title: "Weather" },
    { slug: "chat", title: "Chat" },
  ],
  zone: "Europe/Berlin",
  now: new Date("2026-11-21T13:00:00Z"),
  href: (from, to) => `${from}..${to}`,
  ...more,
});
const daily = (service: string, gross: readonly bigint[], currency = usd) => ({ service, gross, currency });

describe("bars", () => {
  test("each shows its services from the bottom in the merchant's order, with exact amounts", () => {
    const view = drawRevenue(
      facts({
        series: [daily("chat", [100n, 250n]), daily("weather", [1n, 0n]), daily("chat", [7n, 7n], sat)],
      }),
    );
    expect(view.series).toEqual([
      { name: "Weather", colour: 1, total: "$0.01" },
      { name: "Chat", colour: 2, total: "$3.50" },
    ]);
    expect(view.buckets.map(({ label, amounts, total }) => [label, ...amounts, total])).toEqual([
      ["20 Nov", "$0.01", "$1.00", "$1.01"],
      ["21 Nov", "$0.00", "$2.50", "$2.50"],
    ]);
    expect([view.total, view.isEmpty]).toEqual(["$3.51", false]);
  });

  test("the axis drops decimals only where no step needs them", () => {
    const labels = (units: bigint) =>
      drawRevenue(facts({ series: [daily("chat", [units, 0n])] })).ticks.map(({ label }) => label);
    expect(labels(4_300n)).toEqual(["0", "$10", "$20", "$30", "$40", "$50"]);
    expect(labels(430n)).toEqual(["0", "$1", "$2", "$3", "$4", "$5"]);
    expect(labels(43n)).toEqual(["0", "$0.10", "$0.20", "$0.30", "$0.40", "$0.50"]);
  });

  test("the day that is still running is marked and named", () => {
    const view = drawRevenue(facts({ series: [daily("chat", [100n, 250n])] }));
    expect(view.buckets.map(({ isRunning }) => isRunning)).toEqual([false, true]);
    expect(view.note).toBe("21 Nov is still running (hatched).");
  });

  test("a day of 25 hours is named", () => {
    expect(drawRevenue(facts({ days: ["2026-10-25", "2026-10-26"] })).note).toBe("25 Oct has 25 hours.");
  });

  test("a bar opens the list of its own days", () => {
    expect(drawRevenue(facts({})).buckets.map(({ href }) => href)).toEqual([
      "2026-11-20..2026-11-21",
      "2026-11-21..2026-11-22",
    ]);
  });

  test("the seventh service and those that are gone share one layer", () => {
    const services = Array.from({ length: 7 }, (_, place) => ({ slug: `s${place}`, title: `S${place}` }));
    const series = [...services.map(({ slug }) => daily(slug, [10n, 0n])), daily("gone", [5n, 0n])];
    const view = drawRevenue(facts({ services, series }));
    expect(view.series.map(({ name }) => name)).toEqual(["S0", "S1", "S2", "S3", "S4", "S5", "Other"]);
    expect(view.series.at(-1)).toEqual({ name: "Other", colour: "other", total: "$0.15" });
  });

  test("no bar loses or gains a unit, whatever the range and the services", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.array(fc.bigInt({ min: 0n, max: 10n ** 20n }), { minLength: 400, maxLength: 400 }), {
          maxLength: 4,
        }),
        (length, grosses) => {
          const days = Array.from({ length }, (_, place) =>
            new Date(Date.UTC(2025, 5, 1 + place)).toISOString().slice(0, 10),
          );
          const series = grosses.map((gross, place) => daily(`x${place}`, gross.slice(0, length), sat));
          const view = drawRevenue(facts({ days, series, currency: sat }));
          const exact = (text: string) => BigInt(text.replace(/[^\d]/g, ""));
          const total = view.buckets.reduce((sum, bucket) => sum + exact(bucket.total), 0n);
          expect(total).toBe(series.flatMap(({ gross }) => gross).reduce((sum, units) => sum + units, 0n));
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("widths and axes", () => {
  test("long ranges are shown by week and by month", () => {
    expect([28, 62, 63, 200, 201].map((days) => widthFor(days).name)).toEqual([
      "day",
      "day",
      "week",
      "week",
      "month",
    ]);
    expect(widthFor(90).startOf("2026-11-22")).toBe("2026-11-16");
    expect(widthFor(365).next("2026-12-01")).toBe("2027-01-01");
  });

  test("an axis starts at zero, covers the largest value and has few round steps", () => {
    expect(axisFor(4_300n)).toEqual({ top: 5_000n, steps: [0n, 1_000n, 2_000n, 3_000n, 4_000n, 5_000n] });
    expect(axisFor(0n)).toEqual({ top: 1n, steps: [0n, 1n] });
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 30n }), (largest) => {
        const { top, steps } = axisFor(largest);
        expect(steps[0]).toBe(0n);
        expect(steps.at(-1)).toBe(top);
        expect(top >= largest && steps.length >= 2 && steps.length <= 6).toBe(true);
        expect(String(steps[1])).toMatch(/^[125]0*$/);
      }),
    );
  });
});
