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
  priced: { title: "Price found by a rule" },
  challenge: { title: "402 answered", shape: "check" },
  credential: { title: "Credential received" },
  "credential.received": { title: "Credential received" },
  claimed: { title: "Claimed" },
  "rail.asked": { title: "Rail asked" },
  settled: { title: "Settled", tone: "good", shape: "check" },
  declined: { title: "Declined", tone: "failed", shape: "cross" },
  "rail.unavailable": { title: "Rail not reachable", tone: "attention", shape: "alert" },
  "rail.unknown": { title: "The rail's answer was lost", tone: "attention", shape: "alert" },
  resolved: { title: "Settled, as the rail said when asked again", tone: "good", shape: "check" },
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
  debited: { title: "Paid from the channel", tone: "good", shape: "check" },
  expired: { title: "Expired", tone: "attention", shape: "clock" },
  "refund.requested": { title: "Refund requested", tone: "waiting", shape: "clock" },
  "refund.directed": { title: "Refund given its destination" },
  "refund.submitted": { title: "Refund submitted", tone: "waiting", shape: "clock" },
  "refund.settled": { title: "Refund settled", shape: "back" },
  fee: { title: "Fee known" },
  "dispute.opened": { title: "Disputed by the payer's bank", tone: "attention", shape: "alert" },
  "dispute.updated": { title: "Dispute moved on", tone: "attention" },
  "dispute.closed": { title: "Dispute ended", shape: "check" },
  "refund.failed": { title: "Refund failed", tone: "failed", shape: "cross" },
};

const inWords = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replace(/[-._]/g, " ");

const remedies: Readonly<Record<string, string>> = {
  deliver: "deliver on retry",
  keep: "keep the payment",
  refund: "refund",
  decide: "put before you",
};

/** The gateway's and the processor's short names for what went wrong. */
const reasons: Readonly<Record<string, string>> = {
  status: "",
  redirect: "the upstream redirected",
  "not-reached": "the upstream was not reached",
  timeout: "the upstream took too long",
  broken: "the upstream broke off",
  "too-large": "the answer was too large",
  "payer-left": "the payer had left",
};

const sayReason = (reason: string): string =>
  reasons[reason.split(" ")[0] ?? ""] ?? reason.replaceAll("-", " ");

const phrases: readonly (readonly [name: string, say: (value: string | number) => string])[] = [
  ["verb", String],
  ["method", String],
  ["attempt", (value) => `attempt ${value}`],
  ["bodyBytes", (value) => (Number(value) > 0 ? `${showBytes(Number(value))} body` : "")],
  ["status", (value) => `answered ${value}`],
  ["bytes", (value) => (Number(value) > 0 ? showBytes(Number(value)) : "")],
  ["by", (value) => `by the ${value}`],
  ["remedy", (value) => remedies[String(value)] ?? String(value)],
  ["reason", (value) => sayReason(String(value))],
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
/** These are written when they begin; all others when they are over. */
const begins = ["upstream", "rail.asked"];
/** Their length is that of the whole conversation, which the scale shows already. */
const isWhole = ({ type }: TimelineEvent): boolean => ends.includes(type);

/** From when to when a step lasted, in milliseconds since 1970. */
function lastingOf(event: TimelineEvent): { from: number; to: number } {
  const at = event.at.getTime();
  const length = isWhole(event) ? 0 : (event.durationMs ?? 0);
  return begins.includes(event.type) ? { from: at, to: at + length } : { from: at - length, to: at };
}

/** The first conversation, whose steps share one scale; what follows hours later would squash them. */
function scaleOf(events: readonly TimelineEvent[]): { from: number; span: number; length: number } {
  const end = events.findIndex(isWhole);
  const first = (end === -1 ? events : events.slice(0, end + 1)).map(lastingOf);
  const from = Math.min(...first.map((lasting) => lasting.from));
  return { from, span: Math.max(...first.map(({ to }) => to)) - from, length: first.length };
}

const starts = ["settled", "redeemed"];
/** A payment that is resolved later waits for its payer: whoever sent it was told to come back. */
const stops = [...ends, "resolved", "interrupted", "deadline-passed", "remedy"];

/** Is the upstream being asked at this very moment? */
export function isBeingServed(events: readonly TimelineEvent[]): boolean {
  const last = events.findLast(({ type }) => starts.includes(type) || stops.includes(type));
  return last !== undefined && starts.includes(last.type);
}

/** The steps of a charge with their time, their length and their place on one common scale. */
export function drawTimeline(events: readonly TimelineEvent[], zone: string): Step[] {
  const firstDay = events[0] && dayOf(events[0].at, zone);
  const { from, span, length } = scaleOf(events);
  const upstreams = events.filter(({ type }) => type === "upstream");
  const share = (milliseconds: number) => (span === 0 ? 0 : milliseconds / span);
  return events.map((event, place) => {
    const { at, durationMs } = event;
    const shown = showTime(at, zone);
    const detail = sayDetail(event.detail);
    const lasting = lastingOf(event);
    const attempt = upstreams.length > 1 && event.type === "upstream" ? upstreams.indexOf(event) + 1 : null;
    return {
      at: shown.at,
      full: shown.full,
      clock: dayOf(at, zone) === firstDay ? showClock(at, zone) : shown.text,
      ...lookOf(event, attempt),
      ...(detail ? { detail } : {}),
      ...(durationMs === null || isWhole(event) ? {} : { duration: showDuration(durationMs) }),
      ...(place < length
        ? { bar: { start: share(lasting.from - from), width: share(lasting.to - lasting.from) } }
        : {}),
    };
  });
}
