import { aliveOwners, type Database, isUniqueViolation, type Sql, type Store, sql } from "@/lib/db";
import { insertCaptured, saleEntry } from "../charges/captured-store";
import type { Charge } from "../charges/charge";
import { chargeEvent, eventStep, freeAnswerStep, type TraceStep, timelineStep } from "../charges/steps";
import { wake } from "./steps";
import type { Use } from "./use";

/** A database that is asked without the detour through the client: these statements are most of what a unit costs. */
type Hot = Pick<Database, "ask">;

const number = (value: bigint): Sql => sql`${value.toString()}::numeric`;

type Begun = Readonly<{ use: Use; accepted: bigint; owner: number; answersUntil: Date }>;

/**
 * Reserves the first unit and writes who is being served: one statement, and its condition is what keeps a hundred
 * requests at once within the balance. `taken`: one of the answers' keys is in use.
 */
export async function beginUse(
  store: Hot,
  { use, accepted, owner, answersUntil }: Begun,
): Promise<"begun" | "refused" | "taken"> {
  const { channel, startedAt: at } = use;
  const price = number(use.reserved);
  try {
    const rows = await store.ask<unknown>(sql`
      with moved as (
        update channel set reserved = reserved + ${price}, accepted = greatest(accepted, ${number(accepted)}), last_used_at = ${at}::timestamptz
        where id = ${channel.id} and status = 'open' and spent + reserved + ${price} <= greatest(accepted, ${number(accepted)})
        returning id
      ),
      used as (
        insert into channel_use (id, channel_id, merchant_id, mode, service_id, service_slug, endpoint_id, endpoint_label, price_version,
          list_amount, list_currency, challenge_id, credential_hash, fingerprint, reserved, request_id, idempotency_key, owner, started_at, last_at)
        select ${use.id}, moved.id, ${channel.merchantId}, ${channel.mode}, ${use.service.id}, ${use.service.slug}, ${use.endpoint.id}, ${use.endpoint.label}, ${use.endpoint.priceVersion}::int,
          ${use.list.amount}, ${use.list.currency}, ${use.challengeId}, ${use.credentialHash}::bytea, ${use.fingerprint}::bytea, ${price}, ${use.requestId}, ${use.idempotencyKey}, ${owner}::int, ${at}::timestamptz, ${at}::timestamptz
        from moved
      ),
      begun as (
        insert into stored_answer (key, merchant_id, endpoint_id, fingerprint, charge_id, state, expires_at, created_at)
        select answer.key, ${channel.merchantId}, ${use.endpoint.id}, ${use.fingerprint}::bytea, ${use.id}, 'in_progress', ${answersUntil}::timestamptz, ${at}::timestamptz
        from moved, unnest(${[...use.answers]}::text[]) as answer (key)
      )
      select id from moved`);
    return rows.length === 1 ? "begun" : "refused";
  } catch (error) {
    if (isUniqueViolation(error)) return "taken";
    throw error;
  }
}

/** What one more part of an answer costs, and how much of it was reserved before. */
export type Debit = Readonly<{ cost: bigint; fromReserve: bigint; units: bigint }>;

/** May the channel carry it? What was reserved is good for its cost whatever became of the channel since. */
const carries = ({ cost, fromReserve }: Debit): Sql =>
  cost <= fromReserve
    ? sql`true`
    : sql`(channel.status = 'open' and channel.spent + channel.reserved - ${number(fromReserve)} + ${number(cost)} <= channel.accepted)`;

/** Takes the price of what is about to leave. `false`: the balance or the channel does not allow it, and nothing leaves. */
export async function debitUse(
  store: Hot,
  use: Pick<Use, "id" | "channel">,
  { owner, at, debit }: { owner: number; at: Date; debit: Debit },
): Promise<boolean> {
  const { cost, fromReserve, units } = debit;
  const rows = await store.ask<unknown>(sql`
    with locked as (select id from channel_use where id = ${use.id} and owner = ${owner}::int for update),
    paid as (
      update channel set spent = spent + ${number(cost)}, reserved = reserved - ${number(fromReserve)}, last_used_at = ${at}::timestamptz
      from locked
      where channel.id = ${use.channel.id} and ${carries(debit)}
      returning channel.id
    ),
    moved as (
      update channel_use set spent = spent + ${number(cost)}, reserved = reserved - ${number(fromReserve)}, units = units + ${units}::bigint, last_at = ${at}::timestamptz
      from paid
      where channel_use.id = ${use.id}
      returning channel_use.id
    )
    select id from moved`);
  return rows.length === 1;
}

/** The answer to keep: a body that is `null` is not kept. */
export type Kept = Readonly<{ status: number; headers: Record<string, string>; body: Uint8Array | null }>;

const keepStep = (charge: Charge, kept: Kept | null): Sql =>
  kept === null
    ? freeAnswerStep
    : sql`kept as (
      update stored_answer set state = ${kept.body === null ? "not_kept" : "kept"}, status = ${kept.status}::int, headers = ${JSON.stringify(kept.headers)}::jsonb, body = ${kept.body}::bytea
      from moved
      where stored_answer.charge_id = ${charge.id} and state = 'in_progress'
    )`;

type Booked = Readonly<{
  use: Use;
  owner: number;
  charge: Charge;
  debit: Debit;
  kept: Kept | null;
  trace: readonly TraceStep[];
}>;

/**
 * Ends a use that cost something: the last debit, the receipt, its postings and its news are one statement. What is
 * still reserved goes back to the balance. `false` when the use is not as we know it, or the balance does not allow it.
 */
export async function bookUse(store: Hot, given: Booked): Promise<boolean> {
  const { use, owner, charge, debit, kept, trace } = given;
  const at = charge.capturedAt ?? charge.createdAt;
  const { channel } = use;
  const rows = await store.ask<unknown>(sql`
    with locked as (
      select id from channel_use where id = ${use.id} and owner = ${owner}::int and spent = ${number(use.spent)} and reserved = ${number(use.reserved)} for update
    ),
    paid as (
      update channel set spent = spent + ${number(debit.cost)}, reserved = reserved - ${number(use.reserved)}, last_used_at = greatest(last_used_at, ${at}::timestamptz)
      from locked
      where channel.id = ${channel.id} and ${carries(debit)}
      returning channel.id
    ),
    gone as (delete from channel_use using paid where channel_use.id = ${use.id} returning channel_use.id),
    moved as (${insertCaptured(charge, sql`gone`)}),
    ${saleEntry(charge, at, { account: "payer:deposits", channelId: channel.id })},
    ${keepStep(charge, kept)},
    ${eventStep(chargeEvent(charge, "receipt.created", { at, more: { channel: channel.id, units: (use.units + debit.units).toString() } }))},
    ${timelineStep(trace)}
    select id, ${wake(channel.id)}::text from moved`);
  return rows.length === 1;
}

/** Ends a use that cost nothing; what was reserved goes back to the balance. */
export async function releaseUse(
  store: Hot,
  use: Use,
  { owner, at }: { owner: number; at: Date },
): Promise<boolean> {
  const rows = await store.ask<unknown>(sql`
    with locked as (select id from channel_use where id = ${use.id} and owner = ${owner}::int and spent = 0 for update),
    paid as (
      update channel set reserved = reserved - ${number(use.reserved)}, last_used_at = greatest(last_used_at, ${at}::timestamptz)
      from locked where channel.id = ${use.channel.id}
      returning channel.id
    ),
    moved as (delete from channel_use using paid where channel_use.id = ${use.id} returning channel_use.id),
    ${freeAnswerStep}
    select id, ${wake(use.channel.id)}::text from moved`);
  return rows.length === 1;
}

export const findUse = (store: Store, id: string) => store.channelUse.findUnique({ where: { id } });

type UseRow = NonNullable<Awaited<ReturnType<typeof findUse>>>;

/** Uses whose process died, and those of this process; the caller knows which of these it still works on. */
export async function listUses(store: Store, owner: number): Promise<UseRow[]> {
  const rows = await store.$queryRaw<{ id: string }[]>(sql`
    select id from channel_use where owner = ${owner}::int or owner <> all(${aliveOwners}) order by started_at limit 500`);
  return await store.channelUse.findMany({ where: { id: { in: rows.map(({ id }) => id) } } });
}

/** Takes over a use of a process that died. */
export async function adoptUse(
  store: Store,
  { id, from, owner }: { id: string; from: number; owner: number },
) {
  const { count } = await store.channelUse.updateMany({ where: { id, owner: from }, data: { owner } });
  return count === 1;
}
