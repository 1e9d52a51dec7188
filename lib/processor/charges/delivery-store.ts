import { type Sql, type Store, sql } from "@/lib/db";
import type { Charge, Delivery } from "./charge";
import { chargeEvent, eventStep, type TraceStep, timelineStep } from "./steps";

export type Served = Readonly<{
  status: number | null;
  bytes: number;
  upstreamMs: number;
  totalMs: number;
}>;

/** What the next caller with this `Idempotency-Key` gets; `null` headers mean that it was too large to keep. */
export type KeptAnswer = Readonly<{
  key: string;
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array | null;
  expiresAt: Date;
}>;

const keepStep = (charge: Charge, answer: KeptAnswer | null, at: Date): Sql =>
  answer === null
    ? sql`kept as (select 1)`
    : sql`kept as (
      insert into stored_answer (key, merchant_id, endpoint_id, fingerprint, charge_id, state, status, headers, body, expires_at, created_at)
      select ${answer.key}, ${charge.merchantId}, ${charge.endpointId}, ${charge.fingerprint}::bytea, moved.id,
        ${answer.body === null ? "not_kept" : "kept"}, ${answer.status}::int, ${JSON.stringify(answer.headers)}::jsonb, ${answer.body}::bytea,
        ${answer.expiresAt}::timestamptz, ${at}::timestamptz
      from moved
      on conflict (key) do update set
        state = excluded.state, status = excluded.status, headers = excluded.headers, body = excluded.body, expires_at = excluded.expires_at
        where stored_answer.charge_id = excluded.charge_id and stored_answer.state = 'in_progress'
    )`;

type DeliveryRecord = Readonly<{
  charge: Charge;
  served: Served;
  at: Date;
  trace: readonly TraceStep[];
  answer: KeptAnswer | null;
  /** The charge stays its process's until the bytes have left too. */
  isLeaving: boolean;
}>;

/** The fact of delivery, and the answer that repeats get: one statement. `false` when it was not this process's to deliver. */
export async function deliverCharge(
  store: Store,
  { charge, served, at, trace, answer, isLeaving }: DeliveryRecord,
): Promise<boolean> {
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set delivery = 'delivered', delivered_at = ${at}::timestamptz, upstream_status = ${served.status}::int,
        upstream_bytes = ${served.bytes}::bigint, upstream_ms = ${served.upstreamMs}::int, total_ms = ${served.totalMs}::int,
        delivery_attempts = delivery_attempts + 1, owner = ${isLeaving ? charge.owner : null}::int, version = version + 1
      where id = ${charge.id} and delivery = 'undelivered' and owner = ${charge.owner}::int
      returning id
    ),
    ${keepStep(charge, answer, at)},
    ${eventStep(chargeEvent({ ...charge, delivery: "delivered" }, "charge.delivered", { at, more: { status: served.status } }))},
    ${timelineStep(trace)}
    select id from moved`);
  return rows.length === 1;
}

/** A delivery that failed. The money stays, the owner goes; what was given back meanwhile is not owed any more. */
export async function leaveUndelivered(
  store: Store,
  { charge, served, reason, at, trace }: Omit<DeliveryRecord, "answer" | "isLeaving"> & { reason: string },
): Promise<{ delivery: Delivery; redeemableUntil: Date | null } | null> {
  const rows = await store.$queryRaw<{ delivery: Delivery; redeemable_until: Date | null }[]>(sql`
    with moved as (
      update charge set delivery = case when refunded = captured then 'refunded' else 'undelivered' end,
        upstream_status = ${served.status}::int, upstream_bytes = ${served.bytes}::bigint, upstream_ms = ${served.upstreamMs}::int,
        total_ms = ${served.totalMs}::int, delivery_attempts = delivery_attempts + 1, owner = null, version = version + 1
      where id = ${charge.id} and delivery = 'undelivered' and owner = ${charge.owner}::int
      returning id, delivery, redeemable_until
    ),
    ${eventStep(chargeEvent(charge, "charge.undelivered", { at, more: { reason, status: served.status } }))},
    ${timelineStep(trace)}
    select delivery, redeemable_until from moved`);
  const row = rows[0];
  return row ? { delivery: row.delivery, redeemableUntil: row.redeemable_until } : null;
}

export async function deliveryOf(store: Store, id: string): Promise<string | null> {
  const row = await store.charge.findUnique({ where: { id }, select: { delivery: true } });
  return row?.delivery ?? null;
}

/** The bytes of these deliveries have left: nobody has to answer for them any more. */
export async function noteSent(
  store: Store,
  { ids, owner }: { ids: readonly string[]; owner: number },
): Promise<void> {
  await store.charge.updateMany({
    where: { id: { in: [...ids] }, owner, delivery: "delivered" },
    data: { owner: null },
  });
}
