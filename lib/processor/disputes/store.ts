import { type Sql, type Store, sql } from "@/lib/db";
import { entrySteps } from "@/lib/ledger";
import { Money } from "@/lib/money";
import type { Charge } from "../charges/charge";
import { eventStep, type TraceStep, timelineStep } from "../charges/steps";
import { type Dispute, type DisputeState, disputeOf, legsBetween } from "./dispute";

export async function listOf(store: Store, chargeId: string): Promise<Dispute[]> {
  const rows = await store.dispute.findMany({ where: { chargeId }, orderBy: { id: "asc" } });
  return rows.map(disputeOf);
}

/** Payments with a dispute that has not ended and was not looked at since. */
export async function listStale(store: Store, before: Date, limit: number): Promise<string[]> {
  const rows = await store.dispute.findMany({
    where: { state: { in: ["warning", "open"] }, updatedAt: { lt: before } },
    orderBy: { updatedAt: "asc" },
    take: limit,
    select: { chargeId: true },
  });
  return [...new Set(rows.map(({ chargeId }) => chargeId))];
}

type Rail = Readonly<{ merchantId: string; mode: string; railSlug: string }>;

/** Every rail that something was paid on, as the comparison with the rails has noted it. */
export const listRails = (store: Store): Promise<Rail[]> =>
  store.railCheck.findMany({ select: { merchantId: true, mode: true, railSlug: true } });

export type Told = Readonly<{ merchantId: string; rail: string; reference: string; payment: string }>;

/** The charges that disputes are about which nobody knows of yet, in one query. */
export async function listUnknown(store: Store, told: readonly Told[]): Promise<string[]> {
  if (told.length === 0) return [];
  const rows = await store.$queryRaw<{ id: string }[]>(sql`
    select distinct charge.id
    from jsonb_to_recordset(${JSON.stringify(told)}::jsonb)
      as told ("merchantId" text, rail text, reference text, payment text)
    join charge on charge.merchant_id = told."merchantId" and charge.reference = told.payment
      and charge.rail_slug = told.rail and charge.captured > 0
    where not exists (
      select 1 from dispute
      where dispute.merchant_id = told."merchantId" and dispute.rail_slug = told.rail and dispute.reference = told.reference)`);
  return rows.map(({ id }) => id);
}

/** Notes that nothing has changed, so that the others have their turn. */
export async function touch(store: Store, chargeId: string, at: Date): Promise<void> {
  await store.dispute.updateMany({ where: { chargeId }, data: { updatedAt: at } });
}

const amountOf = (amount: Money) => ({ amount: Money.format(amount), currency: amount.currency.code });

type Change = Readonly<{
  charge: Charge;
  before: Dispute | null;
  after: Dispute;
  chargeState: DisputeState | null;
}>;

const typeOf = ({ before, after }: Change): string => {
  if (after.state === "won" || after.state === "lost") return "dispute.closed";
  return before ? "dispute.updated" : "dispute.opened";
};

const upsert = ({ charge, before, after }: Change): Sql => sql`
      insert into dispute (id, charge_id, merchant_id, mode, rail_slug, reference, state, amount, withheld, fee, currency, exponent, reason, needs_response, respond_by, created_at, updated_at)
      values (${after.id}, ${charge.id}, ${charge.merchantId}, ${charge.mode}, ${charge.rail}, ${after.reference}, ${after.state},
        ${after.amount.units.toString()}::numeric, ${after.withheld.units.toString()}::numeric, ${after.fee.units.toString()}::numeric,
        ${after.amount.currency.code}, ${after.amount.currency.exponent}::int, ${after.reason}, ${after.needsResponse}, ${after.respondBy}::timestamptz,
        ${after.createdAt}::timestamptz, ${after.updatedAt}::timestamptz)
      on conflict (merchant_id, rail_slug, reference) do update
        set state = excluded.state, withheld = excluded.withheld, fee = excluded.fee, reason = excluded.reason, amount = excluded.amount,
          needs_response = excluded.needs_response, respond_by = excluded.respond_by, updated_at = excluded.updated_at, version = dispute.version + 1
        where dispute.version = ${before?.version ?? 0}::int
      returning charge_id`;

/** The dispute, its postings, its event and the charge: one statement. `false`: somebody else was first. */
export async function saveDispute(store: Store, change: Change): Promise<boolean> {
  const { charge, before, after, chargeState } = change;
  const { updatedAt: at } = after;
  const type = typeOf(change);
  const postings = legsBetween(charge.rail, before, after);
  const fee = after.fee.units - (before?.fee.units ?? 0n);
  const facts = {
    dispute: after.id,
    state: after.state,
    ...amountOf(after.amount),
    reason: after.reason,
    respondBy: after.respondBy?.toISOString() ?? null,
  };
  const step: TraceStep = { type, at, detail: { ...facts, reference: after.reference } };
  const data = { ...facts, charge: charge.id, receipt: charge.receiptId, reference: after.reference };
  const entry = {
    key: `${after.id}:${(before?.version ?? 0) + 1}`,
    reason: type,
    merchantId: charge.merchantId,
    mode: charge.mode,
    chargeId: charge.id,
    at,
    postings,
  };
  const rows = await store.$queryRaw<unknown[]>(sql`
    with changed as (${upsert(change)}),
    moved as (
      update charge set dispute_state = ${chargeState}, fee = fee + ${fee.toString()}::numeric, version = version + 1
      from changed where charge.id = changed.charge_id
      returning charge.id
    ),
    ${postings.length > 0 ? sql`${entrySteps(entry)},` : sql``}
    ${eventStep({ merchantId: charge.merchantId, mode: charge.mode, type, object: charge.receiptId ?? charge.id, data, at })},
    ${timelineStep([step])}
    select id from moved`);
  return rows.length === 1;
}
