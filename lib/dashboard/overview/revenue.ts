import { tz } from "@date-fns/tz";
import { addDays, addMonths, format, startOfMonth, startOfWeek } from "date-fns";
import { type Currency, Money } from "@/lib/money";
import { showMoney, unitOf } from "../shell/figures";
import { dayOf, startOfLocalDay } from "../shell/times";
import type { Bucket, Colour, RevenueView } from "./view";

type Daily = Readonly<{ service: string; currency: Currency; gross: readonly bigint[] }>;

export type RevenueFacts = Readonly<{
  /** Local days, oldest first. */
  days: readonly string[];
  series: readonly Daily[];
  currency: Currency;
  /** All services in the merchant's order; a service keeps its colour whatever the range. */
  services: readonly { slug: string; title: string }[];
  zone: string;
  now: Date;
  href(fromDay: string, toDay: string): string;
}>;

const colours = [1, 2, 3, 4, 5, 6] as const;
const utc = { in: tz("UTC"), weekStartsOn: 1 } as const;
const asDate = (day: string): Date => new Date(`${day}T00:00:00Z`);
const asDay = (date: Date): string => format(date, "yyyy-MM-dd", utc);

type Width = Readonly<{
  name: "day" | "week" | "month";
  startOf(day: string): string;
  next(start: string): string;
}>;

/** Days while they can be told apart, then weeks from Monday, then months. */
export function widthFor(days: number): Width {
  if (days <= 62) {
    return { name: "day", startOf: (day) => day, next: (day) => asDay(addDays(asDate(day), 1, utc)) };
  }
  if (days <= 200) {
    return {
      name: "week",
      startOf: (day) => asDay(startOfWeek(asDate(day), utc)),
      next: (start) => asDay(addDays(asDate(start), 7, utc)),
    };
  }
  return {
    name: "month",
    startOf: (day) => asDay(startOfMonth(asDate(day), utc)),
    next: (start) => asDay(addMonths(asDate(start), 1, utc)),
  };
}

/** Steps of 1, 2 or 5 times a power of ten: at most five of them reach the largest value. */
export function axisFor(largest: bigint): { top: bigint; steps: bigint[] } {
  let step = 1n;
  const factors = [2n, 5n, 10n];
  for (let power = 1n; step * 5n < largest; power *= 10n) {
    step = factors.map((factor) => factor * power).find((each) => each * 5n >= largest) ?? power * 10n;
  }
  const count = largest === 0n ? 1n : (largest + step - 1n) / step;
  return {
    top: step * count,
    steps: Array.from({ length: Number(count) + 1 }, (_, place) => step * BigInt(place)),
  };
}

/** Exact to a millionth of the axis, which is finer than any screen. */
const shareOf = (units: bigint, top: bigint): number => Number((units * 1_000_000n) / top) / 1_000_000;

type Layer = { name: string; colour: Colour; gross: readonly bigint[] };

const addAll = (lists: readonly (readonly bigint[])[], length: number): bigint[] =>
  Array.from({ length }, (_, place) => lists.reduce((sum, list) => sum + (list[place] ?? 0n), 0n));

/** At most six services in their own colour and one layer for all others; what earned nothing is left out. */
function layersOf({ series, services, currency, days }: RevenueFacts): Layer[] {
  const own = series.filter((each) => each.currency.code === currency.code);
  const gone = own
    .map(({ service }) => service)
    .filter((slug) => !services.some((each) => each.slug === slug));
  const known = [...services, ...gone.sort().map((slug) => ({ slug, title: slug }))];
  const layers = known.map(({ slug, title }, place): Layer => {
    const daily = own.filter(({ service }) => service === slug).map(({ gross }) => gross);
    return { name: title, colour: colours[place] ?? "other", gross: addAll(daily, days.length) };
  });
  const others = layers.filter(({ colour }) => colour === "other").map(({ gross }) => gross);
  const rest: Layer = { name: "Other", colour: "other", gross: addAll(others, days.length) };
  return [...layers.filter(({ colour }) => colour !== "other"), rest].filter(({ gross }) =>
    gross.some((units) => units !== 0n),
  );
}

const sum = (list: readonly bigint[]): bigint => list.reduce((total, units) => total + units, 0n);

/** The stacked bars: exact amounts for the reader, shares of the axis for the drawing. */
export function drawRevenue(facts: RevenueFacts): Omit<RevenueView, "currencies" | "days"> {
  const { days, currency } = facts;
  const width = widthFor(days.length);
  const layers = layersOf(facts);
  const show = (units: bigint) => showMoney(Money.of(units, currency));
  const startOfEach = days.map(width.startOf);
  const starts = [...new Set(startOfEach)];
  const grid = starts.map((start) =>
    layers.map(({ gross }) => sum(gross.filter((_, place) => startOfEach[place] === start))),
  );
  const axis = axisFor(grid.map(sum).reduce((most, total) => (total > most ? total : most), 0n));
  const frame: Frame = { facts, width, axis, show };
  return {
    title: `Revenue by ${width.name}`,
    unit: unitOf(currency.code),
    series: layers.map(({ name, colour, gross }) => ({ name, colour, total: show(sum(gross)) })),
    buckets: starts.map((start, place) => drawBucket(frame, start, grid[place] ?? [])),
    ticks: drawTicks(frame, axis.steps),
    note: noteOf(frame, starts),
    total: show(sum(layers.map(({ gross }) => sum(gross)))),
    isEmpty: layers.length === 0,
  };
}

/** "$10" rather than "$10.00" where no step needs the decimals. */
function drawTicks({ axis, show }: Frame, steps: readonly bigint[]): RevenueView["ticks"] {
  const labels = steps.map((units) => (units === 0n ? "0" : show(units)));
  const areWhole = labels.slice(1).every((label) => /\.0+$/.test(label));
  return steps.map((units, place) => ({
    share: shareOf(units, axis.top),
    label: (labels[place] ?? "").replace(areWhole ? /\.0+$/ : /$^/, ""),
  }));
}

type Frame = Readonly<{
  facts: RevenueFacts;
  width: Width;
  axis: { top: bigint };
  show(units: bigint): string;
}>;

const isRunning = ({ facts: { now, zone }, width }: Frame, start: string): boolean =>
  width.startOf(dayOf(now, zone)) === start;

const labelFor = ({ width }: Frame, start: string): string =>
  format(asDate(start), width.name === "month" ? "MMM yyyy" : "d MMM", utc);

const longLabels = { day: "EEEE, d MMM yyyy", week: "'Week from' d MMM yyyy", month: "MMMM yyyy" };

function drawBucket(frame: Frame, start: string, units: readonly bigint[]): Bucket {
  const { facts, width, axis, show } = frame;
  const first = facts.days.find((day) => day >= start) ?? start;
  const end = width.next(start);
  const last = facts.days.findLast((day) => day < end) ?? first;
  return {
    key: start,
    label: labelFor(frame, start),
    full: format(asDate(start), longLabels[width.name], utc),
    heights: units.map((each) => shareOf(each, axis.top)),
    amounts: units.map(show),
    total: show(sum(units)),
    isRunning: isRunning(frame, start),
    href: facts.href(first, asDay(addDays(asDate(last), 1, utc))),
  };
}

function noteOf(frame: Frame, starts: readonly string[]): string {
  const { facts, width } = frame;
  const running = starts.find((start) => isRunning(frame, start));
  const odd = width.name === "day" ? starts.map((day) => ({ day, hours: hoursOf(day, facts.zone) })) : [];
  return [
    running ? `${labelFor(frame, running)} is still running (hatched).` : "",
    ...odd
      .filter(({ hours }) => hours !== 24)
      .map(({ day, hours }) => `${labelFor(frame, day)} has ${hours} hours.`),
  ]
    .filter(Boolean)
    .join(" ");
}

function hoursOf(day: string, zone: string): number {
  const [from, to] = [day, asDay(addDays(asDate(day), 1, utc))].map((each) => startOfLocalDay(each, zone));
  return from && to ? (to.getTime() - from.getTime()) / 3_600_000 : 24;
}
