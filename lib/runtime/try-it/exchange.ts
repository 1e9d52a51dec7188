/** Who takes part in a paid request. */
export type Party = "payer" | "gateway" | "rail" | "upstream";

/** An encoded part of a message, opened. */
export type Opened = Readonly<{ title: string; text: string }>;

export type Posting = Readonly<{
  key: string;
  reason: string;
  account: string;
  amount: string;
  currency: string;
}>;

/** One message between two parties, or something that one of them did by itself (`from` and `to` are the same). */
export type Step = Readonly<{
  at: string;
  /** Milliseconds since the exchange began. */
  afterMs: number;
  from: Party;
  to: Party;
  title: string;
  detail?: string;
  tone?: "good" | "attention" | "failed";
  /** The message as it is written on the wire. */
  raw?: string;
  opened?: readonly Opened[];
  postings?: readonly Posting[];
}>;

/** One thing that a case promises, and what came of it. */
export type Check = Readonly<{ expected: string; came: string; isMet: boolean }>;

export type Verdict = Readonly<{
  checks: readonly Check[];
  /** Why the case could not be played to its end; `null` when it could. */
  note: string | null;
  receipt: string | null;
  charge: string | null;
}>;

/** What the console is told, in order; the verdict is the last. */
export type TryItEvent = Readonly<
  ({ type: "step" } & Step) | ({ type: "verdict" } & Verdict) | { type: "fault"; detail: string }
>;

export type Emit = (event: TryItEvent) => void;
