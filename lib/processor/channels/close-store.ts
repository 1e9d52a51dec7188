import { aliveOwners, type Store, sql } from "@/lib/db";
import { enqueueStep } from "@/lib/jobs";
import { entrySteps } from "@/lib/ledger";
import { Money } from "@/lib/money";
import { eventStep } from "../charges/steps";
import type { Channel, ChannelRow, RefundState } from "./channel";
import { channelEvent, channelTimeline, wake } from "./steps";

export const closeKey = (id: string): string => `${id}:close:1`;

export const closeJob = (id: string, runAt: Date) => ({
  kind: "channel.close",
  key: `channel.close:${id}`,
  payload: { channelId: id },
  runAt,
});

type Closing = Readonly<{
  channel: Channel;
  by: string;
  credential: Uint8Array | null;
  sealedPayload: Uint8Array | null;
  owner: number;
  at: Date;
  /** Only while it is idle for this long and nobody is being served from it. */
  onlyIdle: boolean;
}>;

/** Ends all spending. What goes back is reckoned from this moment; nobody opens it again. */
export async function beginClose(store: Store, given: Closing): Promise<boolean> {
  const { channel, by, credential, sealedPayload, owner, at, onlyIdle } = given;
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update channel set status = 'closing', closing_at = ${at}::timestamptz, closing_spent = spent + reserved, closed_by = ${by},
        close_credential = ${credential}::bytea, sealed_close = ${sealedPayload}::bytea, effect_key = ${closeKey(channel.id)}, effects = effects + 1,
        owner = ${owner}::int, version = version + 1
      where id = ${channel.id} and status = 'open' and effect_key is null
        and (not ${onlyIdle}::boolean or (
          last_used_at + idle_ms * interval '1 millisecond' <= ${at}::timestamptz
          and not exists (select 1 from channel_use where channel_use.channel_id = channel.id)))
      returning id
    ),
    ${eventStep(channelEvent(channel, "channel.closing", { at, amounts: { deposit: channel.deposit, spent: channel.spent }, more: { by } }))},
    ${channelTimeline({ type: "closing", at, detail: { by } })}
    select id, ${wake(channel.id)}::text from moved`);
  return rows.length === 1;
}

export type CloseFacts = Readonly<{
  settled: Money;
  refunded: Money;
  fee: Money;
  refundState: RefundState;
  reference: string | null;
  failure: string | null;
  /** What whoever closed it is answered, now and on a repeat. */
  answer: Record<string, unknown> | null;
}>;

const closed = (channel: Channel, { refunded, fee, refundState }: CloseFacts, at: Date) => {
  const minus = Money.negate;
  const rail = `rail:${channel.rail}`;
  const legs = [
    ...(refundState === "settled" && refunded.units > 0n
      ? [
          { account: "payer:deposits", amount: refunded },
          { account: rail, amount: minus(refunded) },
        ]
      : []),
    ...(fee.units > 0n
      ? [
          { account: `${rail}:fees`, amount: fee },
          { account: rail, amount: minus(fee) },
        ]
      : []),
  ];
  if (legs.length === 0) return sql`entry_group as (select 1)`;
  return entrySteps({
    key: closeKey(channel.id),
    reason: "channel.closed",
    merchantId: channel.merchantId,
    mode: channel.mode,
    channelId: channel.id,
    at,
    postings: legs,
  });
};

/** The end, with the postings of what went back: one statement, once. */
export async function recordClosed(
  store: Store,
  { channel, facts, at }: { channel: Channel; facts: CloseFacts; at: Date },
): Promise<boolean> {
  const { settled, refunded, fee, refundState, reference, failure, answer } = facts;
  const amounts = { deposit: channel.deposit, settled, refunded };
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update channel set status = 'closed', closed_at = ${at}::timestamptz, settled = ${settled.units.toString()}::numeric, refunded = ${refunded.units.toString()}::numeric,
        fee = ${fee.units.toString()}::numeric, refund_state = ${refundState}, refund_reference = ${reference}, failure = ${failure},
        close_answer = coalesce(close_answer, ${answer === null ? null : JSON.stringify(answer)}::jsonb), effect_key = null, sealed_close = null, owner = null, version = version + 1
      where id = ${channel.id} and status = 'closing' and effect_key = ${closeKey(channel.id)}
      returning id
    ),
    ${closed(channel, facts, at)},
    ${eventStep(channelEvent(channel, "channel.closed", { at, amounts, more: { refundState } }))},
    ${channelTimeline({ type: "closed", at, detail: { refunded: Money.format(refunded), refundState, ...(failure ? { reason: failure } : {}) } })}
    select id, ${wake(channel.id)}::text from moved`);
  return rows.length === 1;
}

type Doubt = Readonly<{
  channel: Channel;
  state: RefundState | null;
  reason: string;
  answer: Record<string, unknown> | null;
  askAt: Date;
  at: Date;
}>;

/** The rail has not said: a job asks it under the same key until it has. */
export async function doubtClose(store: Store, given: Doubt): Promise<void> {
  const { channel, state, reason, answer, askAt, at } = given;
  await store.$queryRaw(sql`
    with moved as (
      update channel set refund_state = coalesce(${state}, refund_state), failure = ${reason}, owner = null, version = version + 1,
        close_answer = coalesce(close_answer, ${answer === null ? null : JSON.stringify(answer)}::jsonb)
      where id = ${channel.id} and status = 'closing' and effect_key = ${closeKey(channel.id)}
      returning id
    ),
    ${enqueueStep(closeJob(channel.id, askAt))},
    ${channelTimeline({ type: "rail.unknown", at, detail: { reason } })}
    select id from moved`);
}

/** Takes up a close that nobody works on. */
export async function adoptClose(
  store: Store,
  row: Pick<ChannelRow, "id" | "version">,
  owner: number,
): Promise<boolean> {
  const { count } = await store.channel.updateMany({
    where: { id: row.id, version: row.version, status: "closing" },
    data: { owner, version: { increment: 1 } },
  });
  return count === 1;
}

/** Closes that nobody works on and no job asks about. */
export async function listOrphanedCloses(
  store: Store,
  { owner, working }: { owner: number; working: readonly string[] },
): Promise<string[]> {
  const rows = await store.$queryRaw<{ id: string }[]>(sql`
    select id from channel
    where status = 'closing' and (owner is null or owner <> all(${aliveOwners}) or (owner = ${owner}::int and id <> all(${[...working]}::text[])))
      and not exists (select 1 from job where job.key = 'channel.close:' || channel.id)
    limit 200`);
  return rows.map(({ id }) => id);
}

/** Open channels that nobody has used for as long as their challenge said. */
export async function listIdle(store: Store, at: Date): Promise<ChannelRow[]> {
  const rows = await store.$queryRaw<{ id: string }[]>(sql`
    select id from channel
    where status = 'open' and last_used_at + idle_ms * interval '1 millisecond' <= ${at}::timestamptz
      and not exists (select 1 from channel_use where channel_use.channel_id = channel.id)
    order by last_used_at
    limit 50`);
  return await store.channel.findMany({ where: { id: { in: rows.map(({ id }) => id) } } });
}
