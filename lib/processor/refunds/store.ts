import { isUniqueViolation, type Sql, type Store, sql } from "@/lib/db";
import { enqueueStep } from "@/lib/jobs";
import { entrySteps } from "@/lib/ledger";
import { Money } from "@/lib/money";
import { eventStep, type TraceStep, timelineStep } from "../charges/steps";
import type { Refund } from "./refund";

/** The caller's `Idempotency-Key` and the hash of what it asked for. */
export type Request = Readonly<{ key: string; hash: Uint8Array }>;

export const submitJob = ({ id }: { id: string }, runAt: Date) => ({
  kind: "refund.submit",
  key: `refund.submit:${id}`,
  payload: { refundId: id },
  runAt,
});

const amountOf = (amount: Money) => ({ amount: Money.format(amount), currency: amount.currency.code });

const eventOf = (refund: Refund, type: string, at: Date): Sql =>
  eventStep({
    merchantId: refund.merchantId,
    mode: refund.mode,
    type,
    object: refund.id,
    at,
    data: {
      refund: refund.id,
      receipt: refund.receiptId,
      charge: refund.chargeId,
      amount: amountOf(refund.amount),
      reason: refund.reason,
      reference: refund.reference,
      failure: refund.failure,
    },
  });

const stepOf = (refund: Refund, type: string, at: Date): TraceStep => ({
  type,
  at,
  detail: {
    refund: refund.id,
    ...amountOf(refund.amount),
    ...(refund.failure ? { reason: refund.failure } : {}),
    ...(refund.reference ? { reference: refund.reference } : {}),
  },
});

/**
 * Sets the money aside, never more than was captured, whoever else does so at the same time. A payment that was opened
 * first has one unfinished effect at most, whatever it is.
 */
const reserve = (refund: Refund, when: Sql, set: Sql = sql``): Sql => sql`
      update charge set pending_refund = pending_refund + ${refund.amount.units.toString()}::numeric, version = version + 1${set}
      where id = ${refund.chargeId} and merchant_id = ${refund.merchantId} and captured > 0
        and refunded + pending_refund + ${refund.amount.units.toString()}::numeric <= captured and ${when}
        and (kind <> 'payment' or (pending_refund = 0 and effect_state in ('settled', 'failed')))
      returning id`;

/** Only a charge that is still owed and whose time has passed: a payer who comes at the same moment is either first or too late. */
const overdue = (at: Date): Sql =>
  sql`delivery = 'undelivered' and remedy = 'deliver' and owner is null and redeemable_until <= ${at}::timestamptz`;

type NewRefund = Readonly<{ refund: Refund; request: Request; at: Date; onlyOverdue: boolean }>;

/**
 * Writes a refund with the money set aside for it, its job and its event: one statement. `capped`: more than is left,
 * or not owed any more. `repeated`: this request's key is taken.
 */
export async function insertRefund(
  store: Store,
  { refund, request, at, onlyOverdue }: NewRefund,
): Promise<"written" | "capped" | "repeated"> {
  const reserved = onlyOverdue
    ? reserve(refund, overdue(at), sql`, remedy = 'refund', remedy_reason = 'undelivered'`)
    : reserve(refund, sql`true`);
  try {
    const rows = await store.$queryRaw<unknown[]>(sql`
      with moved as (${reserved}),
      inserted as (
        insert into refund (id, charge_id, merchant_id, mode, amount, currency, exponent, state, effect_key, reason, note, destination, requested_by, request_key, request_hash, created_at)
        select ${refund.id}, moved.id, ${refund.merchantId}, ${refund.mode}, ${refund.amount.units.toString()}::numeric, ${refund.amount.currency.code}, ${refund.amount.currency.exponent}::int,
          'requested', ${refund.effectKey}, ${refund.reason}, ${refund.note}, ${refund.destination}, ${refund.requestedBy}, ${request.key}, ${request.hash}::bytea, ${at}::timestamptz
        from moved
      ),
      ${enqueueStep(submitJob(refund, at))},
      ${eventOf(refund, "refund.requested", at)},
      ${timelineStep([...(onlyOverdue ? [{ type: "deadline-passed", at }] : []), stepOf(refund, "refund.requested", at)])}
      select id from moved`);
    return rows.length === 1 ? "written" : "capped";
  } catch (error) {
    if (isUniqueViolation(error)) return "repeated";
    throw error;
  }
}

/** Sets the money aside once more and asks the rail again, under the key it had. */
export async function reviveRefund(
  store: Store,
  refund: Refund,
  { at, actor }: { at: Date; actor: string },
): Promise<boolean> {
  const asked = stepOf({ ...refund, failure: null }, "refund.requested", at);
  const rows = await store.$queryRaw<unknown[]>(sql`
    with wanted as (
      select id from refund where id = ${refund.id} and state = 'failed' for update
    ),
    moved as (${reserve(refund, sql`exists (select 1 from wanted)`)}),
    revived as (
      update refund set state = 'requested', failure = null, version = version + 1
      where id = ${refund.id} and exists (select 1 from moved)
    ),
    ${enqueueStep(submitJob(refund, at))},
    ${eventOf({ ...refund, failure: null }, "refund.requested", at)},
    ${timelineStep([{ ...asked, detail: { ...asked.detail, again: true, actor } }])}
    select id from moved`);
  return rows.length === 1;
}

/** Writes where a waiting refund goes, and wakes its job. */
export async function directRefund(
  store: Store,
  refund: Refund,
  { at, actor }: { at: Date; actor: string },
): Promise<boolean> {
  const rows = await store.$queryRaw<unknown[]>(sql`
    with directed as (
      update refund set destination = ${refund.destination}, failure = null, version = version + 1
      where id = ${refund.id} and state = 'requested' and destination is null
      returning charge_id as id
    ),
    moved as (select id from directed),
    ${enqueueStep(submitJob(refund, at))},
    ${timelineStep([{ type: "refund.directed", at, detail: { refund: refund.id, actor } }])}
    select id from moved`);
  return rows.length === 1;
}

/** The intention: from here on the rail may have heard of it. `null` when it has ended. */
export async function submitRefund(
  store: Store,
  refund: Refund,
  { owner, at }: { owner: number; at: Date },
): Promise<{ isRepeat: boolean } | null> {
  const isFirst = await store.$queryRaw<unknown[]>(sql`
    with submitted as (
      update refund set state = 'submitted', attempts = attempts + 1, owner = ${owner}::int, version = version + 1
      where id = ${refund.id} and state = 'requested'
      returning charge_id as id
    ),
    moved as (select id from submitted),
    ${eventOf(refund, "refund.submitted", at)},
    ${timelineStep([stepOf(refund, "refund.submitted", at)])}
    select id from moved`);
  if (isFirst.length === 1) return { isRepeat: false };
  const { count } = await store.refund.updateMany({
    where: { id: refund.id, state: "submitted" },
    data: { attempts: { increment: 1 }, owner, version: { increment: 1 } },
  });
  return count === 1 ? { isRepeat: true } : null;
}

/** The fact, its postings and its event: one statement. */
export async function settleRefund(store: Store, refund: Refund, at: Date): Promise<boolean> {
  const { amount } = refund;
  const rows = await store.$queryRaw<unknown[]>(sql`
    with done as (
      update refund set state = 'settled', reference = ${refund.reference}, failure = null, settled_at = ${at}::timestamptz, owner = null, version = version + 1
      where id = ${refund.id} and state = 'submitted'
      returning charge_id
    ),
    moved as (
      update charge set refunded = refunded + ${amount.units.toString()}::numeric, pending_refund = pending_refund - ${amount.units.toString()}::numeric,
        delivery = case when delivery = 'undelivered' and owner is null and refunded + ${amount.units.toString()}::numeric = captured then 'refunded' else delivery end,
        version = version + 1
      from done where charge.id = done.charge_id
      returning charge.id
    ),
    ${entrySteps({
      key: refund.effectKey,
      reason: "refund.settled",
      merchantId: refund.merchantId,
      mode: refund.mode,
      chargeId: refund.chargeId,
      at,
      postings: [
        { account: "merchant:refunds", amount },
        { account: `rail:${refund.rail}`, amount: Money.negate(amount) },
      ],
    })},
    ${eventOf(refund, "refund.settled", at)},
    ${timelineStep([stepOf(refund, "refund.settled", at)])}
    select id from moved`);
  return rows.length === 1;
}

/** The rail refused for good: what was set aside is free again, and an automatic refund goes before the merchant. */
export async function failRefund(store: Store, refund: Refund, at: Date): Promise<boolean> {
  const rows = await store.$queryRaw<unknown[]>(sql`
    with done as (
      update refund set state = 'failed', failure = ${refund.failure}, owner = null, version = version + 1
      where id = ${refund.id} and state = 'submitted'
      returning charge_id
    ),
    moved as (
      update charge set pending_refund = pending_refund - ${refund.amount.units.toString()}::numeric, version = version + 1,
        remedy_reason = case when remedy = 'refund' then 'refund-failed' else remedy_reason end,
        remedy = case when remedy = 'refund' then 'decide' else remedy end
      from done where charge.id = done.charge_id
      returning charge.id
    ),
    ${eventOf(refund, "refund.failed", at)},
    ${timelineStep([stepOf(refund, "refund.failed", at)])}
    select id from moved`);
  return rows.length === 1;
}

/** Certainly nothing moved: it waits to be asked for again. */
export async function releaseRefund(store: Store, { id }: Refund, failure: string): Promise<void> {
  await store.refund.updateMany({
    where: { id, state: "submitted" },
    data: { state: "requested", failure, owner: null, version: { increment: 1 } },
  });
}

/** Nobody knows yet. It stays submitted; what the rail called it is kept. */
export async function noteRefund(
  store: Store,
  { id }: Refund,
  { failure, reference }: { failure: string; reference: string | null },
): Promise<void> {
  await store.refund.updateMany({
    where: { id, state: "submitted" },
    data: { failure, owner: null, ...(reference ? { reference } : {}) },
  });
}
