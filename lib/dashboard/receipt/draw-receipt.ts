import { Money, showAmount } from "@/lib/money";
import { deliveryWord, statusWord } from "../receipts/view";
import { type Figure, figureOf, placesOf, showMoney, unitOf } from "../shell/figures";
import { showDuration, showMoment, showTime } from "../shell/times";
import { drawBand } from "./band";
import type { Around, Detail, Disputed, Named, Refunded } from "./facts";
import { drawTimeline, isBeingServed } from "./timeline";
import {
  actorName,
  type BreakdownRow,
  type Fact,
  type PublicAddress,
  type ReceiptView,
  type RefundOffer,
  type RefundRow,
  refundReasons,
  refundWord,
  waitOf,
} from "./view";

/** The receipt as the page lays it out. */
export function drawReceipt(receipt: Detail, around: Around): ReceiptView {
  const { zone, origin, merchant } = around;
  const address = `/api/v1/receipts/${receipt.id}`;
  const breakdown = drawBreakdown(receipt, around);
  const list = showAmount(receipt.list.amount, receipt.list.currency);
  const title = showMoney(receipt.amount);
  return {
    id: receipt.id,
    merchant,
    title,
    note: list === title ? null : `list price ${list}`,
    status: loud(statusWord(receipt.status)),
    delivery: loud(deliveryWord(receipt.delivery)),
    at: { ...showTime(receipt.createdAt, zone), text: showMoment(receipt.createdAt, zone) },
    isMoving: isMoving(receipt, around),
    refund: drawRefundOffer(receipt, around),
    band: drawBand(receipt, around),
    timeline: drawTimeline(receipt.timeline, zone),
    timelineNote: timelineNote(receipt),
    breakdown,
    places: placesOf(breakdown.map(({ amount }) => amount)),
    facts: drawFacts(receipt, around),
    refunds: receipt.refunds.map((refund) => drawRefund(refund, around)),
    canRetryRefunds: around.mayRefund,
    publicAddress: drawPublicAddress(receipt, around),
    evidenceHref: receipt.disputes.length > 0 ? `${address}/evidence?merchant=${merchant}` : null,
    postings: receipt.postings.map((posting) => ({ ...posting, amount: figureOf(posting.amount) })),
    programs: {
      curl: `curl "${origin}${address}" \\\n  -H "Authorization: Bearer $FAREBOX_KEY"`,
      json: around.json,
      jsonHref: `${address}?merchant=${merchant}`,
    },
  };
}

/** Heads of pages show also the good ending in its colour; lists keep it quiet. */
const loud = (word: ReceiptView["status"]): ReceiptView["status"] =>
  word.tone === "neutral" && word.shape === "check" ? { ...word, tone: "good" } : word;

function timelineNote({ totalMs, railMs, upstreamMs }: Detail): string {
  if (totalMs === null) return "";
  const parts = [
    railMs === null ? "" : `${showDuration(railMs)} at the rail`,
    upstreamMs === null ? "" : `${showDuration(upstreamMs)} upstream`,
  ].filter(Boolean);
  return `${showDuration(totalMs)} in all${parts.length > 0 ? `, of which ${parts.join(" and ")}` : ""}`;
}

const leftOf = ({ amount, refunded, pendingRefund }: Detail): Money =>
  Money.subtract(Money.subtract(amount, refunded), pendingRefund);

/** A refund that waits for its payer moves when the payer comes, which is not watched for. */
function isMoving({ refunds, timeline, pendingRefund }: Detail, { ability }: Around): boolean {
  const waiting = refunds.filter((refund) => waitOf(refund, ability.asks) !== null);
  const waits = waiting.reduce((sum, { amount }) => sum + amount.units, 0n);
  return pendingRefund.units > waits || isBeingServed(timeline);
}

/** "4.20", "0.0125": what a person would type. */
const plainAmount = (money: Money): string => Money.format(money).replace(/(\.\d{2}\d*?)0+$/, "$1");

function drawRefundOffer(
  receipt: Detail,
  { merchant, mayRefund, ability, refundKey }: Around,
): RefundOffer | null {
  const left = leftOf(receipt);
  if (!mayRefund || !ability.can || left.units <= 0n) return null;
  return {
    merchant,
    receiptId: receipt.id,
    key: refundKey,
    left: plainAmount(left),
    currency: left.currency,
    canPart: ability.partial,
    payer: receipt.payer,
    isUndelivered: receipt.delivery === "undelivered",
    asks: ability.asks ?? null,
  };
}

/** What was opened first, at a link or by a shop, has no version of a price. */
const versionOf = ({ priceVersion }: Detail): string =>
  priceVersion === 0 ? "as the link asks" : `price version ${priceVersion}`;

function drawBreakdown(receipt: Detail, around: Around): BreakdownRow[] {
  const { rail } = around;
  const { list, rate, rateSource, refunded, pendingRefund, fee } = receipt;
  const listed: Figure = { text: showAmount(list.amount, list.currency), unit: unitOf(list.currency) };
  const onItsWay = pendingRefund.units > 0n ? `${showMoney(pendingRefund)} more on its way` : "";
  return [
    {
      label: "List price",
      note: around.isOrder ? "as the shop named it" : versionOf(receipt),
      amount: listed,
    },
    {
      label: "Settled",
      note: rate === null ? rail.title : `${rail.title}, at ${rate}${rateSource ? ` (${rateSource})` : ""}`,
      amount: figureOf(receipt.amount),
    },
    {
      label: "Fee",
      note: fee.units === 0n ? "none" : "kept by the rail",
      amount: figureOf(Money.negate(fee)),
    },
    {
      label: "Refunded",
      note: onItsWay || (refunded.units === 0n ? "nothing" : ""),
      amount: figureOf(Money.negate(refunded)),
    },
    { label: "Net", note: "", amount: figureOf(receipt.net), isTotal: true },
  ];
}

const linked = (label: string, { title, href }: Named, note?: string): Fact => ({
  label,
  value: title,
  ...(href ? { href } : {}),
  ...(note ? { note } : {}),
});

const identifier = (label: string, value: string | null, href?: string | null): Fact =>
  value === null ? { label, value: "—" } : { label, value, isId: true, ...(href ? { href } : {}) };

const disputeStates = { warning: "Asked about", open: "Open", won: "Won", lost: "Lost" } as const;

function drawDispute({ state, reason, needsResponse, respondBy }: Disputed, { zone, now }: Around): Fact {
  const deadline = needsResponse && respondBy ? showTime(respondBy, zone, now).text : null;
  return {
    label: "Dispute",
    value: `${disputeStates[state]}: ${reason.replaceAll("_", " ")}`,
    ...(deadline ? { note: `answer by ${deadline}` } : {}),
  };
}

const endpointOf = (receipt: Detail): Fact =>
  receipt.priceVersion === 0
    ? identifier("Link", receipt.endpoint)
    : { label: "Endpoint", value: receipt.endpoint, note: versionOf(receipt) };

function drawFacts(receipt: Detail, around: Around): Fact[] {
  const { service, rail, payerHref, channelHref } = around;
  return [
    ...receipt.disputes.map((dispute) => drawDispute(dispute, around)),
    identifier("Payer", receipt.payer, payerHref),
    ...(around.isOrder
      ? [identifier("Order", receipt.endpoint), linked("Shop", service)]
      : [endpointOf(receipt), linked("Service", service)]),
    linked("Rail", rail, receipt.mode),
    { label: "Intent", value: receipt.intent },
    channelHref === null
      ? identifier("Reference", receipt.reference)
      : identifier("Channel", receipt.reference, channelHref),
    identifier("Challenge", receipt.challengeId),
    identifier("Charge", receipt.chargeId),
    identifier("Request", receipt.requestId),
    identifier("Idempotency", receipt.idempotencyKey),
  ];
}

function drawPublicAddress(receipt: Detail, around: Around): PublicAddress | null {
  const { merchant, mayRefund, publicSince, zone, now, ability } = around;
  if (publicSince === null && !mayRefund) return null;
  return {
    receiptId: receipt.id,
    merchant,
    since: publicSince && showTime(publicSince, zone, now),
    canChange: mayRefund,
    takesDestination: receipt.refunds.some((refund) => waitOf(refund, ability.asks) !== null),
  };
}

function drawRefund(refund: Refunded, { zone, now, mayRefund, ability }: Around): RefundRow {
  const reason = refundReasons.find(({ value }) => value === refund.reason)?.label ?? refund.reason;
  const asks = waitOf(refund, ability.asks);
  return {
    id: refund.id,
    at: showTime(refund.createdAt, zone, now),
    amount: figureOf(refund.amount),
    word: refundWord(refund.status),
    reason: [reason, refund.note].filter(Boolean).join(": ") || "no reason given",
    by: actorName(refund.requestedBy),
    failure: asks === null ? refund.failure : null,
    canRetry: mayRefund && refund.status === "failed",
    wait: asks === null ? null : { asks, canGive: mayRefund },
  };
}
