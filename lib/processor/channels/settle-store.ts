import { type Store, sql } from "@/lib/db";
import { Money } from "@/lib/money";
import { eventStep } from "../charges/steps";
import type { Channel, ChannelRow } from "./channel";
import { channelEvent, channelTimeline } from "./steps";

type Begin = Readonly<{ row: ChannelRow; key: string; owner: number; actor: string; at: Date }>;

/** Writes that the rail will be asked. One effect runs at a time; a repeat asks under the key that is there. */
export async function beginSettle(store: Store, { row, key, owner, actor, at }: Begin): Promise<boolean> {
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update channel set effect_key = ${key}, effects = effects + 1, owner = ${owner}::int, version = version + 1
      where id = ${row.id} and status = 'open' and effect_key is null and effects = ${row.effects}::int
      returning id
    ),
    ${channelTimeline({ type: "settling", at, detail: { by: actor } })}
    select id from moved`);
  return rows.length === 1;
}

type End = Readonly<{ channel: Channel; key: string; amount: Money; at: Date }>;

export async function endSettle(store: Store, { channel, key, amount, at }: End): Promise<void> {
  await store.$queryRaw(sql`
    with moved as (
      update channel set settled = least(settled + ${amount.units.toString()}::numeric, deposit), effect_key = null, owner = null, version = version + 1
      where id = ${channel.id} and effect_key = ${key}
      returning id
    ),
    ${eventStep(channelEvent(channel, "channel.settled", { at, amounts: { amount } }))},
    ${channelTimeline({ type: "settled", at, detail: { amount: Money.format(amount) } })}
    select id from moved`);
}
