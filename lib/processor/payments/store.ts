import { isUniqueViolation, type Sql, type Store, sql, units } from "@/lib/db";
import { enqueueStep, type Job } from "@/lib/jobs";
import { entryListSteps, type Leg } from "@/lib/ledger";
import { Money, type Price } from "@/lib/money";
import type { Action } from "@/lib/rails";
import { noticeStep, type ShopNews } from "@/lib/webhooks";
import { type EventFacts, eventSteps, type TraceStep, timelineStep } from "../charges/steps";
import { type Payment, type PaymentOperation, paymentOf } from "./payment";

export type FoundPayment = Readonly<{ payment: Payment; sealedProof: Uint8Array | null }>;

export async function findPayment(
  store: Store,
  where: { id: string; merchantId?: string },
): Promise<FoundPayment | null> {
  const row = await store.charge.findFirst({ where: { ...where, kind: "payment" } });
  const about = row && (await store.payment.findUnique({ where: { chargeId: row.id } }));
  return about ? { payment: paymentOf(row, about), sealedProof: row.sealedProof } : null;
}

export { aliveNumbers } from "../charges/query-store";

/** What a shop opened under its own name for it, newest first. */
export async function listByRef(
  store: Store,
  where: { merchantId: string; connector?: string; externalRef: string },
): Promise<Payment[]> {
  const abouts = await store.payment.findMany({ where, orderBy: { createdAt: "desc" }, take: 100 });
  const rows = await store.charge.findMany({ where: { id: { in: abouts.map(({ chargeId }) => chargeId) } } });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return abouts.flatMap((about) => {
    const row = byId.get(about.chargeId);
    return row ? [paymentOf(row, about)] : [];
  });
}

type OperationRow = NonNullable<Awaited<ReturnType<Store["paymentOperation"]["findUnique"]>>>;

const kinds = ["offer", "authorize", "capture", "void"] as const;
const operationStates = ["running", "settled", "failed"] as const;

/** safe: only this store writes the column, from a `Listed`. */
function listedOf(value: unknown): PaymentOperation["listed"] {
  if (value === null) return null;
  const { list, rate } = value as {
    list: Price;
    rate: { rate: string; source: string; at: string | null } | null;
  };
  return { list, rate: rate && { ...rate, at: rate.at === null ? null : new Date(rate.at) } };
}

const operationOf = ({ list, ...row }: OperationRow, { amount }: Payment): PaymentOperation => ({
  ...row,
  listed: listedOf(list),
  kind: kinds.find((kind) => kind === row.kind) ?? "offer",
  state: operationStates.find((state) => state === row.state) ?? "failed",
  amount: Money.of(units(row.amount), amount.currency),
});

export async function findOperation(
  store: Store,
  payment: Payment,
  effectKey = payment.effect.key,
): Promise<PaymentOperation | null> {
  const row = await store.paymentOperation.findUnique({ where: { effectKey } });
  return row && operationOf(row, payment);
}

/** What was asked for under a caller's key, and the payment it is about. */
export async function findByRequest(
  store: Store,
  requestKey: string,
): Promise<{ operation: PaymentOperation; payment: Payment } | null> {
  const row = await store.paymentOperation.findUnique({ where: { requestKey } });
  const found = row && (await findPayment(store, { id: row.chargeId }));
  return found ? { operation: operationOf(row, found.payment), payment: found.payment } : null;
}

/** The end of this kind that a payment came to last, for those who ask for it again. */
export async function findLast(
  store: Store,
  payment: Payment,
  kind: PaymentOperation["kind"],
): Promise<PaymentOperation | null> {
  const row = await store.paymentOperation.findFirst({
    where: { chargeId: payment.id, kind, state: "settled" },
    orderBy: { createdAt: "desc" },
  });
  return row && operationOf(row, payment);
}

export const insertOperation = (operation: PaymentOperation): Sql => sql`
      insert into payment_operation (id, charge_id, kind, effect_key, request_key, request_hash, amount, is_final, state, code, reason, list, created_at, ended_at)
      select ${operation.id}, moved.id, ${operation.kind}, ${operation.effectKey}, ${operation.requestKey}, ${operation.requestHash}::bytea,
        ${operation.amount.units.toString()}::numeric, ${operation.isFinal}, ${operation.state}, ${operation.code}, ${operation.reason}, ${operation.listed ? JSON.stringify(operation.listed) : null}::jsonb, ${operation.createdAt}::timestamptz,
        case when ${operation.state} = 'running' then null else ${operation.createdAt}::timestamptz end
      from moved`;

type Begin = Readonly<{
  payment: Payment;
  operation: PaymentOperation;
  owner: number;
  sealedProof?: Uint8Array;
  /** Money that this effect spends: nobody else may have. */
  claims?: readonly string[];
  trace: readonly TraceStep[];
}>;

/**
 * The intention, before the rail hears of it. `moved-on`: the payment is not as it was read, or another effect is
 * running. `taken`: the request's key, or the money, is.
 */
export async function beginOperation(store: Store, begin: Begin): Promise<"begun" | "moved-on" | "taken"> {
  const { payment, operation, owner, sealedProof, claims = [], trace } = begin;
  try {
    const rows = await store.$queryRaw<unknown[]>(sql`
      with moved as (
        update charge set effect_key = ${operation.effectKey}, effect_state = 'submitted', effect_reason = null, effect_attempts = 1,
          owner = ${owner}::int, sealed_proof = coalesce(${sealedProof ?? null}::bytea, sealed_proof), version = version + 1
        where id = ${payment.id} and version = ${payment.version}::int and effect_state in ('settled', 'failed') and pending_refund = 0
        returning id
      ),
      numbered as (
        update payment set sequence = sequence + 1 from moved where payment.charge_id = moved.id
      ),
      wanted as (${insertOperation(operation)}),
      spent as (
        insert into claim (key, charge_id, created_at)
        select taken.key, moved.id, ${operation.createdAt}::timestamptz
        from moved, unnest(${[...claims]}::text[]) as taken (key)
        where not exists (select 1 from claim own where own.key = taken.key and own.charge_id = moved.id)
        order by taken.key
      ),
      ${timelineStep(trace)}
      select id from moved`);
    return rows.length === 1 ? "begun" : "moved-on";
  } catch (error) {
    if (isUniqueViolation(error)) return "taken";
    throw error;
  }
}

/** Takes up an effect that waits, or whose process died, under the key it has. `false` when somebody else was faster. */
export async function resumeOperation(
  store: Store,
  payment: Payment,
  { owner, sealedProof }: { owner: number; sealedProof?: Uint8Array },
): Promise<boolean> {
  const { count } = await store.charge.updateMany({
    where: {
      id: payment.id,
      version: payment.version,
      effectState: { in: ["requested", "submitted", "unknown"] },
    },
    data: {
      effectState: "submitted",
      effectAttempts: { increment: 1 },
      owner,
      version: { increment: 1 },
      ...(sealedProof ? { sealedProof: new Uint8Array(sealedProof) } : {}),
    },
  });
  return count === 1;
}

/** The payment after a step, and all that the step leaves behind. */
export type Change = Readonly<{
  before: Payment;
  after: Payment;
  /** What became of the running operation, when this says so. */
  ended?: Readonly<{
    effectKey: string;
    state: "settled" | "failed";
    code?: string;
    reason?: string;
    reference?: string;
  }>;
  action?: Action;
  /** The proof is not needed any more. */
  forgetProof: boolean;
  fee?: Money;
  entry?: Readonly<{ key: string; reason: string; postings: readonly Leg[] }>;
  events: readonly EventFacts[];
  trace: readonly TraceStep[];
  job?: Job;
  /** What the shop that opened it is to be told. */
  notice?: ShopNews;
  at: Date;
}>;

const endOperation = ({ ended, at }: Change): Sql =>
  ended
    ? sql`ended as (
        update payment_operation set state = ${ended.state}, code = ${ended.code ?? null}, reason = ${ended.reason ?? null},
          reference = ${ended.reference ?? null}, ended_at = ${at}::timestamptz
        from moved where payment_operation.effect_key = ${ended.effectKey} and payment_operation.state = 'running'
      )`
    : sql`ended as (select 1)`;

/** Writes a step: state, counters, postings, events and timeline in one statement. `false` when the payment has moved on. */
export async function changePayment(store: Store, change: Change): Promise<boolean> {
  const { before, after, action, forgetProof, fee, entry, events, trace, job, notice, at } = change;
  const entries = entry
    ? [{ ...entry, merchantId: after.merchantId, mode: after.mode, chargeId: after.id, at }]
    : [];
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set state = ${after.status}, requested = ${after.amount.units.toString()}::numeric, authorized = ${after.authorized.units.toString()}::numeric,
        captured = ${after.captured.units.toString()}::numeric, released = ${after.released.units.toString()}::numeric,
        fee = fee + ${(fee?.units ?? 0n).toString()}::numeric, reference = ${after.reference}, payer = ${after.payer}, offer = ${JSON.stringify(after.offer)}::jsonb,
        challenge_expires = ${after.expiresAt}::timestamptz, list_amount = ${after.list.amount}, list_currency = ${after.list.currency},
        rate = ${after.rate?.rate ?? null}, rate_source = ${after.rate?.source ?? null}, rate_at = ${after.rate?.at ?? null}::timestamptz,
        effect_state = ${after.effect.state}, effect_reason = ${after.effect.reason}, owner = ${after.owner}::int,
        receipt_id = ${after.receiptId}, delivery = case when ${after.receiptId}::text is null then 'none' else 'not_applicable' end,
        captured_at = case when ${after.receiptId}::text is null then null else coalesce(captured_at, ${at}::timestamptz) end,
        sealed_proof = case when ${forgetProof} then null else sealed_proof end, version = version + 1
      where id = ${before.id} and version = ${before.version}::int
      returning id
    ),
    about as (
      update payment set action = coalesce(${action ? JSON.stringify(action) : null}::jsonb, action), looked_at = ${after.lookedAt}::timestamptz
      from moved where payment.charge_id = moved.id
    ),
    ${endOperation(change)},
    ${entryListSteps(entries)},
    ${eventSteps(events.map((event) => ({ ...event, charge: after.id })))},
    ${timelineStep(trace)}${job ? sql`, ${enqueueStep(job)}` : sql``}${notice ? sql`, ${noticeStep(notice)}` : sql``}
    select id from moved`);
  return rows.length === 1;
}

/** When the rail was asked last, though it had nothing new. */
export async function noteLook(store: Store, { id }: Payment, at: Date): Promise<void> {
  await store.payment.updateMany({ where: { chargeId: id }, data: { lookedAt: at } });
}

/** A request that was refused without asking the rail keeps its answer. `false` when its key is taken. */
export async function keepRefusal(store: Store, operation: PaymentOperation): Promise<boolean> {
  try {
    await store.$executeRaw(
      sql`with moved as (select ${operation.chargeId}::text as id) ${insertOperation(operation)}`,
    );
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
