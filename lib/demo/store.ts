import { type Database, isUniqueViolation, type Store, sql, together, units, withoutWaiting } from "@/lib/db";

/** `later` and `later-no`: what is reserved is granted or refused a moment later. */
export type Behaviour = "approve" | "decline" | "unknown" | "slow" | "down" | "later" | "later-no";

type Terms = Readonly<{ challengeId: string; amount: bigint; currency: string; recipient: string }>;

export type Payment = Terms &
  Readonly<{
    token: string;
    /** Number of the log entry that records the payment; what the network calls the payment in public. */
    number: bigint;
    payer: string;
    behaviour: Behaviour;
    captureKey: string | null;
    capturedAt: Date | null;
    refunded: bigint;
  }>;

type NewPayment = Terms & Readonly<{ token: string; payer: string; behaviour: Behaviour; at: Date }>;

/** Writes a payment and its log entry in one statement. */
export async function insertPayment(store: Store, payment: NewPayment): Promise<void> {
  const { token, challengeId, amount, currency, recipient, payer, behaviour, at } = payment;
  await store.$executeRaw(sql`
    with paid as (
      insert into demo_payment (token, challenge_id, amount, currency, recipient, payer, behaviour, created_at)
      values (${token}, ${challengeId}, ${amount.toString()}::numeric, ${currency}, ${recipient}, ${payer}, ${behaviour}, ${at}::timestamptz)
      on conflict (token) do nothing
      returning *
    )
    insert into demo_log_entry (at, type, token, challenge_id, amount, currency, recipient, payer)
    select created_at, 'payment', token, challenge_id, amount, currency, recipient, payer from paid`);
}

type Row = {
  token: string;
  number: bigint;
  challenge_id: string;
  amount: { toFixed(): string } | string;
  currency: string;
  recipient: string;
  payer: string;
  behaviour: Behaviour;
  capture_key: string | null;
  captured_at: Date | null;
  refunded: { toFixed(): string } | string;
};
/** The same as `pg` reads it. */
type TextRow = Omit<Row, "number"> & { number: string };

const paymentOf = (row: Row): Payment => ({
  token: row.token,
  number: row.number,
  challengeId: row.challenge_id,
  amount: units(row.amount),
  currency: row.currency,
  recipient: row.recipient,
  payer: row.payer,
  behaviour: row.behaviour,
  captureKey: row.capture_key,
  capturedAt: row.captured_at,
  refunded: units(row.refunded),
});

const columns = sql`
  p.token, p.challenge_id, p.amount, p.currency, p.recipient, p.payer, p.behaviour, p.capture_key, p.captured_at,
  p.refunded, l.seq as number`;

type By = { token: string } | { effectKey: string };

/** A payment by its token, or by the key of something that was done with it. */
export async function findPayment(store: Store, by: By): Promise<Payment | null> {
  const token =
    "token" in by
      ? sql`${by.token}`
      : sql`(select token from demo_log_entry where effect_key = ${by.effectKey})`;
  const rows = await store.$queryRaw<Row[]>(sql`
    select ${columns} from demo_log_entry l join demo_payment p on p.token = l.token
    where l.type = 'payment' and l.token = ${token} limit 1`);
  return rows[0] ? paymentOf(rows[0]) : null;
}

async function findNumbered(
  database: Pick<Database, "ask">,
  numbers: readonly bigint[],
): Promise<readonly (Payment | null)[]> {
  const rows = await database.ask<TextRow>(sql`
    select ${columns} from demo_log_entry l join demo_payment p on p.token = l.token
    where (l.type = 'payment') is true and l.seq = any(${numbers.map(String)}::bigint[])`);
  const found = new Map(rows.map((row) => [row.number, row]));
  return numbers.map((number) => {
    const row = found.get(number.toString());
    return row ? paymentOf({ ...row, number }) : null;
  });
}

/** A payment by its public number. Those who look at the same time share a statement. */
export const findByNumber = together(findNumbered);

export type Capture = Terms & Readonly<{ token: string; key: string; at: Date }>;

/** A payment as it stood when its money was asked for, and whether this call took it. */
export type Captured = Readonly<{ payment: Payment; isTaken: boolean }>;

const rowOf = ({ token, key, at, challengeId, amount, currency, recipient }: Capture, place: number) => ({
  ...{ place, token, key, at, challenge: challengeId, amount: amount.toString(), currency, recipient },
});

async function capturePayments(
  database: Pick<Database, "ask">,
  captures: readonly Capture[],
): Promise<readonly (Captured | null)[]> {
  const rows = await database.ask<TextRow & { place: number; is_taken: boolean }>(sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(captures.map(rowOf))}::jsonb) as given (
        place int, token text, key text, at timestamptz, challenge text, amount numeric, currency text, recipient text)
      limit ${captures.length}::int
    ),
    taken as (
      update demo_payment p set capture_key = given.key, captured_at = given.at
      from given
      where p.token = given.token and coalesce(p.capture_key, '') = '' and p.behaviour not in ('down', 'decline')
        and p.challenge_id = given.challenge and p.amount = given.amount and p.currency = given.currency
        and p.recipient = given.recipient
      returning p.*
    ),
    logged as (
      insert into demo_log_entry (at, type, token, challenge_id, amount, currency, recipient, payer, effect_key)
      select captured_at, 'capture', token, challenge_id, amount, currency, recipient, payer, capture_key from taken
    )
    select given.place, ${columns}, coalesce(taken.capture_key = given.key, false) as is_taken
    from given
    join demo_payment p on p.token = given.token
    join demo_log_entry l on l.token = p.token and l.type = 'payment'
    left join taken on taken.token = p.token
    where ${withoutWaiting}`);
  const found = new Map(rows.map((row) => [row.place, row]));
  return captures.map((_, place) => {
    const row = found.get(place);
    return row ? { payment: paymentOf({ ...row, number: BigInt(row.number) }), isTaken: row.is_taken } : null;
  });
}

/**
 * Takes the money of a payment once, if these are the terms that its payer saw and its network lets it be taken.
 * `null` when there is no such payment. Whoever asks writes its own record of it into the same log, and waits there.
 */
export const capturePayment = together(capturePayments);

export type Return = Readonly<{ token: string; amount: bigint; key: string; at: Date }>;

/** Sends money back once per key and never more than was taken. False when it did not happen now. */
export async function returnPayment(store: Store, { token, amount, key, at }: Return): Promise<boolean> {
  try {
    const returned = await store.$executeRaw(sql`
      with returned as (
        update demo_payment set refunded = refunded + ${amount.toString()}::numeric
        where token = ${token} and capture_key is not null and refunded + ${amount.toString()}::numeric <= amount
          and not exists (select 1 from demo_log_entry where effect_key = ${key})
        returning *
      )
      insert into demo_log_entry (at, type, token, challenge_id, amount, currency, recipient, payer, effect_key)
      select ${at}::timestamptz, 'refund', token, challenge_id, ${amount.toString()}::numeric, currency, recipient, payer, ${key}
      from returned`);
    return returned === 1;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** What was done under a key. */
export async function findEntry(store: Store, effectKey: string) {
  return await store.demoLogEntry.findUnique({ where: { effectKey } });
}

export async function listLog(store: Store, { after, limit }: { after: bigint; limit: number }) {
  return await store.demoLogEntry.findMany({
    where: { seq: { gt: after } },
    orderBy: { seq: "asc" },
    take: limit,
  });
}
