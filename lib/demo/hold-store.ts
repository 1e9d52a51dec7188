import { isUniqueViolation, type Store, sql, units } from "@/lib/db";

export type Hold = Readonly<{
  seq: bigint;
  token: string;
  holdKey: string;
  amount: bigint;
  currency: string;
  recipient: string;
  payer: string;
  behaviour: string;
  captured: bigint;
  refunded: bigint;
  heldAt: Date;
  takenAt: Date | null;
  closedAt: Date | null;
  expiresAt: Date;
}>;

type HoldRow = NonNullable<Awaited<ReturnType<Store["demoHold"]["findUnique"]>>>;

const holdOf = (row: HoldRow): Hold => ({
  ...row,
  amount: units(row.amount),
  captured: units(row.captured),
  refunded: units(row.refunded),
});

export async function findHold(
  store: Store,
  where: { seq: bigint } | { token: string } | { holdKey: string },
): Promise<Hold | null> {
  const row = await store.demoHold.findFirst({ where });
  return row && holdOf(row);
}

/** A change that its key may have made before, or make at this moment. False when it did not happen now. */
async function once(store: Store, statement: ReturnType<typeof sql>): Promise<boolean> {
  try {
    return (await store.$executeRaw(statement)) === 1;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

type Placing = Readonly<{
  token: string;
  key: string;
  challengeId: string;
  amount: bigint;
  currency: string;
  recipient: string;
  at: Date;
  expiresAt: Date;
}>;

/** Reserves a payment, once, on the terms that its payer saw; from then on nobody else can take it. */
export const placeHold = (store: Store, placing: Placing): Promise<boolean> =>
  once(
    store,
    sql`
    with held as (
      update demo_payment set capture_key = ${placing.key}, captured_at = ${placing.at}::timestamptz
      where token = ${placing.token} and capture_key is null and behaviour not in ('down', 'decline')
        and challenge_id = ${placing.challengeId} and amount = ${placing.amount.toString()}::numeric and currency = ${placing.currency} and recipient = ${placing.recipient}
      returning *
    ),
    placed as (
      insert into demo_hold (token, hold_key, amount, currency, recipient, payer, behaviour, held_at, expires_at)
      select token, capture_key, amount, currency, recipient, payer, behaviour, captured_at, ${placing.expiresAt}::timestamptz from held
    )
    insert into demo_log_entry (at, type, token, challenge_id, amount, currency, recipient, payer, effect_key)
    select captured_at, 'hold', token, challenge_id, amount, currency, recipient, payer, capture_key from held`,
  );

type Step = Readonly<{ seq: bigint; key: string; amount: bigint; at: Date }>;

/** Takes a part of a hold, or all of it; `isFinal` lets go what is left. */
export const takeHold = (store: Store, { seq, key, amount, isFinal, at }: Step & { isFinal: boolean }) =>
  once(
    store,
    sql`
    with taken as (
      update demo_hold set captured = captured + ${amount.toString()}::numeric, taken_at = ${at}::timestamptz,
        closed_at = case when ${isFinal} or captured + ${amount.toString()}::numeric = amount then ${at}::timestamptz end
      where seq = ${seq} and closed_at is null and expires_at > ${at}::timestamptz and captured + ${amount.toString()}::numeric <= amount
        and not exists (select 1 from demo_log_entry where effect_key = ${key})
      returning *
    )
    ${logged("capture", key, amount, at)}`,
  );

export const releaseHold = (store: Store, { seq, key, amount, at }: Step) =>
  once(
    store,
    sql`
    with taken as (
      update demo_hold set closed_at = ${at}::timestamptz where seq = ${seq} and closed_at is null
      returning *
    )
    ${logged("void", key, amount, at)}`,
  );

export const returnHold = (store: Store, { seq, key, amount, at }: Step) =>
  once(
    store,
    sql`
    with taken as (
      update demo_hold set refunded = refunded + ${amount.toString()}::numeric
      where seq = ${seq} and refunded + ${amount.toString()}::numeric <= captured
        and not exists (select 1 from demo_log_entry where effect_key = ${key})
      returning *
    )
    ${logged("refund", key, amount, at)}`,
  );

const logged = (type: string, key: string, amount: bigint, at: Date) => sql`
    insert into demo_log_entry (at, type, token, challenge_id, amount, currency, recipient, payer, effect_key)
    select ${at}::timestamptz, ${type}, taken.token, p.challenge_id, ${amount.toString()}::numeric, taken.currency, taken.recipient, taken.payer, ${key}
    from taken join demo_payment p on p.token = taken.token`;
