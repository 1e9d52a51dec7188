import type { ShownTime } from "../shell/times";

/** What receipts name as the service of a payment at a link for an amount. */
export const linkService = "checkout:links";

type Tone = "good" | "waiting" | "attention" | "neutral";
type Word = Readonly<{ tone: Tone; shape: "check" | "clock" | "minus" | "pause"; label: string }>;

export type LinkState = "open" | "ended" | "expired" | "used-up";

const words: Readonly<Record<LinkState, Word>> = {
  open: { tone: "good", shape: "check", label: "Open" },
  "used-up": { tone: "neutral", shape: "check", label: "Used up" },
  expired: { tone: "neutral", shape: "clock", label: "Expired" },
  ended: { tone: "neutral", shape: "minus", label: "Ended" },
};
export const linkWord = (state: LinkState): Word => words[state];

type Used = Readonly<{ usesMax: number | null; uses: Readonly<{ paid: number; held: number }> }>;

/** "2 of 5", "3"; who is just paying is said beside it. */
export function sayUses({ usesMax, uses: { paid, held } }: Used): { text: string; note: string | null } {
  const text = usesMax === null ? paid.toLocaleString("en") : `${paid} of ${usesMax}`;
  return { text, note: held > 0 ? `${held} being paid` : null };
}

/** A payment link as its row shows it. */
export type LinkRow = Readonly<{
  id: string;
  href: string;
  at: ShownTime;
  title: string;
  /** The amount, or the path of what is sold. */
  amount: string | null;
  target: string | null;
  word: Word;
  uses: Readonly<{ text: string; note: string | null }>;
  expires: ShownTime | null;
  address: string;
}>;

/** What a new link can be for. */
export type LinkForm = Readonly<{
  merchant: string;
  mode: "test" | "live";
  currency: string;
  key: string;
  endpoints: readonly Readonly<{ service: string; title: string; path: string }>[];
}>;

export type LinkListView = Readonly<{
  rows: readonly LinkRow[];
  firstHref: string | null;
  olderHref: string | null;
  /** `null`: this member may not make links. */
  form: LinkForm | null;
}>;

export type LinkPayment = Readonly<{ id: string; href: string; at: ShownTime | null }>;

export type LinkDetailView = LinkRow &
  Readonly<{
    merchant: string;
    qr: Readonly<{ size: number; path: string }>;
    facts: readonly Readonly<{ label: string; value: string }>[];
    payments: readonly LinkPayment[];
    hasMore: boolean;
    mayEnd: boolean;
  }>;

/** How long a link may stand, as its form offers it. */
export const lifetimes = [
  { days: "1", label: "1 day" },
  { days: "7", label: "7 days" },
  { days: "30", label: "30 days" },
  { days: "90", label: "90 days" },
  { days: "", label: "Until it is ended" },
] as const;
