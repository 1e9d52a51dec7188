import { showBytes } from "../shell/figures";
import { dayOf, showClock, showDuration, showTime } from "../shell/times";
import type { Step } from "./view";

export type TimelineEvent = Readonly<{
  at: Date;
  type: string;
  detail: Readonly<Record<string, unknown>>;
  durationMs: number | null;
}>;

type Look = Pick<Step, "title" | "tone" | "shape" | "mark">;

/** Every step that the gateway and the processor write, in the words of the page. */
const looks: Readonly<Record<string, Look>> = {
  request: { title: "Request" },
  requested: { title: "Request" },
  challenge: { title: "402 answered", shape: "check" },
  credential: { title: "Credential received" },
  "credential.received": { title: "Credential received" },
  claimed: { title: "Claimed" },
  "rail.asked": { title: "Rail asked" },
  settled: { title: "Settled", tone: "good", shape: "check" },
  declined: { title: "Declined", tone: "failed", shape: "cross" },
  "rail.unavailable": { title: "Rail not reachable", tone: "attention", shape: "alert" },
  "rail.unknown": { title: "The rail's answer was lost", tone: "attention", shape: "alert" },
  resolved: { title: "The rail was asked again", shape: "check" },
  redeemed: { title: "Retried by payer", mark: "repeated" },
  upstream: { title: "Upstream" },
  delivered: { title: "Delivered", shape: "check" },
  undelivered: { title: "Undelivered", tone: "attention", shape: "alert" },
  "cut-short": { title: "Answer cut short", tone: "attention", shape: "alert" },
  interrupted: {
    title: "Interrupted by a stop of the server",
    tone: "attention",
    shape: "alert",
    mark: "lost",
  },
  "deadline-passed": { title: "Time to redeem ended", tone: "attention", shape: "clock" },
  remedy: { title: "Remedy chosen" },
  expired: { title: "Expired", tone: "attention", shape: "clock" },
  "refund.requested": { title: "Refund requested", tone: "waiting", shape: "clock" },
  "refund.submitted": { title: "Refund submitted", tone: "waiting", shape: "clock" },
  "refund.settled": { title: "Refund settled", shape: "back" },
  "refund.failed": { title: "Refund failed", tone: "failed", shape: "cross" },
};

const inWords = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replace(/[-._]/g, " ");

const phrases: readonly (readonly [name: string, say: (value: string | number) => string])[] = [
  ["verb", String],
  ["method", String],
  ["attempt", (value) => `attempt ${value}`],
  ["bodyBytes", (value) => (Number(value) > 0 ? `${showBytes(Number(value))} body` : "")],
  ["status", (value) => `answered ${value}`],
  ["bytes", (value) => (Number(value) > 0 ? showBytes(Number(value)) : "")],
  ["by", (value) => `by the ${value}`],
  ["remedy", (value) => inWords(String(value))],
  ["reason", (value) => String(value).replaceAll("-", " ")],
];

const isPlain = (value: unknown): value is string | number =>
  (typeof value === "string" && value !== "") || typeof value === "number";

/** What a step says beside its name; facts that have no words here are in the JSON. */
export const sayDetail = (detail: TimelineEvent["detail"]): string =>
  phrases
    .map(([name, say]) => (isPlain(detail[name]) ? say(detail[name]) : ""))
    .filter(Boolean)
    .join(" · ");

function lookOf({ type, detail }: TimelineEvent, attempt: number | null): Look {
  const look = looks[type] ?? { title: inWords(type) };
  if (type !== "upstream") return look;
  const status = detail.status;
  const isServed = typeof status === "number" && status < 400;
  const title = attempt === null ? "Upstream" : `Upstream, attempt ${attempt}`;
  return isServed ? { title, shape: "check" } : { title, tone: "failed", shape: "cross" };
}

const ends = ["delivered", "undelivered", "cut-short", "declined", "expired"];

/** The first conversation, whose steps share one scale; what follows hours later would squash them. */
function scaleOf(events: readonly TimelineEvent[]): { from: number; span: number; length: number } {
  const end = events.findIndex(({ type }) => ends.includes(type));
  const first = end === -1 ? events : events.slice(0, end + 1);
  const from = Math.min(...first.map(({ at }) => at.getTime()));
  const to = Math.max(...first.map(({ at, durationMs }) => at.getTime() + (durationMs ?? 0)));
  return { from, span: to - from, length: first.length };
}

/** The steps of a charge with their time, their length and their place on one common scale. */
export function drawTimeline(events: readonly TimelineEvent[], zone: string): Step[] {
  const firstDay = events[0] && dayOf(events[0].at, zone);
  const { from, span, length } = scaleOf(events);
  const upstreams = events.filter(({ type }) => type === "upstream");
  return events.map((event, place) => {
    const { at, durationMs } = event;
    const shown = showTime(at, zone);
    const detail = sayDetail(event.detail);
    const share = (milliseconds: number) => (span === 0 ? 0 : milliseconds / span);
    const attempt = upstreams.length > 1 && event.type === "upstream" ? upstreams.indexOf(event) + 1 : null;
    return {
      at: shown.at,
      full: shown.full,
      clock: dayOf(at, zone) === firstDay ? showClock(at, zone) : shown.text,
      ...lookOf(event, attempt),
      ...(detail ? { detail } : {}),
      ...(durationMs === null ? {} : { duration: showDuration(durationMs) }),
      ...(place < length
        ? { bar: { start: share(at.getTime() - from), width: share(durationMs ?? 0) } }
        : {}),
    };
  });
}
