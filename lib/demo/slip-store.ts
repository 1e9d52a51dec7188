import { type Store, sql } from "@/lib/db";
import { newToken } from "@/lib/kit";

export type SlipRow = NonNullable<Awaited<ReturnType<Store["demoSlip"]["findUnique"]>>>;

export const findSlip = (store: Store, where: { id: string } | { key: string }): Promise<SlipRow | null> =>
  store.demoSlip.findFirst({ where });

type NewSlip = Readonly<{
  key: string;
  amount: bigint;
  currency: string;
  recipient: string;
  expiresAt: Date;
  at: Date;
}>;

/** A key's first slip stays its only one; `false` when this is not the first. */
export async function insertSlip(
  store: Store,
  { key, amount, currency, recipient, expiresAt, at }: NewSlip,
): Promise<boolean> {
  const drawn = await store.$executeRaw(sql`
    insert into demo_slip (id, key, amount, currency, recipient, expires_at, created_at)
    values (${`slip_${newToken(15)}`}, ${key}, ${amount.toString()}::numeric, ${currency}, ${recipient}, ${expiresAt}::timestamptz, ${at}::timestamptz)
    on conflict (key) do nothing`);
  return drawn === 1;
}

type Paid = Readonly<{ id: string; amount: bigint | undefined; payer: string; behaviour: string; at: Date }>;

/** Adds what came in, and says so in the log; `false` when there is no such slip. */
export async function payIn(store: Store, { id, amount, payer, behaviour, at }: Paid): Promise<boolean> {
  const given = amount?.toString() ?? null;
  const paid = await store.$executeRaw(sql`
    with paid as (
      update demo_slip set arrived = arrived + coalesce(${given}::numeric, amount), payer = ${payer}, behaviour = ${behaviour}, paid_at = ${at}::timestamptz
      where id = ${id}
      returning *
    )
    insert into demo_log_entry (at, type, token, challenge_id, amount, currency, recipient, payer)
    select ${at}::timestamptz, 'capture', id, id, coalesce(${given}::numeric, amount), currency, recipient, payer from paid`);
  return paid === 1;
}

type SentBack = Readonly<{ key: string; reference: string; amount: bigint; at: Date }>;

/** Takes off what goes back, once per key and never more than came in. */
export async function payOut(store: Store, { key, reference, amount, at }: SentBack): Promise<void> {
  const units = amount.toString();
  await store.$executeRaw(sql`
    with once as (
      insert into demo_log_entry (at, type, token, challenge_id, amount, currency, recipient, payer, effect_key)
      select ${at}::timestamptz, 'refund', id, id, ${units}::numeric, currency, recipient, payer, ${key}
      from (select * from demo_slip where id = ${reference} for update) as slip
      where refunded + ${units}::numeric <= arrived
      on conflict (effect_key) do nothing
      returning token
    )
    update demo_slip set refunded = refunded + ${units}::numeric from once where demo_slip.id = once.token`);
}
