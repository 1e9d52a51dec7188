import { type Sql, sql } from "@/lib/db";
import { Money } from "@/lib/money";
import type { EventFacts } from "../charges/steps";
import type { Mode } from "../deps";

export type ChannelStep = Readonly<{ type: string; at: Date; detail?: Record<string, unknown> }>;

/** Adds to the timeline of the channel whose `id` an earlier step `moved` returns. */
export const channelTimeline = ({ type, at, detail = {} }: ChannelStep): Sql => sql`
    timeline as (
      insert into channel_event (channel_id, at, type, detail)
      select moved.id, ${at}::timestamptz, ${type}, ${JSON.stringify(detail)}::jsonb from moved
    )`;

/** Wakes whoever waits for this channel, in every process. */
export const wake = (channelId: string): Sql => sql`pg_notify('farebox_channel', ${channelId})`;

type About = Readonly<{ id: string; merchantId: string; mode: Mode; service: string; rail: string }>;
type Told = Readonly<{ at: Date; amounts: Readonly<Record<string, Money>>; more?: Record<string, unknown> }>;

const textOf = (amount: Money) => ({ amount: Money.format(amount), currency: amount.currency.code });

/** What an event about a channel tells the merchant's own systems. */
export function channelEvent(channel: About, type: string, { at, amounts, more = {} }: Told): EventFacts {
  const { id, merchantId, mode, service, rail } = channel;
  const told = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, textOf(amount)]));
  return { merchantId, mode, type, object: id, at, data: { channel: id, service, rail, ...told, ...more } };
}
