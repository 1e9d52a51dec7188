import { units } from "@/lib/db";
import { newId } from "@/lib/kit";
import { Money } from "@/lib/money";
import type { Charge } from "../charges/charge";
import type { IssuedRow } from "./store";

/** How long after we found it a valid credential is still served. */
const redeemableMs = 24 * 60 * 60 * 1000;

/** Nobody presented a credential: any that proves this money and is for this request is the right one. */
const nobody = new Uint8Array();

type Found = Readonly<{
  row: IssuedRow;
  at: Date;
  reference: string;
  payer: string | null;
  canServe: boolean;
}>;

/** The charge that an object's payment makes when nobody came for it. */
export function foundCharge({ row, at, reference, payer, canServe }: Found): Charge {
  const id = newId("ch", at.getTime());
  const currency = { code: row.currency, exponent: row.exponent };
  const amount = Money.of(units(row.amount), currency);
  const zero = Money.zero(currency);
  return {
    id,
    receiptId: newId("rc", at.getTime()),
    merchantId: row.merchantId,
    mode: row.mode === "live" ? "live" : "test",
    serviceId: row.serviceId,
    service: row.serviceSlug,
    endpointId: row.endpointId,
    endpoint: row.endpointLabel,
    priceVersion: row.priceVersion,
    rail: row.railSlug,
    railKind: row.railKind,
    method: row.method,
    intent: row.intent,
    state: "captured",
    requested: amount,
    captured: amount,
    refunded: zero,
    pendingRefund: zero,
    fee: zero,
    list: { amount: row.listAmount, currency: row.listCurrency },
    rate: null,
    rateSource: null,
    rateAt: null,
    payer,
    reference,
    challengeId: row.challengeId ?? row.id,
    challengeExpires: row.expiresAt,
    credentialHash: nobody,
    fingerprint: row.fingerprint,
    offer: (row.offer ?? {}) as Record<string, unknown>,
    effect: { key: `${id}:capture:1`, state: "settled", reason: null, attempts: 1 },
    owner: null,
    delivery: "undelivered",
    redeemableUntil: new Date(canServe ? at.getTime() + redeemableMs : at.getTime()),
    remedy: "deliver",
    remedyReason: null,
    upstreamStatus: null,
    upstreamBytes: null,
    deliveryAttempts: 0,
    railMs: null,
    upstreamMs: null,
    totalMs: null,
    requestId: row.requestId,
    idempotencyKey: null,
    channelId: null,
    version: 1,
    createdAt: row.createdAt,
    capturedAt: at,
    deliveredAt: null,
  };
}
