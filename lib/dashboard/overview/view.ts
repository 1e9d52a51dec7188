import type { FirstPayment, ReceiptRow } from "../receipts/view";

type Tone = "good" | "waiting" | "attention" | "failed" | "neutral";

export type TileView = Readonly<{
  label: string;
  figure: string;
  second?: string;
  before?: string;
  change?: string;
  href: string;
}>;

/** One of the six colours of the charts, or the one for all the rest. */
export type Colour = 1 | 2 | 3 | 4 | 5 | 6 | "other";

export type Series = Readonly<{ name: string; colour: Colour; total: string }>;

export type Bucket = Readonly<{
  key: string;
  /** "21 Nov" below the axis, "Saturday, 21 Nov 2026" where there is room. */
  label: string;
  full: string;
  /** Shares of the axis, one per series: for drawing only. */
  heights: readonly number[];
  /** The exact amounts, one per series, and their sum. */
  amounts: readonly string[];
  total: string;
  isRunning: boolean;
  /** The list that makes it up. */
  href: string;
}>;

export type RevenueView = Readonly<{
  title: string;
  unit: string;
  currencies: readonly { label: string; href: string; isCurrent: boolean }[];
  /** Bottom to top. */
  series: readonly Series[];
  buckets: readonly Bucket[];
  ticks: readonly { share: number; label: string }[];
  note: string;
  total: string;
  isEmpty: boolean;
  days: string;
}>;

export type AttentionLine = Readonly<{
  key: string;
  tone: Tone;
  word: string;
  what: string;
  detail: string;
  standing: string;
  action: { label: string; href: string };
}>;

export type ChecklistStep = Readonly<{ label: string; help: string; isDone: boolean; href: string | null }>;

export type ChecklistView = Readonly<{
  merchant: string;
  steps: readonly ChecklistStep[];
  done: number;
  /** Shown once everything it needs is there. */
  payment: FirstPayment | null;
}>;

export type OverviewView = Readonly<{
  mode: "test" | "live";
  range: {
    label: string;
    detail: string;
    presets: readonly { label: string; href: string; isCurrent: boolean }[];
    own: {
      action: string;
      from: string;
      to: string;
      keep: readonly (readonly [name: string, value: string])[];
    };
  };
  attention: { lines: readonly AttentionLine[]; total: number };
  checklist: ChecklistView | null;
  tiles: readonly TileView[];
  revenue: RevenueView;
  /** What to do about a chart without data; `null` where the checklist says it already. */
  payment: FirstPayment | null;
  latest: { rows: readonly ReceiptRow[]; places: 0 | 2 | 4 | 6 | 8; href: string; newHref: string };
  newMerchantHref: string | null;
}>;

/** Where the browser keeps that the checklist was put away, and that a receipt was looked at. */
export const checklistCookie = (merchant: string): string => `farebox_checklist_${merchant}`;
export const seenCookie = "farebox_receipt_seen";
