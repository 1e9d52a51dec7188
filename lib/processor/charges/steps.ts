import { type Sql, sql } from "@/lib/db";
import { newId } from "@/lib/kit";
import { Money } from "@/lib/money";
import type { Mode } from "../deps";
import type { Charge } from "./charge";

/** One thing that happened to a charge, with its time and, where it took some, its duration. */
export type TraceStep = Readonly<{
  type: string;
  at: Date;
  detail?: Record<string, unknown>;
  durationMs?: number;
}>;

/** A step of a `with` statement that adds to the timeline of the one charge whose `id` an earlier step `moved` returns. */
export function timelineStep(steps: readonly TraceStep[]): Sql {
  const rows = steps.map(({ type, at, detail = {}, durationMs = null }) => ({
    type,
    at,
    detail,
    durationMs,
  }));
  return sql`
    timeline as (
      insert into charge_event (charge_id, at, type, detail, duration_ms)
      select moved.id, (step.value->>'at')::timestamptz, step.value->>'type', step.value->'detail', (step.value->>'durationMs')::int
      from moved, jsonb_array_elements(${JSON.stringify(rows)}::jsonb) with ordinality as step (value, place)
      order by step.place
    )`;
}

/** The same for many charges: each gets the steps that stand beside its id. */
export function timelineSteps(all: readonly { charge: string; trace: readonly TraceStep[] }[]): Sql {
  const rows = all.flatMap(({ charge, trace }) =>
    trace.map(({ type, at, detail = {}, durationMs = null }) => ({ charge, type, at, detail, durationMs })),
  );
  return sql`
    timeline as (
      insert into charge_event (charge_id, at, type, detail, duration_ms)
      select moved.id, step.at, step.type, step.detail, step."durationMs"
      from rows from (
        jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (charge text, at timestamptz, type text, detail jsonb, "durationMs" int)
      ) with ordinality as step (charge, at, type, detail, "durationMs", place)
      join moved on moved.id = step.charge
      order by step.place
    )`;
}

export type EventFacts = Readonly<{
  merchantId: string;
  mode: Mode;
  type: string;
  object: string;
  data: Record<string, unknown>;
  at: Date;
}>;

/** A step that writes our own event in the statement of the change itself: it exists exactly when the change does. */
export function eventStep({ merchantId, mode, type, object, data, at }: EventFacts): Sql {
  return sql`
    told as (
      insert into event (id, merchant_id, mode, type, object, data, at)
      select ${newId("evt", at.getTime())}, ${merchantId}, ${mode}, ${type}, ${object}, ${JSON.stringify(data)}::jsonb, ${at}::timestamptz
      from moved
    )`;
}

/** The same for many charges: each event exists exactly when the change of its charge does. */
export function eventSteps(all: readonly (EventFacts & { charge: string })[]): Sql {
  const rows = all.map(({ charge, merchantId, mode, type, object, data, at }) => ({
    id: newId("evt", at.getTime()),
    charge,
    merchant: merchantId,
    mode,
    type,
    object,
    data,
    at,
  }));
  return sql`
    told as (
      insert into event (id, merchant_id, mode, type, object, data, at)
      select told.id, told.merchant, told.mode, told.type, told.object, told.data, told.at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as told (id text, charge text, merchant text, mode text, type text, object text, data jsonb, at timestamptz)
      join moved on moved.id = told.charge
    )`;
}

/** A step that frees the `Idempotency-Key` of a charge that ended without an answer. */
export const freeAnswerStep: Sql = sql`
    freed as (
      delete from stored_answer where state = 'in_progress' and charge_id in (select id from moved)
    )`;

const amountOf = (amount: Money) => ({ amount: Money.format(amount), currency: amount.currency.code });

/** What an event about a charge tells the merchant's own systems. */
export function chargeEvent(
  charge: Charge,
  type: string,
  { at, more = {} }: { at: Date; more?: Record<string, unknown> },
): EventFacts {
  return {
    merchantId: charge.merchantId,
    mode: charge.mode,
    type,
    object: charge.receiptId ?? charge.id,
    at,
    data: {
      charge: charge.id,
      receipt: charge.receiptId,
      service: charge.service,
      endpoint: charge.endpoint,
      rail: charge.rail,
      amount: amountOf(charge.requested),
      payer: charge.payer,
      reference: charge.reference,
      challengeId: charge.challengeId,
      delivery: charge.delivery,
      ...more,
    },
  };
}
