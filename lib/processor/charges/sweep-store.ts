import { aliveOwners, type Store, sql } from "@/lib/db";
import { enqueueStep } from "@/lib/jobs";
import { newId } from "@/lib/kit";
import { type Charge, chargeOf } from "./charge";
import { timelineStep } from "./steps";
import { resolveJob } from "./store";

const batch = 200;
/** A capture may take 20 s; after this a living owner has lost sight of it, and asking again under the same key is safe. */
const forgottenMs = 60_000;

/** Effects that nobody works on: their process died, or lost the answer of the store. */
export async function listOrphans(
  store: Store,
  { now, owner, working }: { now: Date; owner: number; working: readonly string[] },
): Promise<Charge[]> {
  const forgotten = new Date(now.getTime() - forgottenMs);
  const rows = await store.$queryRaw<{ id: string }[]>(sql`
    select id from charge
    where kind = 'request' and effect_state = 'submitted'
      and (owner is null or owner <> all(${aliveOwners}) or created_at < ${forgotten}::timestamptz
        or (owner = ${owner}::int and id <> all(${working}::text[])))
    order by created_at
    limit ${batch}`);
  const found = await store.charge.findMany({ where: { id: { in: rows.map(({ id }) => id) } } });
  return found.map(chargeOf);
}

/** Unknown effects whose job is gone: given up ones stay before the merchant, lost ones are asked about again. */
export async function listUnasked(store: Store): Promise<Charge[]> {
  const rows = await store.$queryRaw<{ id: string }[]>(sql`
    select id from charge
    where kind = 'request' and effect_state = 'unknown' and not exists (select 1 from job where job.key = 'charge.resolve:' || charge.id)
    order by created_at
    limit ${batch}`);
  const found = await store.charge.findMany({ where: { id: { in: rows.map(({ id }) => id) } } });
  return found.map(chargeOf);
}

const interrupted = (at: Date) => timelineStep([{ type: "interrupted", at }]);

const tellInterrupted = (at: Date) => sql`
    told as (
      insert into event (id, merchant_id, mode, type, object, data, at)
      select ${newId("evt", at.getTime())} || '_' || moved.id, moved.merchant_id, moved.mode, 'charge.undelivered', moved.receipt_id,
        jsonb_build_object('charge', moved.id, 'receipt', moved.receipt_id, 'reason', 'interrupted'), ${at}::timestamptz
      from moved
    )`;

/** Deliveries whose process died in the middle: paid, not served, free to be redeemed or given back. */
export async function freeInterrupted(store: Store, at: Date): Promise<number> {
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set owner = null, version = version + 1,
        delivery = case when refunded = captured then 'refunded' else delivery end
      where delivery = 'undelivered' and owner is not null and owner <> all(${aliveOwners})
      returning id, merchant_id, mode, receipt_id
    ),
    ${tellInterrupted(at)},
    ${interrupted(at)}
    select id from moved`);
  return rows.length;
}

/**
 * What this very process owns on paper and does not work on: the store failed when it wanted to say so. Whether it
 * works on a row is asked after the row was seen, since it takes a charge in hand before it writes its name there.
 */
export async function freeStranded(
  store: Store,
  { owner, isWorking, at }: { owner: number; isWorking(chargeId: string): boolean; at: Date },
): Promise<number> {
  const owned = await store.charge.findMany({
    where: { owner, delivery: "undelivered" },
    select: { id: true, version: true },
  });
  const stranded = owned.filter(({ id }) => !isWorking(id));
  if (stranded.length === 0) return 0;
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set owner = null, version = version + 1,
        delivery = case when refunded = captured then 'refunded' else delivery end
      where delivery = 'undelivered' and owner = ${owner}::int
        and (id, version) in (select * from unnest(${stranded.map(({ id }) => id)}::text[], ${stranded.map(({ version }) => version)}::int[]))
      returning id, merchant_id, mode, receipt_id
    ),
    ${tellInterrupted(at)},
    ${interrupted(at)}
    select id from moved`);
  return rows.length;
}

/** Released effects whose challenge has run out a while ago, so that no call of ours is on its way any more. */
export async function listReleased(store: Store, at: Date): Promise<Charge[]> {
  const rows = await store.charge.findMany({
    where: {
      kind: "request",
      effectState: "requested",
      state: "created",
      challengeExpires: { lte: new Date(at.getTime() - forgottenMs) },
    },
    orderBy: { challengeExpires: "asc" },
    take: batch,
  });
  return rows.map(chargeOf);
}

/** Nothing moved, and nothing can be presented any more. */
export async function expireCharge(store: Store, charge: Charge, at: Date): Promise<boolean> {
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set state = 'expired', effect_state = 'failed', sealed_proof = null, version = version + 1
      where id = ${charge.id} and version = ${charge.version}::int and effect_state = 'requested' and captured = 0
      returning id
    ),
    ${timelineStep([{ type: "expired", at }])}
    select id from moved`);
  return rows.length === 1;
}

/** The rail was called unreachable and knows of this effect after all: it is asked about until its end is written. */
export async function doubtReleased(store: Store, charge: Charge, at: Date): Promise<boolean> {
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set effect_state = 'unknown', effect_reason = 'found-after-release', version = version + 1
      where id = ${charge.id} and version = ${charge.version}::int and effect_state = 'requested' and captured = 0
      returning id
    ),
    ${enqueueStep(resolveJob(charge, at))},
    ${timelineStep([{ type: "rail.unknown", at, detail: { reason: "found-after-release" } }])}
    select id from moved`);
  return rows.length === 1;
}

/** Paid, not served, and past the time in which the payer could have had it. */
export async function listOverdue(store: Store, at: Date): Promise<Charge[]> {
  const rows = await store.charge.findMany({
    where: { delivery: "undelivered", remedy: "deliver", owner: null, redeemableUntil: { lte: at } },
    orderBy: { redeemableUntil: "asc" },
    take: batch,
  });
  return rows.map(chargeOf);
}

/** Puts an undelivered charge before the merchant: its time has passed and the rail cannot send the money back. */
export async function leaveToMerchant(
  store: Store,
  charge: Charge,
  { reason, at }: { reason: string; at: Date },
): Promise<boolean> {
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set remedy = 'decide', remedy_reason = ${reason}, version = version + 1
      where id = ${charge.id} and delivery = 'undelivered' and remedy in ('deliver', 'refund')
      returning id
    ),
    ${timelineStep([{ type: "remedy", at, detail: { remedy: "decide", reason } }])}
    select id from moved`);
  return rows.length === 1;
}
