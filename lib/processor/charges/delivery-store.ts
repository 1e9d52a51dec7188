import { type Database, type Store, sql, together, withoutWaiting } from "@/lib/db";
import type { Charge, Delivery } from "./charge";
import { chargeEvent, eventStep, eventSteps, type TraceStep, timelineStep, timelineSteps } from "./steps";

export type Served = Readonly<{
  status: number | null;
  bytes: number;
  upstreamMs: number;
  totalMs: number;
}>;

/** What repeats under any of these keys get; a `null` body means that it was too large to keep. */
export type KeptAnswer = Readonly<{
  keys: readonly string[];
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array | null;
  expiresAt: Date;
}>;

type DeliveryRecord = Readonly<{
  charge: Charge;
  served: Served;
  at: Date;
  trace: readonly TraceStep[];
  answer: KeptAnswer | null;
  /** The charge stays its process's until the bytes have left too. */
  isLeaving: boolean;
}>;

const hex = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString("hex");

/** Written out, as a claim is. */
const rowOf = ({ charge, served, at, answer, isLeaving }: DeliveryRecord) => ({
  id: charge.id,
  at,
  status: served.status,
  bytes: served.bytes,
  upstream_ms: served.upstreamMs,
  total_ms: served.totalMs,
  owner: charge.owner,
  next_owner: isLeaving ? charge.owner : null,
  merchant: charge.merchantId,
  endpoint: charge.endpointId,
  fingerprint: hex(charge.fingerprint),
  keys: answer?.keys ?? [],
  state: answer?.body ? "kept" : "not_kept",
  answer_status: answer?.status ?? null,
  headers: answer?.headers ?? null,
  body: answer ? hex(answer.body) : null,
  expires_at: answer?.expiresAt ?? null,
});

const deliveredColumns = sql`
  id text, at timestamptz, status int, bytes bigint, upstream_ms int, total_ms int, owner int, next_owner int,
  merchant text, endpoint text, fingerprint text, keys jsonb, state text, answer_status int, headers jsonb, body text,
  expires_at timestamptz`;

async function deliverCharges(
  database: Pick<Database, "ask">,
  records: readonly DeliveryRecord[],
): Promise<readonly boolean[]> {
  const told = records.map(({ charge, served, at }) => ({
    ...chargeEvent({ ...charge, delivery: "delivered" }, "charge.delivered", {
      at,
      more: { status: served.status },
    }),
    charge: charge.id,
  }));
  const rows = await database.ask<{ id: string }>(sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(records.map(rowOf))}::jsonb) as given (${deliveredColumns})
      limit ${records.length}::int
    ),
    moved as (
      update charge set delivery = 'delivered', delivered_at = given.at, upstream_status = given.status,
        upstream_bytes = given.bytes, upstream_ms = given.upstream_ms, total_ms = given.total_ms,
        delivery_attempts = charge.delivery_attempts + 1, owner = given.next_owner, version = charge.version + 1
      from given
      where charge.id = given.id and (charge.delivery = 'undelivered') is true and charge.owner = given.owner
      returning charge.id
    ),
    kept as (
      insert into stored_answer (key, merchant_id, endpoint_id, fingerprint, charge_id, state, status, headers, body, expires_at, created_at)
      select named.key, merchant, endpoint, decode(fingerprint, 'hex'), given.id, state, answer_status, headers,
        decode(body, 'hex'), expires_at, at
      from given join moved on moved.id = given.id, jsonb_array_elements_text(given.keys) as named (key)
      order by named.key
      on conflict (key) do update set
        state = excluded.state, status = excluded.status, headers = excluded.headers, body = excluded.body, expires_at = excluded.expires_at
        where stored_answer.charge_id = excluded.charge_id and stored_answer.state = 'in_progress'
    ),
    ${eventSteps(told)},
    ${timelineSteps(records.map(({ charge, trace }) => ({ charge: charge.id, trace })))}
    select id from moved`);
  const ours = new Set(rows.map(({ id }) => id));
  return records.map(({ charge }) => ours.has(charge.id));
}

/**
 * The fact of delivery, and the answer that repeats get: one statement, shared with what is delivered at the same time.
 * `false` when it was not this process's to deliver.
 */
export const deliverCharge = together(deliverCharges);

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

/**
 * The bytes of these deliveries have left: nobody has to answer for them any more. It does not wait for the disk: what a
 * power cut takes of it is delivered again if its payer asks again, as when the process dies before it.
 */
export async function noteSent(
  database: Pick<Database, "ask">,
  { ids, owner }: { ids: readonly string[]; owner: number },
): Promise<void> {
  await database.ask(sql`
    with noted as (
      update charge set owner = null
      where id = any(${[...ids]}::text[]) and owner = ${owner}::int and (delivery = 'delivered') is true
      returning id
    )
    select count(*) from noted where ${withoutWaiting}`);
}
