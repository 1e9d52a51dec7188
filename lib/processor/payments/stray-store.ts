import { isUniqueViolation, type Store, sql } from "@/lib/db";
import { enqueueStep, type Job } from "@/lib/jobs";
import { entryListSteps } from "@/lib/ledger";
import { Money } from "@/lib/money";
import { type EventFacts, eventSteps, timelineStep } from "../charges/steps";
import { challengeClaim } from "../charges/take-payment";
import type { ConnectedRail, Mode } from "../deps";
import type { Payment } from "./payment";

export type Stray = Readonly<{
  id: string;
  receiptId: string;
  /** The payment it came with. */
  parent: Payment;
  amount: Money;
  /** All that its network says has come in. */
  total: Money;
  /** Can its rail send it back by itself? */
  canReturn: boolean;
  event: EventFacts;
  job: Job;
  at: Date;
}>;

/**
 * Books money that no sale explains as a charge of its own, with its entry, its event and the job that sends it back:
 * one statement. `false` when the payment it came with has moved on.
 */
export async function insertStray(store: Store, stray: Stray): Promise<boolean> {
  const { id, receiptId, parent, amount, total, canReturn, event, job, at } = stray;
  const units = amount.units.toString();
  const entry = {
    ...{ key: `${id}:capture:1`, reason: "charge.settled", merchantId: parent.merchantId },
    ...{ mode: parent.mode, chargeId: id, at },
    postings: [
      { account: `rail:${parent.rail}`, amount },
      { account: "merchant:sales", amount: Money.negate(amount) },
    ],
  };
  const detail = { parent: parent.id, amount: Money.format(amount), currency: amount.currency.code };
  const rows = await store.$queryRaw<unknown[]>(sql`
    with parent as (
      update charge set version = version + 1 where id = ${parent.id} and version = ${parent.version}::int
      returning *
    ),
    counted as (
      update payment set arrived = ${total.units.toString()}::numeric from parent where payment.charge_id = parent.id
    ),
    moved as (
      insert into charge (id, kind, parent_id, receipt_id, merchant_id, mode, service_id, service_slug, endpoint_id, endpoint_label, price_version,
        rail_slug, rail_kind, method, intent, state, requested, captured, authorized, currency, exponent, list_amount, list_currency,
        payer, reference, challenge_id, challenge_expires, credential_hash, fingerprint, offer, effect_key, effect_state, effect_attempts,
        delivery, remedy, remedy_reason, request_id, created_at, captured_at)
      select ${id}, 'stray', parent.id, ${receiptId}, merchant_id, mode, service_id, service_slug, endpoint_id, endpoint_label, price_version,
        rail_slug, rail_kind, method, intent, 'captured', ${units}::numeric, ${units}::numeric, ${units}::numeric, currency, exponent, ${Money.format(amount)}, currency,
        payer, reference, ${id}, challenge_expires, credential_hash, fingerprint, offer, ${entry.key}, 'settled', 1,
        'not_applicable', ${canReturn ? "refund" : "decide"}, ${canReturn ? "stray" : "rail-cannot-refund"}, request_id, ${at}::timestamptz, ${at}::timestamptz
      from parent
      returning id
    ),
    claimed as (
      insert into claim (key, charge_id, created_at) select ${challengeClaim(id)}, moved.id, ${at}::timestamptz from moved
    ),
    ${entryListSteps([entry])},
    ${eventSteps([{ ...event, charge: id }])},
    ${timelineStep([{ type: "stray", at, detail }])},
    ${enqueueStep(job)}
    select id from moved`);
  return rows.length === 1;
}

export type StrayMoney = Readonly<{
  merchantId: string;
  mode: Mode;
  rail: ConnectedRail;
  /** Who asked for it, and what they call it. */
  connector: string;
  externalRef: string;
  /** The charge that took the sale's money, if one did. */
  parentId: string | null;
  /** The rail's own name for the money, and what came of it. */
  reference: string;
  amount: Money;
  /** The challenge that the money was paid for: it is claimed as at the gateway, so that it buys nothing besides. */
  challengeId: string;
}>;

type Lone = Omit<StrayMoney, "challengeId"> &
  Omit<Stray, "parent" | "total"> &
  Readonly<{ method: string; claims: readonly string[] }>;

/** The same for money that came with no payment of ours. `false` when any of it is claimed already. */
export async function insertLoneStray(store: Store, stray: Lone): Promise<boolean> {
  const { id, receiptId, merchantId, mode, rail, connector, externalRef, parentId, reference } = stray;
  const { amount, method, claims, canReturn, event, job, at } = stray;
  const units = amount.units.toString();
  const entry = {
    ...{ key: `${id}:capture:1`, reason: "charge.settled", merchantId, mode, chargeId: id, at },
    postings: [
      { account: `rail:${rail.slug}`, amount },
      { account: "merchant:sales", amount: Money.negate(amount) },
    ],
  };
  const detail = { reference, amount: Money.format(amount), currency: amount.currency.code };
  try {
    await store.$executeRaw(sql`
      with moved as (
        insert into charge (id, kind, parent_id, receipt_id, merchant_id, mode, service_id, service_slug, endpoint_id, endpoint_label, price_version,
          rail_slug, rail_kind, method, intent, state, requested, captured, authorized, currency, exponent, list_amount, list_currency,
          reference, challenge_id, challenge_expires, credential_hash, fingerprint, offer, effect_key, effect_state, effect_attempts,
          delivery, remedy, remedy_reason, request_id, created_at, captured_at)
        values (${id}, 'stray', ${parentId}, ${receiptId}, ${merchantId}, ${mode}, ${connector}, ${connector}, '', ${externalRef}, 0,
          ${rail.slug}, ${rail.kind}, ${method}, 'charge', 'captured', ${units}::numeric, ${units}::numeric, ${units}::numeric, ${amount.currency.code}, ${amount.currency.exponent}::int, ${Money.format(amount)}, ${amount.currency.code},
          ${reference}, ${id}, ${at}::timestamptz, ''::bytea, ''::bytea, '{}'::jsonb, ${entry.key}, 'settled', 1,
          'not_applicable', ${canReturn ? "refund" : "decide"}, ${canReturn ? "stray" : "rail-cannot-refund"}, ${externalRef}, ${at}::timestamptz, ${at}::timestamptz)
        returning id
      ),
      claimed as (
        insert into claim (key, charge_id, created_at)
        select key, moved.id, ${at}::timestamptz from moved, unnest(${[challengeClaim(id), ...claims]}::text[]) as key order by key
      ),
      ${entryListSteps([entry])},
      ${eventSteps([{ ...event, charge: id }])},
      ${timelineStep([{ type: "stray", at, detail }])},
      ${enqueueStep(job)}
      select id from moved`);
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** What has been told to the shop is final: from here on late money is sent back. `false` when the payment has moved on. */
export async function closePayment(store: Store, payment: Payment, at: Date): Promise<boolean> {
  const closed = await store.$executeRaw(sql`
    with moved as (
      update charge set version = version + 1 where id = ${payment.id} and version = ${payment.version}::int and state = 'expired'
      returning id
    )
    update payment set closed_at = ${at}::timestamptz from moved where payment.charge_id = moved.id and closed_at is null`);
  return closed === 1;
}
