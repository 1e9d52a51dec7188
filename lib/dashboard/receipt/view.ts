import type { PaymentActsView } from "../payment/view";
import type { Figure } from "../shell/figures";

type Tone = "good" | "waiting" | "attention" | "failed" | "neutral";
type Shape = "check" | "clock" | "alert" | "cross" | "back" | "minus" | "pause" | "dot";
export type Word = Readonly<{ tone: Tone; shape: Shape; label: string }>;

export type Step = Readonly<{
  at: string;
  clock: string;
  full: string;
  title: string;
  detail?: string;
  tone?: Tone;
  shape?: Shape;
  mark?: "repeated" | "lost";
  duration?: string;
  bar?: { start: number; width: number };
}>;

export type Fact = Readonly<{
  label: string;
  /** "—" when not applicable. */
  value: string;
  /** An identifier is monospaced, shortened in the middle and can be copied. */
  isId?: boolean;
  href?: string;
  note?: string;
}>;

export type BreakdownRow = Readonly<{ label: string; note: string; amount: Figure; isTotal?: boolean }>;

export type RefundRow = Readonly<{
  id: string;
  at: Readonly<{ at: string; text: string; full: string }>;
  amount: Figure;
  word: Word;
  reason: string;
  by: string;
  /** In the network's words. */
  failure: string | null;
  canRetry: boolean;
  /** Nothing is sent until somebody says where to. */
  wait: RefundWait | null;
}>;

/** A refund that waits for a destination. */
export type RefundWait = Readonly<{
  /** What the rail asks for: "A Lightning address, or …". */
  asks: string;
  /** May the reader say it? */
  canGive: boolean;
}>;

/** The address under which the payer reads the receipt; `null` where there is nothing to show or to do. */
export type PublicAddress = Readonly<{
  receiptId: string;
  merchant: string;
  /** Since when it stands; `null`: there is none. */
  since: Readonly<{ at: string; text: string; full: string }> | null;
  canChange: boolean;
  /** A refund of it waits for a destination, which the payer can give there. */
  takesDestination: boolean;
}>;

export type PostingRow = Readonly<{ key: string; reason: string; account: string; amount: Figure }>;

/** What the refund dialog needs; absent where there is no way back or no permission. */
export type RefundOffer = Readonly<{
  merchant: string;
  receiptId: string;
  /** Names this one refund: sent twice, it is still one. */
  key: string;
  /** All that is left, as a plain decimal, with its currency. */
  left: string;
  currency: { code: string; exponent: number };
  canPart: boolean;
  payer: string | null;
  isUndelivered: boolean;
  /** What must be known before anything is sent, on rails that know no way back. */
  asks: string | null;
}>;

export type UndeliveredBand = Readonly<{
  tone: "attention" | "waiting";
  title: string;
  happened: string;
  /** What the payer was told, and what is still true. */
  standing: string;
  /** Until when, and for how long from now; `null` once it is over. */
  until: { text: string; left: string } | null;
  afterwards: string;
  remedy: "deliver" | "keep" | "decide" | "refund";
  canChoose: boolean;
  whyNoRefund: string | null;
}>;

export type ReceiptView = Readonly<{
  id: string;
  merchant: string;
  title: string;
  note: string | null;
  status: Word;
  delivery: Word;
  at: Readonly<{ at: string; text: string; full: string }>;
  /** Something on the page is not over yet: it is being served, or money is on its way back. */
  isMoving: boolean;
  refund: RefundOffer | null;
  /** What can be done about what a shop's payment still holds. */
  payment?: PaymentActsView | null;
  band: UndeliveredBand | null;
  timeline: readonly Step[];
  timelineNote: string;
  breakdown: readonly BreakdownRow[];
  places: 0 | 2 | 4 | 6 | 8;
  facts: readonly Fact[];
  refunds: readonly RefundRow[];
  canRetryRefunds: boolean;
  publicAddress: PublicAddress | null;
  /** One file for the answer to a dispute; `null` where nothing was disputed. */
  evidenceHref: string | null;
  postings: readonly PostingRow[];
  /** The call that fetches it, and the JSON that the call is answered with. */
  programs: { curl: string; json: string; jsonHref: string };
}>;

const refundWords: Readonly<Record<string, Word>> = {
  requested: { tone: "waiting", shape: "clock", label: "Requested" },
  submitted: { tone: "waiting", shape: "clock", label: "Submitted" },
  settled: { tone: "neutral", shape: "check", label: "Settled" },
  failed: { tone: "failed", shape: "cross", label: "Failed" },
};

export const refundWord = (status: string): Word =>
  refundWords[status] ?? { tone: "neutral", shape: "dot", label: status };

type Waiting = Readonly<{ status: string; destination: string | null }>;

/** What a refund waits for that was asked for without saying where to. */
export const waitOf = ({ status, destination }: Waiting, asks: string | undefined): string | null =>
  asks !== undefined && status === "requested" && destination === null ? asks : null;

export const refundReasons = [
  { value: "requested", label: "The payer asked for it" },
  { value: "undelivered", label: "Paid, not served" },
  { value: "duplicate", label: "Paid twice" },
  { value: "fraud", label: "Fraud" },
  { value: "other", label: "Something else" },
] as const;

/** "member:mb_01…" as people call them. */
export function actorName(actor: string): string {
  if (actor === "payer") return "the payer";
  if (actor === "system") return "Farebox";
  if (actor === "bootstrap") return "the bootstrap key";
  return actor.startsWith("key:") ? "an API key" : "a member";
}
