import type { Money } from "@/lib/money";
import type { TimelineEvent } from "./timeline";

export type Refunded = Readonly<{
  id: string;
  amount: Money;
  status: string;
  reason: string | null;
  note: string | null;
  requestedBy: string;
  failure: string | null;
  destination: string | null;
  createdAt: Date;
}>;

export type Disputed = Readonly<{
  state: "warning" | "open" | "won" | "lost";
  reason: string;
  withheld: Money;
  needsResponse: boolean;
  respondBy: Date | null;
}>;

/** What the page needs to know of a receipt. */
export type Detail = Readonly<{
  id: string;
  chargeId: string;
  createdAt: Date;
  status: string;
  delivery: string;
  amount: Money;
  refunded: Money;
  pendingRefund: Money;
  fee: Money;
  net: Money;
  list: { amount: string; currency: string };
  rate: string | null;
  rateSource: string | null;
  rateAt: Date | null;
  service: string;
  endpoint: string;
  rail: string;
  mode: "test" | "live";
  method: string;
  intent: string;
  payer: string | null;
  reference: string | null;
  challengeId: string;
  requestId: string;
  idempotencyKey: string | null;
  priceVersion: number;
  redeemableUntil: Date | null;
  remedy: "deliver" | "refund" | "keep" | "decide";
  remedyReason: string | null;
  upstreamStatus: number | null;
  deliveryAttempts: number;
  railMs: number | null;
  upstreamMs: number | null;
  totalMs: number | null;
  timeline: readonly TimelineEvent[];
  refunds: readonly Refunded[];
  disputes: readonly Disputed[];
  postings: readonly { key: string; reason: string; account: string; amount: Money }[];
}>;

export type Named = Readonly<{ title: string; href: string | null }>;

export type Around = Readonly<{
  merchant: string;
  zone: string;
  now: Date;
  origin: string;
  service: Named;
  /** Was it a shop that opened it? Then the endpoint is what the shop calls its order. */
  isOrder?: boolean;
  rail: Named;
  payerHref: string | null;
  /** `null` when it was not paid from a channel. */
  channelHref: string | null;
  /** May the reader send money back? */
  mayRefund: boolean;
  ability: { can: boolean; partial: boolean; why?: string; asks?: string };
  /** Since when the receipt has a public address. */
  publicSince: Date | null;
  /** A fresh name for the next refund. */
  refundKey: string;
  /** The receipt as the management API gives it. */
  json: string;
}>;
