import type { Money } from "@/lib/money";
import { counted, namedMoney, showMoney } from "../shell/figures";
import { showAge, showDuration } from "../shell/times";
import type { AttentionLine } from "./view";

type Undelivered = Readonly<{
  id: string;
  amount: Money;
  endpoint: string;
  service: string;
  rail: string;
  upstreamStatus: number | null;
  deliveryAttempts: number;
  redeemableUntil: Date | null;
  remedy: string;
}>;
type Unknown = Readonly<{
  id: string;
  requested: Money;
  endpoint: string;
  service: string;
  rail: string;
  createdAt: Date;
}>;
type FailedRefund = Readonly<{
  id: string;
  receiptId: string;
  amount: Money;
  rail: string;
  failure: string | null;
  createdAt: Date;
}>;

type Mismatch = Readonly<{
  id: string;
  difference: Money;
  rail: string;
  railHref: string;
  sentence: string;
  foundAt: Date;
}>;

/** A channel whose remainder is on its way back, or could not be sent. */
type Stuck = Readonly<{
  id: string;
  status: string;
  remaining: Money;
  service: string;
  rail: string;
  failure: string | null;
  closingAt: Date | null;
}>;

export type AttentionFacts = Readonly<{
  undelivered: { count: number; first: readonly Undelivered[] };
  unknown: { count: number; first: readonly Unknown[] };
  failedRefunds: { count: number; first: readonly FailedRefund[] };
  mismatches: { count: number; first: readonly Mismatch[] };
  channels: { count: number; first: readonly Stuck[] };
  now: Date;
  href(path: string, parameters?: Readonly<Record<string, string>>): string;
}>;

const age = (since: Date, now: Date): string => `${showAge(now.getTime() - since.getTime())} ago`;

function answerOf({ deliveryAttempts, upstreamStatus }: Undelivered): string {
  if (deliveryAttempts === 0) return "the upstream has not been asked yet";
  return upstreamStatus === null ? "the upstream did not answer" : `upstream answered ${upstreamStatus}`;
}

function undeliveredLine(charge: Undelivered, { now, href }: AttentionFacts): AttentionLine {
  const { redeemableUntil, remedy } = charge;
  const left = redeemableUntil ? redeemableUntil.getTime() - now.getTime() : 0;
  return {
    key: charge.id,
    tone: "attention",
    word: "Undelivered",
    what: `${showMoney(charge.amount)} paid for ${charge.endpoint}`,
    detail: `${charge.service} · ${charge.rail} · ${answerOf(charge)}`,
    standing:
      left > 0
        ? `redeemable for ${showDuration(left)}`
        : remedy === "keep"
          ? "kept, with a reason"
          : "not redeemable any more",
    action: { label: "Resolve", href: href(`receipts/${charge.id}`) },
  };
}

const unknownLine = (charge: Unknown, { now, href }: AttentionFacts): AttentionLine => ({
  key: charge.id,
  tone: "waiting",
  word: "Unknown",
  what: `${showMoney(charge.requested)} for ${charge.endpoint}`,
  detail: `${charge.service} · ${charge.rail} · the network has not said; Farebox keeps asking`,
  standing: age(charge.createdAt, now),
  action: { label: "Look at it", href: href(`receipts/attempts/${charge.id}`) },
});

const failedLine = (refund: FailedRefund, { now, href }: AttentionFacts): AttentionLine => ({
  key: refund.id,
  tone: "failed",
  word: "Refund failed",
  what: `${showMoney(refund.amount)} did not go back`,
  detail: `${refund.rail} · ${refund.failure ?? "the network gave no reason"}`,
  standing: age(refund.createdAt, now),
  action: { label: "Resolve", href: `${href(`receipts/${refund.receiptId}`)}#refunds` },
});

const mismatchLine = (mismatch: Mismatch, { now }: AttentionFacts): AttentionLine => ({
  key: mismatch.id,
  tone: "attention",
  word: "In suspense",
  what: `${namedMoney(mismatch.difference)} between the ledger and ${mismatch.rail}`,
  detail: mismatch.sentence,
  standing: age(mismatch.foundAt, now),
  action: { label: "Explain", href: `${mismatch.railHref}#reconciliation` },
});

function channelLine(channel: Stuck, { now, href }: AttentionFacts): AttentionLine {
  const { id, status, remaining, service, rail, failure, closingAt } = channel;
  const isOwed = status === "closed";
  return {
    key: id,
    tone: isOwed ? "failed" : "waiting",
    word: isOwed ? "Owed" : "Closing",
    what: isOwed
      ? `${namedMoney(remaining)} of a channel could not be sent back`
      : `${namedMoney(remaining)} of a channel is going back`,
    detail: `${service} · ${rail} · ${failure?.replaceAll("-", " ") ?? (isOwed ? "the network gave no reason" : "being sent")}`,
    standing: closingAt ? age(closingAt, now) : "",
    action: { label: isOwed ? "Resolve" : "Look at it", href: href(`channels/${encodeURIComponent(id)}`) },
  };
}

/** What needs somebody, most urgent first: at most a few of each kind, and how many more there are. */
export function drawAttention(facts: AttentionFacts): { lines: AttentionLine[]; total: number } {
  const { undelivered, unknown, failedRefunds, mismatches, channels, href } = facts;
  const more = undelivered.count - undelivered.first.length;
  const rest: AttentionLine = {
    key: "more-undelivered",
    tone: "attention",
    word: "Undelivered",
    what: `${counted(more, "further payment")} not served`,
    detail: "Paid, and still redeemable or waiting for you",
    standing: "",
    action: { label: "Show all", href: href("receipts", { delivery: "undelivered" }) },
  };
  return {
    total: undelivered.count + unknown.count + channels.count + failedRefunds.count + mismatches.count,
    lines: [
      ...undelivered.first.map((each) => undeliveredLine(each, facts)),
      ...(more > 0 ? [rest] : []),
      ...unknown.first.map((each) => unknownLine(each, facts)),
      ...channels.first.map((each) => channelLine(each, facts)),
      ...failedRefunds.first.map((each) => failedLine(each, facts)),
      ...mismatches.first.map((each) => mismatchLine(each, facts)),
    ],
  };
}

type Progress = Readonly<{
  rails: number;
  services: number;
  priced: number;
  hasTestPayment: boolean;
  hasSeenReceipt: boolean;
  href(path: string, parameters?: Readonly<Record<string, string>>): string | null;
}>;

/** What is left to do until the first payment has been seen; each step notices by itself that it is done. */
export function drawSteps({ rails, services, priced, hasTestPayment, hasSeenReceipt, href }: Progress) {
  return [
    {
      label: "Connect a rail",
      help: "A way to be paid. The demo rail takes test money.",
      isDone: rails > 0,
      href: href("rails"),
    },
    { label: "Add a service", help: "The API that is sold.", isDone: services > 0, href: href("services") },
    {
      label: "Price an endpoint",
      help: "From then on it answers 402 until it is paid.",
      isDone: priced > 0,
      href: href("services"),
    },
    {
      label: "Make a test payment",
      help: "One command, with test money.",
      isDone: hasTestPayment,
      href: null,
    },
    {
      label: "See the receipt",
      help: "With its timeline, to the millisecond.",
      isDone: hasSeenReceipt && hasTestPayment,
      href: hasTestPayment ? href("receipts", { mode: "test" }) : null,
    },
  ];
}
