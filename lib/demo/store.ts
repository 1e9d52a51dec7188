import { isUniqueViolation, type Store, sql, units } from "@/lib/db";

export type Behaviour = "approve" | "decline" | "unknown" | "slow" | "down";

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
      returning *
    )
    insert into demo_log_entry (at, type, token, challenge_id, amount, currency, recipient, payer)
    select created_at, 'payment', token, challenge_id, amount, currency, recipient, payer from paid`);
}

type Row = {
  token: string;
  number: bigint;
  challenge_id: string;
  amount: { toFixed(): string };
  currency: string;
  recipient: string;
  payer: string;
  behaviour: Behaviour;
  capture_key: string | null;
  captured_at: Date | null;
  refunded: { toFixed(): string };
};

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

type By = { token: string } | { number: bigint } | { effectKey: string };

/** A payment by its token, by its public number, or by the key of something that was done with it. */
export async function findPayment(store: Store, by: By): Promise<Payment | null> {
  const entry =
    "token" in by
      ? sql`l.type = 'payment' and l.token = ${by.token}`
      : "number" in by
        ? sql`l.type = 'payment' and l.seq = ${by.number}`
        : sql`l.type = 'payment' and l.token = (select token from demo_log_entry where effect_key = ${by.effectKey})`;
  const rows = await store.$queryRaw<Row[]>(sql`
    select p.token, p.challenge_id, p.amount, p.currency, p.recipient, p.payer, p.behaviour, p.capture_key, p.captured_at, p.refunded, l.seq as number
    from demo_log_entry l join demo_payment p on p.token = l.token
    where ${entry} limit 1`);
  return rows[0] ? paymentOf(rows[0]) : null;
}

/** Takes the money of a payment once. False when another key, or the same one, was first. */
export async function capturePayment(
  store: Store,
  token: string,
  by: { key: string; at: Date },
): Promise<boolean> {
  const taken = await store.$executeRaw(sql`
    with taken as (
      update demo_payment set capture_key = ${by.key}, captured_at = ${by.at}::timestamptz
      where token = ${token} and capture_key is null
      returning *
    )
    insert into demo_log_entry (at, type, token, challenge_id, amount, currency, recipient, payer, effect_key)
    select captured_at, 'capture', token, challenge_id, amount, currency, recipient, payer, capture_key from taken`);
  return taken === 1;
}

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
