import type { TimeCondition, Window } from "./schema";
import { dayNames } from "./schema";

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    ...{
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    },
  });
  formatters.set(timeZone, made);
  return made;
}

/** What a clock on the wall shows, as if the wall stood in UTC. */
function wallTime(timeZone: string, at: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const offsetAt = (timeZone: string, at: number): number =>
  wallTime(timeZone, at) - Math.floor(at / 1_000) * 1_000;

/**
 * The instant a wall clock shows a time: the first one when it shows it twice, and where it never does because the
 * clock was put forward, as long after midnight as it would have been.
 */
function instantOf(timeZone: string, wall: number): number {
  const offsets = [offsetAt(timeZone, wall - dayMs), offsetAt(timeZone, wall + dayMs)];
  const fitting = offsets.map((offset) => wall - offset).filter((at) => wallTime(timeZone, at) === wall);
  return fitting.length > 0 ? Math.min(...fitting) : wall - (offsets[0] ?? 0);
}

const mod = (value: number, by: number): number => ((value % by) + by) % by;
const startOfDay = (wall: number): number => wall - mod(wall, dayMs);
const mondayFirst = (wall: number): number => mod(new Date(wall).getUTCDay() - 1, 7);

/** First and next midnight on the wall of a day, week or month. */
function wallSpan(wall: number, window: "day" | "week" | "month"): [number, number] {
  const today = startOfDay(wall);
  if (window === "day") return [today, today + dayMs];
  if (window === "week") {
    const monday = today - mondayFirst(today) * dayMs;
    return [monday, monday + 7 * dayMs];
  }
  const date = new Date(today);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)];
}

/**
 * The window that an instant is in. Days, weeks and months are those of the merchant's calendar; hours and minutes are
 * those of UTC, which no clock change cuts in two; `ever` begins with time and does not end.
 */
export function windowAt(
  window: Window,
  at: Date,
  timeZone: string,
): { startsAt: Date; endsAt: Date | null } {
  const now = at.getTime();
  const from = (start: number, end: number) => ({ startsAt: new Date(start), endsAt: new Date(end) });
  if (window === "ever") return { startsAt: new Date(0), endsAt: null };
  if (window === "minute" || window === "hour") {
    const length = window === "minute" ? minuteMs : hourMs;
    return from(now - mod(now, length), now - mod(now, length) + length);
  }
  const [start, end] = wallSpan(wallTime(timeZone, now), window);
  return from(instantOf(timeZone, start), instantOf(timeZone, end));
}

/** The instant of `2026-12-01`, `2026-12-01T09:00` (both on the wall) or a time with an offset. */
function momentOf(text: string, timeZone: string, isEnd: boolean): number {
  if (/(?:Z|[+-]\d{2}:\d{2})$/.test(text) && text.includes("T")) return Date.parse(text);
  if (text.includes("T")) return instantOf(timeZone, Date.parse(`${text}Z`));
  return instantOf(timeZone, Date.parse(`${text}T00:00Z`) + (isEnd ? dayMs : 0));
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

function isInHours(minute: number, { from, to }: { from: string; to: string }): boolean {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  return start < end ? minute >= start && minute < end : minute >= start || minute < end;
}

/** Does a time rule hold, and what the merchant's clock shows. A `to` that is a day includes that day. */
export function timeHolds(
  { from, to, days, hours }: TimeCondition,
  at: Date,
  timeZone: string,
): { holds: boolean; words: string } {
  const wall = wallTime(timeZone, at.getTime());
  const today = dayNames[mondayFirst(wall)] ?? "mon";
  const shown = `${new Date(wall).toISOString().slice(0, 16).replace("T", " ")} in ${timeZone}`;
  const no = (why: string) => ({ holds: false, words: `It is ${shown}: ${why}` });
  if (from !== undefined && at.getTime() < momentOf(from, timeZone, false)) return no(`before ${from}.`);
  if (to !== undefined && at.getTime() >= momentOf(to, timeZone, true)) return no(`after ${to}.`);
  if (days && !days.includes(today)) return no(`not on ${days.join(", ")}.`);
  if (hours && !isInHours(mod(wall, dayMs) / minuteMs, hours)) {
    return no(`not between ${hours.from} and ${hours.to}.`);
  }
  return { holds: true, words: `It is ${shown}.` };
}
