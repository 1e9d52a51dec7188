import type { EntryRecord } from "@/lib/access";
import { Money } from "@/lib/money";
import type { Channel, ChannelDetail, Charge, Event, Receipt, ReceiptDetail, Refund } from "./types";

/** Money as the management API writes it. */
export const moneyItem = (money: Money) => ({
  amount: Money.format(money),
  currency: money.currency.code,
});

/** A receipt as `interface.md` 5 lists its fields. */
export const receiptItem = (receipt: Receipt) => ({
  id: receipt.id,
  createdAt: receipt.createdAt.toISOString(),
  service: receipt.service,
  endpoint: receipt.endpoint,
  rail: receipt.rail,
  method: receipt.method,
  intent: receipt.intent,
  status: receipt.status,
  amount: moneyItem(receipt.amount),
  refunded: moneyItem(receipt.refunded),
  fee: moneyItem(receipt.fee),
  net: moneyItem(receipt.net),
  payer: receipt.payer,
  reference: receipt.reference,
  challengeId: receipt.challengeId,
  delivery: receipt.delivery,
  mode: receipt.mode,
  requestId: receipt.requestId,
});

export const refundItem = (refund: Refund) => ({
  id: refund.id,
  createdAt: refund.createdAt.toISOString(),
  settledAt: refund.settledAt?.toISOString() ?? null,
  receiptId: refund.receiptId,
  status: refund.status,
  amount: moneyItem(refund.amount),
  rail: refund.rail,
  reason: refund.reason,
  destination: refund.destination,
  requestedBy: refund.requestedBy,
  reference: refund.reference,
  failure: refund.failure,
  mode: refund.mode,
});

export const receiptDetail = (receipt: ReceiptDetail) => ({
  ...receiptItem(receipt),
  timeline: receipt.timeline.map(({ at, type, detail, durationMs }) => ({
    at: at.toISOString(),
    type,
    detail,
    durationMs,
  })),
  refunds: receipt.refunds.map(refundItem),
  disputes: receipt.disputes.map(disputeItem),
});

type Dispute = ReceiptDetail["disputes"][number];

const disputeItem = (dispute: Dispute) => ({
  id: dispute.id,
  reference: dispute.reference,
  state: dispute.state,
  amount: moneyItem(dispute.amount),
  withheld: moneyItem(dispute.withheld),
  fee: moneyItem(dispute.fee),
  reason: dispute.reason,
  needsResponse: dispute.needsResponse,
  respondBy: dispute.respondBy?.toISOString() ?? null,
  createdAt: dispute.createdAt.toISOString(),
  updatedAt: dispute.updatedAt.toISOString(),
});

/** A payment, with what is being done about it when it was not served. */
export const chargeItem = (charge: Charge) => ({
  id: charge.id,
  receiptId: charge.receiptId,
  createdAt: charge.createdAt.toISOString(),
  service: charge.service,
  endpoint: charge.endpoint,
  rail: charge.rail,
  method: charge.method,
  intent: charge.intent,
  state: charge.state,
  delivery: charge.delivery,
  amount: moneyItem(charge.requested),
  captured: moneyItem(charge.captured),
  refunded: moneyItem(charge.refunded),
  payer: charge.payer,
  reference: charge.reference,
  challengeId: charge.challengeId,
  redeemableUntil: charge.redeemableUntil?.toISOString() ?? null,
  remedy: charge.remedy,
  remedyReason: charge.remedyReason,
  upstreamStatus: charge.upstreamStatus,
  deliveryAttempts: charge.deliveryAttempts,
  requestId: charge.requestId,
  mode: charge.mode,
});

/** A prepaid session; `remaining` is neither spent nor gone back. */
export const channelItem = (channel: Channel) => ({
  id: channel.id,
  openedAt: channel.openedAt.toISOString(),
  lastUsedAt: channel.lastUsedAt.toISOString(),
  closingAt: channel.closingAt?.toISOString() ?? null,
  closedAt: channel.closedAt?.toISOString() ?? null,
  closesAt:
    channel.status === "open" ? new Date(channel.lastUsedAt.getTime() + channel.idleMs).toISOString() : null,
  service: channel.service,
  rail: channel.rail,
  method: channel.method,
  payer: channel.payer,
  status: channel.status,
  deposit: moneyItem(channel.deposit),
  accepted: moneyItem(channel.accepted),
  spent: moneyItem(channel.spent),
  settled: moneyItem(channel.settled),
  refunded: moneyItem(channel.refunded),
  remaining: moneyItem(channel.remaining),
  fee: moneyItem(channel.fee),
  closedBy: channel.closedBy,
  refundState: channel.refundState,
  refundReference: channel.refundReference,
  failure: channel.failure,
  mode: channel.mode,
});

export const channelDetail = (channel: ChannelDetail) => ({
  ...channelItem(channel),
  timeline: channel.timeline.map(({ at, type, detail }) => ({ at: at.toISOString(), type, detail })),
});

export const eventItem = (event: Event) => ({
  id: event.id,
  seq: Number(event.seq),
  at: event.at.toISOString(),
  type: event.type,
  object: event.object,
  mode: event.mode,
  data: event.data,
});

export const auditItem = ({ seq, at, actor, act, object, before, after, ...entry }: EntryRecord) => ({
  seq: Number(seq),
  at: at.toISOString(),
  actor,
  act,
  object,
  before,
  after,
  network: entry.network,
  requestId: entry.requestId,
  hash: Buffer.from(entry.hash).toString("hex"),
});
