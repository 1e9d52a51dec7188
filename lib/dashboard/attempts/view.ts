import type { Money } from "@/lib/money";
import type { PaymentActsView } from "../payment/view";
import type { Fact, Step } from "../receipt/view";
import { splitEndpoint } from "../receipts/view";
import { type Figure, figureOf } from "../shell/figures";
import { type ShownTime, showTime } from "../shell/times";

type Tone = "good" | "waiting" | "attention" | "failed" | "neutral";
type Shape = "check" | "clock" | "alert" | "cross" | "back" | "minus" | "pause" | "dot";
type Word = Readonly<{ tone: Tone; shape: Shape; label: string }>;

/** What a row needs to know of a payment that has no receipt. */
export type AttemptFacts = Readonly<{
  id: string;
  createdAt: Date;
  state: string;
  effect: Readonly<{ state: string; reason: string | null; attempts: number }>;
  requested: Money;
  endpoint: string;
  service: string;
  rail: string;
}>;

export type AttemptRow = Readonly<{
  id: string;
  href: string;
  at: ShownTime;
  amount: Figure;
  word: Word;
  doing: string;
  method: string;
  path: string;
  service: string;
  rail: string;
}>;

const unknown: Word = { tone: "waiting", shape: "clock", label: "Unknown" };
const words: Readonly<Record<string, Word>> = {
  created: { tone: "waiting", shape: "clock", label: "In flight" },
  requires_action: { tone: "waiting", shape: "clock", label: "Waiting for the payer" },
  pending: { tone: "waiting", shape: "clock", label: "Waiting for the network" },
  authorized: { tone: "waiting", shape: "clock", label: "Held" },
  captured: { tone: "neutral", shape: "check", label: "Settled" },
  denied: { tone: "neutral", shape: "cross", label: "Declined" },
  voided: { tone: "neutral", shape: "back", label: "Void" },
  expired: { tone: "neutral", shape: "minus", label: "Expired" },
};

type State = Pick<AttemptFacts, "state" | "effect">;

const released: Word = { tone: "waiting", shape: "pause", label: "Waiting for a retry" };
/** The rail could not be reached before any money moved, so the claim was let go. */
const isReleased = ({ state, effect }: State): boolean =>
  state === "created" && effect.state === "requested" && effect.reason !== null;

export const attemptWord = ({ state, effect }: State): Word =>
  isReleased({ state, effect })
    ? released
    : effect.state === "unknown"
      ? unknown
      : (words[state] ?? { tone: "neutral", shape: "dot", label: state });

/** What is being done about it, or why nothing is. */
export function attemptDoing({ state, effect }: State): string {
  if (effect.state === "unknown")
    return "The network's answer was lost. Farebox keeps asking; the payer is told not to pay again.";
  switch (state) {
    case "created":
      return isReleased({ state, effect })
        ? "The rail could not be reached. The same credential works again."
        : "Being worked on right now.";
    case "denied":
      return effect.reason
        ? `The network said: ${effect.reason}`
        : "The network did not accept it. No money moved.";
    case "voided":
      return "The money was let go again.";
    case "expired":
      return "It was not completed in time. No money moved.";
    default:
      return "It goes on by itself.";
  }
}

export type AroundAttempts = Readonly<{
  zone: string;
  now: Date;
  href(id: string): string;
  serviceTitle(slug: string): string;
  railTitle(slug: string): string;
}>;

export const drawAttempt = (charge: AttemptFacts, around: AroundAttempts): AttemptRow => ({
  id: charge.id,
  href: around.href(charge.id),
  at: showTime(charge.createdAt, around.zone, around.now),
  amount: figureOf(charge.requested),
  word: attemptWord(charge),
  doing: attemptDoing(charge),
  ...splitEndpoint(charge.endpoint),
  service: around.serviceTitle(charge.service),
  rail: around.railTitle(charge.rail),
});

export type AttemptListView = Readonly<{
  rows: readonly AttemptRow[];
  places: 0 | 2 | 4 | 6 | 8;
  newerHref: string | null;
  olderHref: string | null;
}>;

export type AttemptView = Readonly<{
  id: string;
  title: string;
  word: Word;
  doing: string;
  at: ShownTime;
  /** What can be done about a shop's payment. */
  payment: PaymentActsView | null;
  timeline: readonly Step[];
  facts: readonly Fact[];
}>;
