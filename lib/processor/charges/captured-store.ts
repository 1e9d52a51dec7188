import { type Sql, sql } from "@/lib/db";
import { entrySteps } from "@/lib/ledger";
import type { Money } from "@/lib/money";
import type { Charge } from "./charge";
import { saleOf } from "./settle-store";

/** Inserts a charge that is settled from its first moment, once for each row of an earlier step; returns its id. */
export const insertCaptured = (charge: Charge, from: Sql): Sql => sql`
      insert into charge (
        id, receipt_id, merchant_id, mode, service_id, service_slug, endpoint_id, endpoint_label, price_version,
        rail_slug, rail_kind, method, intent, state, requested, captured, fee, currency, exponent, list_amount, list_currency,
        payer, reference, challenge_id, challenge_expires, credential_hash, fingerprint, offer,
        effect_key, effect_state, effect_attempts, delivery, redeemable_until, upstream_status, upstream_bytes, delivery_attempts,
        upstream_ms, total_ms, request_id, idempotency_key, channel_id, created_at, captured_at, delivered_at)
      select
        ${charge.id}, ${charge.receiptId}, ${charge.merchantId}, ${charge.mode}, ${charge.serviceId}, ${charge.service}, ${charge.endpointId}, ${charge.endpoint}, ${charge.priceVersion}::int,
        ${charge.rail}, ${charge.railKind}, ${charge.method}, ${charge.intent}, 'captured', ${units(charge.captured)}::numeric, ${units(charge.captured)}::numeric, ${units(charge.fee)}::numeric, ${charge.captured.currency.code}, ${charge.captured.currency.exponent}::int, ${charge.list.amount}, ${charge.list.currency},
        ${charge.payer}, ${charge.reference}, ${charge.challengeId}, ${charge.challengeExpires}::timestamptz, ${charge.credentialHash}::bytea, ${charge.fingerprint}::bytea, ${JSON.stringify(charge.offer)}::jsonb,
        ${charge.effect.key}, 'settled', 1, ${charge.delivery}, ${charge.redeemableUntil}::timestamptz, ${charge.upstreamStatus}::int, ${charge.upstreamBytes}::bigint, ${charge.deliveryAttempts}::int,
        ${charge.upstreamMs}::int, ${charge.totalMs}::int, ${charge.requestId}, ${charge.idempotencyKey}, ${charge.channelId}, ${charge.createdAt}::timestamptz, ${charge.capturedAt}::timestamptz, ${charge.deliveredAt}::timestamptz
      from ${from}
      limit 1
      returning id`;

const units = (money: Money): string => money.units.toString();

/** Where the money of a sale is taken from: a rail, or what is owed to the payer of a channel. */
export type Source = Readonly<{ account: string; channelId?: string }>;

/** The ledger's view of a sale, less what the rail kept. */
export function saleEntry(
  charge: Charge,
  at: Date,
  source: Source = { account: `rail:${charge.rail}` },
): Sql {
  const { account, ...about } = source;
  const [arrival, ...rest] = saleOf(charge).postings;
  const postings = arrival ? [{ ...arrival, account }, ...rest] : [];
  return entrySteps({ ...saleOf(charge), ...about, at, postings });
}
