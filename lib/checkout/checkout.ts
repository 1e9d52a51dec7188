import { type Store, units } from "@/lib/db";
import { Money, type Price } from "@/lib/money";
import type { Challenge } from "@/lib/protocol";

/**
 *  open ──► paying ──► delivered
 *   ▲ ▲        │ └───► owed ───► delivered, returned
 *   │ └────────┘       (paid and not served yet: asked for again)
 *   │ declined, expired
 *   └─ another way to pay, a new price
 *  paying ──► returned (the money is on its way back), late (it came when the price had expired)
 */
export type CheckoutState = "open" | "paying" | "owed" | "delivered" | "returned" | "late";

/** What is shown can be paid a little longer than its price holds; money that comes then is not lost sight of. */
export const graceMs = 90_000;

/** A way to pay that was offered, as it is written on its tab. */
export type Method = Readonly<{ method: string; title: string; amount: string; currency: string }>;

/** What the page shows to be paid elsewhere. */
export type Shown = Readonly<{
  kind: string;
  scheme?: string;
  text?: string;
  request?: Readonly<Record<string, unknown>>;
}>;

export type Attempt = Readonly<{
  id: string;
  checkoutId: string;
  method: string;
  rail: string;
  kind: "press" | "watch";
  challenge: Challenge;
  amount: Money;
  shown: Shown | null;
  /** The payment that was opened for it; `null` when its challenge is presented to the gateway. */
  paymentId: string | null;
  /** What was opened at the network for it, by the network's name, and sealed; `null` when nothing was. */
  reference: string | null;
  sealedOffer: string | null;
  /** When the network was last asked about that. */
  askedAt: Date | null;
  /** When it is withdrawn there, unless it was paid; `null` when it is over. */
  retireAt: Date | null;
  choice: string | null;
  sealedProof: string | null;
  /** A code; `null` while it may still be paid. */
  failure: string | null;
  expiresAt: Date;
}>;

export type Checkout = Readonly<{
  id: string;
  merchantId: string;
  mode: "test" | "live";
  target: string;
  headers: readonly (readonly [name: string, value: string])[];
  title: string;
  methods: readonly Method[];
  list: Price;
  state: CheckoutState;
  attemptId: string;
  chargeId: string | null;
  receiptId: string | null;
  tries: number;
  createdAt: Date;
  paidAt: Date | null;
  /** What was bought, while it is kept. */
  answer: Readonly<{ status: number; until: Date }> | null;
  /** The payment link it began at. */
  linkId: string | null;
  /** Does it count as one of the link's uses? */
  holdsUse: boolean;
}>;

type CheckoutRow = NonNullable<Awaited<ReturnType<Store["checkout"]["findUnique"]>>>;
type AttemptRow = NonNullable<Awaited<ReturnType<Store["checkoutAttempt"]["findUnique"]>>>;

/** safe: only this room writes these columns. */
const as = <T>(value: unknown): T => value as T;

export const checkoutOf = (row: Omit<CheckoutRow, "answerBody" | "answerHeaders">): Checkout => ({
  id: row.id,
  merchantId: row.merchantId,
  mode: as(row.mode),
  target: row.target,
  headers: as(row.headers),
  title: row.title,
  methods: as(row.methods),
  list: { amount: row.listAmount, currency: row.listCurrency },
  state: as(row.state),
  attemptId: row.attemptId,
  chargeId: row.chargeId,
  receiptId: row.receiptId,
  tries: row.tries,
  createdAt: row.createdAt,
  paidAt: row.paidAt,
  linkId: row.linkId,
  holdsUse: row.holdsUse,
  answer:
    row.answerStatus === null || row.answerUntil === null
      ? null
      : { status: row.answerStatus, until: row.answerUntil },
});

export const attemptOf = (row: AttemptRow): Attempt => ({
  id: row.id,
  checkoutId: row.checkoutId,
  method: row.method,
  rail: row.rail,
  kind: as(row.kind),
  challenge: as(row.challenge),
  amount: Money.of(units(row.units), { code: row.currency, exponent: row.exponent }),
  shown: as(row.action),
  paymentId: row.paymentId,
  reference: row.reference,
  sealedOffer: row.sealedOffer,
  askedAt: row.askedAt,
  retireAt: row.retireAt,
  choice: row.choice,
  sealedProof: row.sealedProof,
  failure: row.failure,
  expiresAt: row.expiresAt,
});
