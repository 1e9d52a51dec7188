import { isUniqueViolation, type Sql, type Store, sql } from "@/lib/db";
import { enqueueStep } from "@/lib/jobs";
import { entrySteps } from "@/lib/ledger";
import type { Money } from "@/lib/money";
import type { Charge } from "./charge";
import { chargeEvent, eventStep, freeAnswerStep, type TraceStep, timelineStep } from "./steps";

/** A stored answer that begins with the claim, so that one `Idempotency-Key` starts one payment. */
export type BegunAnswer = Readonly<{ key: string; expiresAt: Date }>;

const beginAnswer = (charge: Charge, answer: BegunAnswer | null, at: Date): Sql =>
  answer === null
    ? sql`begun as (select 1)`
    : sql`begun as (
      insert into stored_answer (key, merchant_id, endpoint_id, fingerprint, charge_id, state, expires_at, created_at)
      select ${answer.key}, ${charge.merchantId}, ${charge.endpointId}, ${charge.fingerprint}::bytea, moved.id, 'in_progress', ${answer.expiresAt}::timestamptz, ${at}::timestamptz
      from moved
    )`;

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
