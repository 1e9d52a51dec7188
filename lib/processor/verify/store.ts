import { type Sql, type Store, sql, units } from "@/lib/db";
import { Money } from "@/lib/money";
import type { Charge } from "../charges/charge";
import type { Mode } from "../deps";

export type Scope = Readonly<{ merchantId?: string; mode?: Mode }>;
type Violation = Readonly<{ rule: string; subject: string; detail: string }>;

/** More of one rule than this says nothing more. */
const mostPerRule = 100;

const within = ({ merchantId, mode }: Scope): Sql => sql`
  ${merchantId === undefined ? sql`true` : sql`c.merchant_id = ${merchantId}`}
  and ${mode === undefined ? sql`true` : sql`c.mode = ${mode}`}`;

type Rule = Readonly<{ rule: string; find(scope: Sql, now: Date): Sql }>;

/** Each names the charges that break it, with the figures that differ. */
const rules: readonly Rule[] = [
  {
    rule: "I2 counters are the fold of the ledger",
    find: (scope) => sql`
      select c.id as subject, format('captured %s, refunded %s, fee %s; posted %s, %s, %s', c.captured, c.refunded, c.fee,
        coalesce(l.sales, 0), coalesce(l.refunds, 0), coalesce(l.fees, 0)) as detail
      from charge c left join (
        select g.charge_id, -sum(p.units) filter (where p.account = 'merchant:sales') as sales,
          sum(p.units) filter (where p.account = 'merchant:refunds') as refunds,
          sum(p.units) filter (where p.account like 'rail:%:fees') as fees
        from posting p join posting_group g on g.id = p.group_id
        where g.charge_id is not null group by g.charge_id
      ) l on l.charge_id = c.id
      where ${scope} and (c.captured <> coalesce(l.sales, 0) or c.refunded <> coalesce(l.refunds, 0) or c.fee <> coalesce(l.fees, 0))`,
  },
  {
    rule: "I8 refunds stay within what was captured",
    find: (scope) => sql`
      select c.id as subject, format('refunded %s, pending %s of %s; refunds settled %s, open %s', c.refunded, c.pending_refund, c.captured,
        coalesce(r.settled, 0), coalesce(r.open, 0)) as detail
      from charge c left join (
        select charge_id, sum(amount) filter (where state = 'settled') as settled,
          sum(amount) filter (where state in ('requested', 'submitted')) as open
        from refund group by charge_id
      ) r on r.charge_id = c.id
      where ${scope} and (c.refunded <> coalesce(r.settled, 0) or c.pending_refund <> coalesce(r.open, 0) or c.refunded + c.pending_refund > c.captured)`,
  },
  {
    rule: "I3 one claim of the challenge",
    find: (scope) => sql`
      select c.id as subject, 'The charge has no claim of its challenge.' as detail
      from charge c
      where ${scope} and c.channel_id is null
        and not exists (select 1 from claim where key = 'challenge:' || c.challenge_id and charge_id = c.id)`,
  },
  {
    rule: "I5 one visible place",
    find: (scope) => sql`
      select c.id as subject, format('captured %s, effect %s, delivery %s', c.captured, c.effect_state, c.delivery) as detail
      from charge c
      where ${scope} and c.kind = 'request' and (
        (c.captured > 0) <> (c.delivery <> 'none')
        or (c.captured > 0) <> (c.state = 'captured')
        or (c.captured > 0) <> (c.effect_state = 'settled')
        or (c.delivery = 'delivered') <> (c.delivered_at is not null)
        or (c.delivery = 'undelivered' and c.redeemable_until is null)
        or (c.delivery = 'refunded' and c.refunded < c.captured))`,
  },
  {
    rule: "I5 a payment has at most one effect without an end",
    find: (scope) => sql`
      select c.id as subject, format('%s, captured %s of %s, effect %s %s, running %s', c.state, c.captured, c.authorized, c.effect_key, c.effect_state, coalesce(o.running, 0)) as detail
      from charge c left join (
        select charge_id, count(*) as running, min(effect_key) as effect_key from payment_operation where state = 'running' group by charge_id
      ) o on o.charge_id = c.id
      where ${scope} and c.kind = 'payment' and (
        (c.captured > 0) <> (c.delivery <> 'none')
        or (c.effect_state in ('requested', 'submitted', 'unknown')) <> (o.running is not null)
        or (o.running is not null and o.effect_key <> c.effect_key)
        or not exists (select 1 from payment p where p.charge_id = c.id))`,
  },
  {
    rule: "I5 a payment's captures are its operations",
    find: (scope) => sql`
      select c.id as subject, format('captured %s, operations took %s', c.captured, o.taken) as detail
      from charge c join (
        select charge_id, sum(amount) as taken from payment_operation where kind = 'capture' and state = 'settled' group by charge_id
      ) o on o.charge_id = c.id
      where ${scope} and c.kind = 'payment' and c.captured <> o.taken`,
  },
  {
    rule: "I5 a passed deadline is acted on",
    find: (scope, now) => sql`
      select c.id as subject, format('redeemable until %s and still waiting', c.redeemable_until) as detail
      from charge c
      where ${scope} and c.delivery = 'undelivered' and c.remedy = 'deliver' and c.owner is null
        and c.redeemable_until < ${new Date(now.getTime() - 15 * 60 * 1000)}::timestamptz`,
  },
  {
    rule: "I19 one event for each receipt",
    find: (scope) => sql`
      select c.id as subject, format('%s events for %s', count(e.id), c.receipt_id) as detail
      from charge c left join event e on e.object = c.receipt_id and e.type = 'receipt.created' and e.merchant_id = c.merchant_id
      where ${scope} and c.receipt_id is not null
      group by c.id having count(e.id) <> 1`,
  },
];

const channelRules: readonly Rule[] = [
  {
    rule: "I9 a channel is the fold of its books",
    find: (scope) => sql`
      select c.id as subject, format('deposit %s, spent %s, refunded %s, fee %s; posted %s, %s, %s, %s; in use %s, reserved %s of %s',
        c.deposit, c.spent, c.refunded, c.fee, coalesce(l.deposits, 0), coalesce(l.sales, 0), coalesce(l.refunded, 0), coalesce(l.fees, 0),
        coalesce(u.spent, 0), coalesce(u.reserved, 0), c.reserved) as detail
      from channel c left join (
        select g.channel_id,
          -sum(p.units) filter (where p.account = 'payer:deposits' and g.reason in ('channel.opened', 'channel.topped_up')) as deposits,
          -sum(p.units) filter (where p.account = 'merchant:sales') as sales,
          sum(p.units) filter (where p.account = 'payer:deposits' and g.reason = 'channel.closed') as refunded,
          sum(p.units) filter (where p.account like 'rail:%:fees') as fees
        from posting p join posting_group g on g.id = p.group_id
        where g.channel_id is not null group by g.channel_id
      ) l on l.channel_id = c.id
      left join (
        select channel_id, sum(spent) as spent, sum(reserved) as reserved from channel_use group by channel_id
      ) u on u.channel_id = c.id
      where ${scope} and (c.deposit <> coalesce(l.deposits, 0) or c.spent <> coalesce(l.sales, 0) + coalesce(u.spent, 0)
        or c.refunded <> coalesce(l.refunded, 0) or c.fee <> coalesce(l.fees, 0) or c.reserved <> coalesce(u.reserved, 0))`,
  },
  {
    rule: "I9 a channel's receipts are what was spent on it",
    find: (scope) => sql`
      select c.id as subject, format('spent %s, receipts %s', c.spent, coalesce(r.captured, 0)) as detail
      from channel c left join (
        select channel_id, sum(captured) as captured from charge where channel_id is not null group by channel_id
      ) r on r.channel_id = c.id
      left join (select channel_id, sum(spent) as spent from channel_use group by channel_id) u on u.channel_id = c.id
      where ${scope} and c.spent <> coalesce(r.captured, 0) + coalesce(u.spent, 0)`,
  },
  {
    rule: "I9 an idle channel is closed",
    find: (scope, now) => sql`
      select c.id as subject, format('last used %s and still open', c.last_used_at) as detail
      from channel c
      where ${scope} and c.status = 'open'
        and c.last_used_at + c.idle_ms * interval '1 millisecond' < ${new Date(now.getTime() - 15 * 60 * 1000)}::timestamptz
        and not exists (select 1 from channel_use u where u.channel_id = c.id)`,
  },
];

export async function findViolations(store: Store, scope: Scope, now: Date): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const { rule, find } of [...rules, ...channelRules]) {
    const rows = await store.$queryRaw<{ subject: string; detail: string }[]>(
      sql`${find(within(scope), now)} limit ${mostPerRule}`,
    );
    found.push(...rows.map((row) => ({ rule, ...row })));
  }
  return found;
}

/** Posting groups about charges that do not exist. */
export async function findStrayGroups(store: Store, { merchantId, mode }: Scope): Promise<Violation[]> {
  const rows = await store.$queryRaw<{ subject: string }[]>(sql`
    select g.key as subject from posting_group g
    where ${merchantId === undefined ? sql`true` : sql`g.merchant_id = ${merchantId}`}
      and ${mode === undefined ? sql`true` : sql`g.mode = ${mode}`}
      and g.charge_id is not null and not exists (select 1 from charge where charge.id = g.charge_id)
    limit ${mostPerRule}`);
  return rows.map(({ subject }) => ({
    rule: "I2 every posting has its charge",
    subject,
    detail: "The charge is missing.",
  }));
}

/** Charges and channels. */
export async function countCharges(store: Store, { merchantId, mode }: Scope): Promise<number> {
  const where = whereOf({ merchantId, mode });
  return (await store.charge.count({ where })) + (await store.channel.count({ where }));
}

const whereOf = ({ merchantId, mode }: { merchantId: string | undefined; mode: Mode | undefined }) => ({
  ...(merchantId === undefined ? {} : { merchantId }),
  ...(mode === undefined ? {} : { mode }),
});

/** Captured charges, newest first, behind an id. */
export async function listCaptured(
  store: Store,
  { merchantId, mode }: Scope,
  { limit, before }: { limit: number; before: string | null },
) {
  return await store.charge.findMany({
    where: {
      ...whereOf({ merchantId, mode }),
      capturedAt: { not: null },
      channelId: null,
      ...(before === null ? {} : { id: { lt: before } }),
    },
    orderBy: { id: "desc" },
    take: limit,
    omit: { sealedProof: true },
  });
}

type Sums = Readonly<Pick<Charge, "captured" | "refunded" | "pendingRefund">>;

/** A payment and the stray money that came with it have one reference: its rail tells of them together. */
export async function sumOfReference(store: Store, charge: Charge): Promise<Sums> {
  const { merchantId, rail, reference, captured } = charge;
  const { _sum } = await store.charge.aggregate({
    where: { merchantId, railSlug: rail, reference, mode: charge.mode, channelId: null },
    _sum: { captured: true, refunded: true, pendingRefund: true },
  });
  const money = (sum: typeof _sum.captured) => Money.of(sum === null ? 0n : units(sum), captured.currency);
  return {
    captured: money(_sum.captured),
    refunded: money(_sum.refunded),
    pendingRefund: money(_sum.pendingRefund),
  };
}
