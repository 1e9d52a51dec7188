import { isUniqueViolation, type Sql, type Store, sql } from "@/lib/db";
import { enqueueStep } from "@/lib/jobs";
import { entrySteps } from "@/lib/ledger";
import type { Money } from "@/lib/money";
import type { Charge } from "./charge";
import { chargeEvent, eventStep, freeAnswerStep, type TraceStep, timelineStep } from "./steps";

/** A stored answer that begins with the claim, so that one `Idempotency-Key` starts one payment. */
export type BegunAnswer = Readonly<{ key: string; expiresAt: Date }>;

type Claim = Readonly<{
  charge: Charge;
  challenge: string;
  money: readonly string[];
  sealedProof: Uint8Array;
  answer: BegunAnswer | null;
  trace: readonly TraceStep[];
}>;

const beginAnswer = (charge: Charge, answer: BegunAnswer | null, at: Date): Sql =>
  answer === null
    ? sql`begun as (select 1)`
    : sql`begun as (
      insert into stored_answer (key, merchant_id, endpoint_id, fingerprint, charge_id, state, expires_at, created_at)
      select ${answer.key}, ${charge.merchantId}, ${charge.endpointId}, ${charge.fingerprint}::bytea, moved.id, 'in_progress', ${answer.expiresAt}::timestamptz, ${at}::timestamptz
      from moved
    )`;

const insertCharge = (charge: Charge, sealedProof: Uint8Array): Sql => sql`
      insert into charge (
        id, merchant_id, mode, service_id, service_slug, endpoint_id, endpoint_label, price_version,
        rail_slug, rail_kind, method, intent, state, requested, currency, exponent, list_amount, list_currency,
        rate, rate_source, rate_at, payer, challenge_id, challenge_expires, credential_hash, fingerprint, sealed_proof, offer,
        effect_key, effect_state, effect_attempts, owner, redeemable_until, request_id, idempotency_key, created_at)
      select
        charge_id, ${charge.merchantId}, ${charge.mode}, ${charge.serviceId}, ${charge.service}, ${charge.endpointId}, ${charge.endpoint}, ${charge.priceVersion}::int,
        ${charge.rail}, ${charge.railKind}, ${charge.method}, ${charge.intent}, ${charge.state}, ${charge.requested.units.toString()}::numeric, ${charge.requested.currency.code}, ${charge.requested.currency.exponent}::int, ${charge.list.amount}, ${charge.list.currency},
        ${charge.rate}, ${charge.rateSource}, ${charge.rateAt}::timestamptz, ${charge.payer}, ${charge.challengeId}, ${charge.challengeExpires}::timestamptz, ${charge.credentialHash}::bytea, ${charge.fingerprint}::bytea, ${sealedProof}::bytea, ${JSON.stringify(charge.offer)}::jsonb,
        ${charge.effect.key}, 'submitted', 1, ${charge.owner}::int, ${charge.redeemableUntil}::timestamptz, ${charge.requestId}, ${charge.idempotencyKey}, ${charge.createdAt}::timestamptz
      from first
      returning id`;

/**
 * The claim: one statement, and one unique insert in it decides who was first. `false` when the challenge, the money
 * or the `Idempotency-Key` is taken; then nothing was written.
 */
export async function claimCharge(store: Store, claim: Claim): Promise<boolean> {
  const { charge, challenge, money, sealedProof, answer, trace } = claim;
  try {
    const rows = await store.$queryRaw<unknown[]>(sql`
      with first as (
        insert into claim (key, charge_id, created_at)
        values (${challenge}, ${charge.id}, ${charge.createdAt}::timestamptz)
        on conflict do nothing
        returning charge_id
      ),
      moved as (${insertCharge(charge, sealedProof)}),
      money as (
        insert into claim (key, charge_id, created_at)
        select taken.key, moved.id, ${charge.createdAt}::timestamptz from moved, unnest(${money}::text[]) as taken (key)
      ),
      ${beginAnswer(charge, answer, charge.createdAt)},
      ${timelineStep(trace)}
      select id from moved`);
    return rows.length === 1;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** Takes up a released charge again, with the key it had. `false` when somebody else was faster. */
export async function reclaimCharge(
  store: Store,
  charge: Charge,
  {
    owner,
    answer,
    at,
    trace,
  }: { owner: number; answer: BegunAnswer | null; at: Date; trace: readonly TraceStep[] },
): Promise<boolean> {
  try {
    const rows = await store.$queryRaw<unknown[]>(sql`
      with moved as (
        update charge set effect_state = 'submitted', effect_attempts = effect_attempts + 1, owner = ${owner}::int, version = version + 1
        where id = ${charge.id} and version = ${charge.version}::int and state = 'created' and effect_state = 'requested'
        returning id
      ),
      ${beginAnswer(charge, answer, at)},
      ${timelineStep(trace)}
      select id from moved`);
    return rows.length === 1;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

export type SettledFacts = Readonly<{
  /** The charge as it is after settlement. */
  charge: Charge;
  trace: readonly TraceStep[];
}>;

/** The ledger's view of a sale: money at the rail, less what the rail kept. */
function saleEntry(charge: Charge, at: Date): Sql {
  const { captured, fee, rail } = charge;
  const minus = (money: Money): Money => ({ ...money, units: -money.units });
  return entrySteps({
    key: charge.effect.key,
    reason: "charge.settled",
    merchantId: charge.merchantId,
    mode: charge.mode,
    chargeId: charge.id,
    at,
    postings: [
      { account: `rail:${rail}`, amount: captured },
      { account: "merchant:sales", amount: minus(captured) },
      ...(fee.units === 0n
        ? []
        : [
            { account: `rail:${rail}:fees`, amount: fee },
            { account: `rail:${rail}`, amount: minus(fee) },
          ]),
    ],
  });
}

/** The fact of settlement, its postings, its receipt and its event: one statement. `false` when it was settled, or ended, before. */
export async function settleCharge(store: Store, { charge, trace }: SettledFacts): Promise<boolean> {
  const at = charge.capturedAt ?? charge.createdAt;
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set
        state = ${charge.state}, captured = ${charge.captured.units.toString()}::numeric, fee = ${charge.fee.units.toString()}::numeric,
        effect_state = 'settled', effect_reason = null, receipt_id = ${charge.receiptId}, reference = ${charge.reference}, payer = ${charge.payer},
        delivery = ${charge.delivery}, redeemable_until = ${charge.redeemableUntil}::timestamptz, captured_at = ${at}::timestamptz,
        rail_ms = ${charge.railMs}::int, owner = ${charge.owner}::int, sealed_proof = null, version = version + 1
      where id = ${charge.id} and effect_state in ('submitted', 'unknown') and captured = 0
      returning id
    ),
    ${saleEntry(charge, at)},
    ${eventStep(chargeEvent(charge, "receipt.created", { at }))},
    ${timelineStep(trace)}
    select id from moved`);
  return rows.length === 1;
}

export type Ending = Readonly<{
  charge: Charge;
  reason: string;
  trace: readonly TraceStep[];
  /** Money that came in all the same and belongs to no sale: it waits in suspense. */
  stray?: Money;
  at: Date;
}>;

/** The rail refused for good. The claim stays: what was refused once is not offered to the rail again. */
export async function denyCharge(
  store: Store,
  { charge, reason, trace, stray, at }: Ending,
): Promise<boolean> {
  const posting = stray && {
    key: `${charge.id}:stray:1`,
    reason: "charge.stray",
    merchantId: charge.merchantId,
    mode: charge.mode,
    chargeId: charge.id,
    at,
    postings: [
      { account: `rail:${charge.rail}`, amount: stray },
      { account: "suspense", amount: { ...stray, units: -stray.units } },
    ],
  };
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set state = 'denied', effect_state = 'failed', effect_reason = ${reason}, owner = null, sealed_proof = null, version = version + 1
      where id = ${charge.id} and effect_state in ('submitted', 'unknown') and captured = 0
      returning id
    ),
    ${posting ? entrySteps(posting) : sql`entry_group as (select 1)`},
    ${freeAnswerStep},
    ${timelineStep(trace)}
    select id from moved`);
  return rows.length === 1;
}

/** Certainly nothing moved: the effect waits to be asked for again, under the same key. */
export async function releaseCharge(
  store: Store,
  { charge, reason, trace }: Omit<Ending, "stray" | "at">,
): Promise<boolean> {
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set state = 'created', effect_state = 'requested', effect_reason = ${reason}, owner = null, version = version + 1
      where id = ${charge.id} and effect_state in ('submitted', 'unknown') and captured = 0
      returning id
    ),
    ${freeAnswerStep},
    ${timelineStep(trace)}
    select id from moved`);
  return rows.length === 1;
}

export const resolveJob = (charge: Charge, runAt: Date) => ({
  kind: "charge.resolve",
  key: `charge.resolve:${charge.id}`,
  payload: { chargeId: charge.id },
  runAt,
});

type Doubt = Omit<Ending, "stray"> & Readonly<{ reference?: string; isPending: boolean; askAt: Date }>;

/** Money may have moved. The charge stays claimed, nobody owns it, and a job asks the rail until it knows. */
export async function doubtCharge(store: Store, doubt: Doubt): Promise<boolean> {
  const { charge, reason, reference, isPending, askAt, at, trace } = doubt;
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set effect_state = 'unknown', effect_reason = ${reason}, owner = null, version = version + 1,
        state = case when ${isPending} then 'pending' else state end, reference = coalesce(${reference ?? null}, reference)
      where id = ${charge.id} and effect_state = 'submitted' and captured = 0
      returning id
    ),
    ${enqueueStep(resolveJob(charge, askAt))},
    ${eventStep(chargeEvent(charge, "charge.unknown", { at }))},
    ${timelineStep(trace)}
    select id from moved`);
  return rows.length === 1;
}
