import { type Store, units } from "@/lib/db";
import { Money, type Price } from "@/lib/money";
import type { Action } from "@/lib/rails";
import { type Charge, type ChargeRow, chargeOf } from "../charges/charge";
import type { ChargeState, Lifecycle } from "../charges/lifecycle";
import type { ConnectedRail, Mode } from "../deps";

export type Captures = "multiple" | "single" | "none";

/** The rate of a conversion, and where it is from; `at` is null for one that is set by hand. */
export type PaymentRate = Readonly<{ rate: string; source: string; at: Date | null }>;

/** A payment that was opened first, by a shop or a page: its charge, and what was wanted of it. */
export type Payment = Readonly<{
  id: string;
  receiptId: string | null;
  merchantId: string;
  mode: Mode;
  /** Who opened it. */
  connector: string;
  /** What the shop calls it. */
  externalRef: string;
  rail: string;
  railKind: string;
  status: ChargeState;
  amount: Money;
  authorized: Money;
  captured: Money;
  released: Money;
  refunded: Money;
  pendingRefund: Money;
  /** What the payer must do, while it is open. */
  nextAction: Action | null;
  offer: Record<string, unknown>;
  /** The rail's name for the hold, or for the money. */
  reference: string | null;
  payer: string | null;
  /** Is a hold taken whole as soon as it stands? */
  automatic: boolean;
  description: string | null;
  returnUrl: string | null;
  list: Price;
  /** How its amount came about, when the shop counts in another currency than the rail. */
  rate: PaymentRate | null;
  expiresAt: Date;
  createdAt: Date;
  version: number;
  /** The effect at the rail that is running, or ran last. */
  effect: Charge["effect"];
  owner: number | null;
  lookedAt: Date | null;
  /** When it was told outward that it has expired. */
  closedAt: Date | null;
  /** All that its network says has come in, once that is not what it took. */
  arrived: Money;
  sequence: number;
}>;

type PaymentRow = NonNullable<Awaited<ReturnType<Store["payment"]["findUnique"]>>>;

export function paymentOf(row: ChargeRow, about: PaymentRow): Payment {
  const charge = chargeOf(row);
  const { currency } = charge.requested;
  return {
    id: charge.id,
    receiptId: charge.receiptId,
    merchantId: charge.merchantId,
    mode: charge.mode,
    connector: about.connector,
    externalRef: about.externalRef,
    rail: charge.rail,
    railKind: charge.railKind,
    status: charge.state,
    amount: charge.requested,
    authorized: Money.of(units(row.authorized), currency),
    captured: charge.captured,
    released: Money.of(units(row.released), currency),
    refunded: charge.refunded,
    pendingRefund: charge.pendingRefund,
    nextAction: charge.state === "requires_action" ? (about.action as Action | null) : null,
    offer: charge.offer,
    reference: charge.reference,
    payer: charge.payer,
    automatic: about.automatic,
    description: about.description,
    returnUrl: about.returnUrl,
    list: charge.list,
    rate:
      charge.rate === null ? null : { rate: charge.rate, source: charge.rateSource ?? "", at: charge.rateAt },
    expiresAt: charge.challengeExpires,
    createdAt: charge.createdAt,
    version: charge.version,
    effect: charge.effect,
    owner: charge.owner,
    lookedAt: about.lookedAt,
    closedAt: about.closedAt,
    arrived: Money.of(units(about.arrived), currency),
    sequence: about.sequence,
  };
}

export const lifecycleOf = (payment: Payment): Lifecycle => ({
  state: payment.status,
  requested: payment.amount.units,
  ceiling: payment.amount.units,
  authorized: payment.authorized.units,
  captured: payment.captured.units,
  released: payment.released.units,
  refunded: payment.refunded.units,
  pendingRefund: payment.pendingRefund.units,
});

/** How a payment on this rail is captured, from the rail's shape and flags. */
export function capturesOn({ abilities, definition }: ConnectedRail): Captures {
  if (!abilities.holds) return "none";
  return definition.can?.multiCapture ? "multiple" : "single";
}

export const isRunning = ({ effect }: Payment): boolean =>
  effect.state === "requested" || effect.state === "submitted" || effect.state === "unknown";

export type OperationKind = "offer" | "authorize" | "capture" | "void";

/** One thing that was wanted of the rail. */
export type PaymentOperation = Readonly<{
  id: string;
  chargeId: string;
  kind: OperationKind;
  effectKey: string;
  requestKey: string | null;
  requestHash: Uint8Array | null;
  amount: Money;
  isFinal: boolean;
  state: "running" | "settled" | "failed";
  code: string | null;
  reason: string | null;
  reference: string | null;
  /** Of an offer of another amount: what it is listed at from then on. */
  listed: Listed | null;
  createdAt: Date;
}>;

/** An amount in its caller's own words, and what that is in the rail's money as the payment stands; `null` when it cannot say it. */
export type NamedAmount = Readonly<{ text: string; of(payment: Payment): Money | null }>;

/** A price as a shop names it, and how the rail's amount came about. */
export type Listed = Readonly<{ list: Price; rate: PaymentRate | null }>;

/** What a face is told. Only `done` and `refused` are final for the request's key. */
export type PaymentAnswer = Readonly<
  | { outcome: "done"; payment: Payment; operation: PaymentOperation | null }
  | { outcome: "refused"; code: string; reason: string; payment: Payment | null }
  | {
      outcome: "in-progress" | "unavailable" | "unknown";
      retryAfterMs: number;
      reason: string;
      payment: Payment | null;
    }
>;
