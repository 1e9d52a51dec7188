import { isUniqueViolation, type Store, sql, units } from "@/lib/db";
import { newId } from "@/lib/kit";
import { Money } from "@/lib/money";
import { insertCaptured, saleEntry } from "../charges/captured-store";
import type { Charge } from "../charges/charge";
import { chargeEvent, eventStep, timelineStep } from "../charges/steps";
import { challengeClaim } from "../charges/take-payment";
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

/**
 * Books money that came for a challenge nobody presented, and claims the challenge with it: one statement. `false`
 * when somebody presented it meanwhile.
 */
export async function bookFound(
  store: Store,
  { charge, moneyKey }: { charge: Charge; moneyKey: string },
): Promise<boolean> {
  const at = charge.capturedAt ?? charge.createdAt;
  try {
    const rows = await store.$queryRaw<unknown[]>(sql`
      with first as (
        insert into claim (key, charge_id, created_at) values (${moneyKey}, ${charge.id}, ${at}::timestamptz)
        on conflict do nothing
        returning charge_id
      ),
      moved as (${insertCaptured(charge, sql`first`)}),
      challenge as (
        insert into claim (key, charge_id, created_at) select ${challengeClaim(charge.challengeId)}, moved.id, ${at}::timestamptz from moved
      ),
      ${saleEntry(charge, at)},
      ${eventStep(chargeEvent(charge, "receipt.created", { at }))},
      ${timelineStep([
        { type: "settled", at, detail: { reference: charge.reference, by: "look-up" } },
        { type: "undelivered", at, detail: { reason: "never-presented" } },
      ])}
      select id from moved`);
    return rows.length === 1;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
