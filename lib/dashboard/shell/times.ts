import { TZDate, tz } from "@date-fns/tz";
import {
  addDays,
  addMonths,
  addQuarters,
  addWeeks,
  addYears,
  format,
  isValid,
  startOfDay,
  startOfMonth,
  startOfQuarter,
  startOfWeek,
  startOfYear,
} from "date-fns";

export type ShownTime = Readonly<{ at: string; text: string; full: string }>;

/** The zone as a person names it: "Berlin" for `Europe/Berlin`. */
export const zoneName = (zone: string): string => (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");

const inZone = (date: Date, zone: string, pattern: string) => format(date, pattern, { in: tz(zone) });

/** The three forms in which a moment is shown; what is older than this year says its year. */
export function showTime(date: Date, zone: string, now: Date = new Date()): ShownTime {
  const isThisYear = inZone(date, zone, "yyyy") === inZone(now, zone, "yyyy");
  return {
    at: new TZDate(date, zone).toISOString(),
    text: inZone(date, zone, isThisYear ? "d MMM, HH:mm" : "d MMM yyyy, HH:mm"),
    full: inZone(date, zone, `d MMM yyyy, HH:mm:ss.SSS '${zone}'`),
  };
}

/** "14:02:11.204", for steps that lie milliseconds apart. */
export const showClock = (date: Date, zone: string): string => inZone(date, zone, "HH:mm:ss.SSS");

/** "21 Nov 2026, 14:02:20.660 Berlin", for the head of a page. */
export const showMoment = (date: Date, zone: string): string =>
  `${inZone(date, zone, "d MMM yyyy, HH:mm:ss.SSS")} ${zoneName(zone)}`;

/** "21 Nov 2026, 14:02 Berlin", for paper and for people outside. */
export const showMinute = (date: Date, zone: string): string =>
  `${inZone(date, zone, "d MMM yyyy, HH:mm")} ${zoneName(zone)}`;

/** "3 ms", "1.204 s", "51 s", "2 min 5 s", "23 h 12 min", "3 d 4 h". */
export function showDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 30_000) return `${(milliseconds / 1_000).toFixed(3)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** A length without fractions of a second: "2 s", "5 min 12 s". */
export const showAge = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  return seconds < 30 ? `${seconds} s` : showDuration(seconds * 1_000);
};

/** A local day as it stands in an address: `2026-11-21`. */
export const dayOf = (date: Date, zone: string): string => inZone(date, zone, "yyyy-MM-dd");

/** The first moment of a local day; `null` for anything that is no day. Days have 23 to 25 hours. */
export function startOfLocalDay(day: string, zone: string): Date | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return null;
  const [year, month, date] = match.slice(1).map(Number) as [number, number, number];
  const local = new TZDate(year, month - 1, date, zone);
  return isValid(local) && dayOf(local, zone) === day ? new Date(local.getTime()) : null;
}

/** Half open: from the first moment up to, but not with, the last. Without limits: everything. */
export type Range = Readonly<{
  label: string;
  /** "15 – 21 Nov, Berlin". */
  detail: string;
  fromDay: string | undefined;
  toDay: string | undefined;
  from: Date | undefined;
  to: Date | undefined;
}>;

type Preset = Readonly<{ label: string; fromDay: string | undefined; toDay: string | undefined }>;

/** The ranges a person picks from, as local days in the merchant's zone; weeks begin on Monday. */
export function rangePresets(now: Date, zone: string): Preset[] {
  const options = { in: tz(zone), weekStartsOn: 1 } as const;
  const today = startOfDay(now, options);
  const preset = (label: string, from: Date, to: Date): Preset => ({
    label,
    fromDay: dayOf(from, zone),
    toDay: dayOf(to, zone),
  });
  const tomorrow = addDays(today, 1, options);
  const last = (days: number) => preset(`Last ${days} days`, addDays(tomorrow, -days, options), tomorrow);
  const [week, month] = [startOfWeek(now, options), startOfMonth(now, options)];
  const [quarter, year] = [startOfQuarter(now, options), startOfYear(now, options)];
  return [
    preset("Today", today, tomorrow),
    preset("Yesterday", addDays(today, -1, options), today),
    last(7),
    last(28),
    last(90),
    preset("This week", week, addWeeks(week, 1, options)),
    preset("Last week", addWeeks(week, -1, options), week),
    preset("This month", month, addMonths(month, 1, options)),
    preset("Last month", addMonths(month, -1, options), month),
    preset("This quarter", quarter, addQuarters(quarter, 1, options)),
    preset("Last quarter", addQuarters(quarter, -1, options), quarter),
    preset("This year", year, addYears(year, 1, options)),
    preset("Last year", addYears(year, -1, options), year),
    { label: "Everything", fromDay: undefined, toDay: undefined },
  ];
}

/** "15 – 21 Nov", "25 Oct – 21 Nov", "30 Dec 2026 – 5 Jan 2027"; the last day is the one before the limit. */
function showDays(from: Date | undefined, to: Date | undefined, zone: string): string {
  const last = to && new Date(to.getTime() - 1);
  if (!from && !last) return "";
  if (!from) return `until ${last ? inZone(last, zone, "d MMM yyyy") : ""}`;
  if (!last) return `from ${inZone(from, zone, "d MMM yyyy")}`;
  if (dayOf(from, zone) === dayOf(last, zone)) return inZone(from, zone, "d MMM");
  const isOneMonth = inZone(from, zone, "MMM yyyy") === inZone(last, zone, "MMM yyyy");
  const isOneYear = inZone(from, zone, "yyyy") === inZone(last, zone, "yyyy");
  const head = inZone(from, zone, isOneMonth ? "d" : isOneYear ? "d MMM" : "d MMM yyyy");
  return `${head} – ${inZone(last, zone, isOneYear ? "d MMM" : "d MMM yyyy")}`;
}

type Limits = Readonly<{ fromDay: string | undefined; toDay: string | undefined }>;

/** The range that two days of an address name; days that are none, or in the wrong order, do not limit. */
export function readRange({ fromDay, toDay }: Limits, zone: string, now: Date): Range {
  const from = fromDay === undefined ? null : startOfLocalDay(fromDay, zone);
  const to = toDay === undefined ? null : startOfLocalDay(toDay, zone);
  const isBackwards = from !== null && to !== null && from >= to;
  const limits = {
    from: from ?? undefined,
    to: isBackwards ? undefined : (to ?? undefined),
    fromDay: from ? fromDay : undefined,
    toDay: to && !isBackwards ? toDay : undefined,
  };
  const preset = rangePresets(now, zone).find(
    (each) => each.fromDay === limits.fromDay && each.toDay === limits.toDay,
  );
  const days = showDays(limits.from, limits.to, zone);
  return {
    ...limits,
    label: preset?.label ?? "Days",
    detail: days ? `${days}, ${zoneName(zone)}` : zoneName(zone),
  };
}
