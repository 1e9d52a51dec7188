import { Money, type Price } from "@/lib/money";
import type { Charge } from "../charges/charge";
import type { Channel } from "./channel";

/** One request that is being served from a channel. */
export type Use = Readonly<{
  /** Of the charge that it becomes. */
  id: string;
  channel: Channel;
  service: Readonly<{ id: string; slug: string }>;
  endpoint: Readonly<{ id: string; label: string; priceVersion: number }>;
  list: Price;
  challengeId: string;
  credentialHash: Uint8Array;
  fingerprint: Uint8Array;
  requestId: string;
  idempotencyKey: string | null;
  /** Keys of the answers that its repeat gets. */
  answers: readonly string[];
  /** Its part of the channel's money so far; this process alone moves it. */
  spent: bigint;
  reserved: bigint;
  units: bigint;
  startedAt: Date;
}>;

export type Ended = Readonly<{
  at: Date;
  status: number;
  bytes: number;
  upstreamMs: number | null;
  totalMs: number | null;
}>;

/** The charge that a use has become: settled and served in the same act. */
export function chargeOfUse(
  use: Use,
  cost: bigint,
  { at, status, bytes, upstreamMs, totalMs }: Ended,
): Charge {
  const { channel } = use;
  const amount = Money.of(cost, channel.deposit.currency);
  const zero = Money.zero(amount.currency);
  return {
    id: use.id,
    receiptId: `rc${use.id.slice(2)}`,
    merchantId: channel.merchantId,
    mode: channel.mode,
    serviceId: use.service.id,
    service: use.service.slug,
    endpointId: use.endpoint.id,
    endpoint: use.endpoint.label,
    priceVersion: use.endpoint.priceVersion,
    rail: channel.rail,
    railKind: channel.railKind,
    method: channel.method,
    intent: "session",
    state: "captured",
    requested: amount,
    captured: amount,
    refunded: zero,
    pendingRefund: zero,
    fee: zero,
    list: use.list,
    rate: null,
    rateSource: null,
    rateAt: null,
    payer: channel.payer,
    reference: channel.id,
    challengeId: use.challengeId,
    challengeExpires: use.startedAt,
    credentialHash: use.credentialHash,
    fingerprint: use.fingerprint,
    offer: {},
    effect: { key: `${use.id}:capture:1`, state: "settled", reason: null, attempts: 1 },
    owner: null,
    delivery: "delivered",
    redeemableUntil: null,
    remedy: "deliver",
    remedyReason: null,
    upstreamStatus: status,
    upstreamBytes: BigInt(bytes),
    deliveryAttempts: 1,
    railMs: null,
    upstreamMs,
    totalMs,
    requestId: use.requestId,
    idempotencyKey: use.idempotencyKey,
    channelId: channel.id,
    version: 1,
    createdAt: use.startedAt,
    capturedAt: at,
    deliveredAt: at,
  };
}
