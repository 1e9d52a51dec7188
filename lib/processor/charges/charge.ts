import { type Store, units } from "@/lib/db";
import { type Currency, Money, type Price } from "@/lib/money";
import type { Mode } from "../deps";
import { type ChargeState, chargeStates, type Lifecycle } from "./lifecycle";

/** requested → submitted → settled | failed; submitted → unknown → settled | failed; submitted → requested after `unavailable`. */
export type EffectState = "requested" | "submitted" | "unknown" | "settled" | "failed";
export type Delivery = "none" | "undelivered" | "delivered" | "credited" | "refunded" | "not_applicable";
/** `decide`: its time has passed and the rail could not send the money back, so the merchant says what happens. */
export type Remedy = "deliver" | "refund" | "keep" | "decide";

/** One payment. The row begins with the claim of a credential; a challenge alone is not a charge. */
export type Charge = Readonly<{
  id: string;
  /** The receipt's own id, from settlement on. */
  receiptId: string | null;
  merchantId: string;
  mode: Mode;
  serviceId: string;
  /** Slug, as it was when it was sold; so are `endpoint` and `rail`. */
  service: string;
  endpointId: string;
  endpoint: string;
  priceVersion: number;
  rail: string;
  railKind: string;
  method: string;
  intent: string;
  state: ChargeState;
  requested: Money;
  captured: Money;
  refunded: Money;
  pendingRefund: Money;
  fee: Money;
  list: Price;
  rate: string | null;
  rateSource: string | null;
  rateAt: Date | null;
  payer: string | null;
  reference: string | null;
  challengeId: string;
  challengeExpires: Date;
  credentialHash: Uint8Array;
  fingerprint: Uint8Array;
  offer: Record<string, unknown>;
  effect: Readonly<{ key: string; state: EffectState; reason: string | null; attempts: number }>;
  /** Number of the process that works on it; counts only while that process is alive. */
  owner: number | null;
  delivery: Delivery;
  /** Before settlement: how long after its creation a delivery may be repeated; from settlement on: until when. */
  redeemableUntil: Date | null;
  remedy: Remedy;
  remedyReason: string | null;
  upstreamStatus: number | null;
  upstreamBytes: bigint | null;
  deliveryAttempts: number;
  railMs: number | null;
  upstreamMs: number | null;
  totalMs: number | null;
  requestId: string;
  idempotencyKey: string | null;
  /** The prepaid channel it was paid from. */
  channelId: string | null;
  /** What its disputes come to: warning, open, won, lost; `null` without any. */
  disputeState?: string | null;
  version: number;
  createdAt: Date;
  capturedAt: Date | null;
  deliveredAt: Date | null;
}>;

export type ChargeRow = NonNullable<Awaited<ReturnType<Store["charge"]["findUnique"]>>>;

const oneOf = <T extends string>(value: string, all: readonly T[]): T => {
  const found = all.find((candidate) => candidate === value);
  if (found === undefined) throw new TypeError(`"${value}" is not one of ${all.join(", ")}.`);
  return found;
};

const effectStates = ["requested", "submitted", "unknown", "settled", "failed"] as const;
const deliveries = ["none", "undelivered", "delivered", "credited", "refunded", "not_applicable"] as const;
const remedies = ["deliver", "refund", "keep", "decide"] as const;

function moneyOf(row: ChargeRow) {
  const currency: Currency = { code: row.currency, exponent: row.exponent };
  return {
    requested: Money.of(units(row.requested), currency),
    captured: Money.of(units(row.captured), currency),
    refunded: Money.of(units(row.refunded), currency),
    pendingRefund: Money.of(units(row.pendingRefund), currency),
    fee: Money.of(units(row.fee), currency),
  };
}

export function chargeOf(row: ChargeRow): Charge {
  const { serviceSlug, endpointLabel, railSlug, listAmount, listCurrency, ...rest } = row;
  const { effectKey, effectState, effectReason, effectAttempts, ...facts } = rest;
  const { sealedProof: _sealed, currency: _currency, exponent: _exponent, ...known } = facts;
  const { kind: _kind, parentId: _parent, authorized: _authorized, released: _released, ...plain } = known;
  return {
    ...plain,
    ...moneyOf(row),
    service: serviceSlug,
    endpoint: endpointLabel,
    rail: railSlug,
    mode: oneOf(row.mode, ["test", "live"]),
    state: oneOf(row.state, chargeStates),
    delivery: oneOf(row.delivery, deliveries),
    remedy: oneOf(row.remedy, remedies),
    list: { amount: listAmount, currency: listCurrency },
    offer: row.offer as Record<string, unknown>,
    effect: {
      key: effectKey,
      state: oneOf(effectState, effectStates),
      reason: effectReason,
      attempts: effectAttempts,
    },
  };
}

/** The counters as the pure lifecycle sees them. On a sale rail what is captured was authorized in the same act. */
export function lifecycleOf(charge: Charge): Lifecycle {
  const captured = charge.captured.units;
  return {
    state: charge.state,
    requested: charge.requested.units,
    ceiling: charge.requested.units,
    authorized: captured,
    captured,
    released: 0n,
    refunded: charge.refunded.units,
    pendingRefund: charge.pendingRefund.units,
  };
}

/** Has everything that came in gone back, or is it on its way back? */
export const isGivenBack = ({ captured, refunded, pendingRefund }: Charge): boolean =>
  refunded.units + pendingRefund.units >= captured.units;
