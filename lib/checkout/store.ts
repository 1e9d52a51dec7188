import { isUniqueViolation, type Json, type Store } from "@/lib/db";
import { type Attempt, attemptOf, type Checkout, type CheckoutState, checkoutOf } from "./checkout";

const withoutAnswer = { answerBody: true, answerHeaders: true } as const;

export async function findCheckout(store: Store, id: string): Promise<Checkout | null> {
  const row = await store.checkout.findUnique({ where: { id }, omit: withoutAnswer });
  return row && checkoutOf(row);
}

export async function findByKey(store: Store, openKey: Uint8Array): Promise<string | null> {
  const where = { openKey: new Uint8Array(openKey) };
  return (await store.checkout.findUnique({ where, select: { id: true } }))?.id ?? null;
}

type Sought = Readonly<{ visitor: Uint8Array; target: string; linkId: string | null; since: Date }>;

/** The newest purchase of the same thing in the same browser. */
export async function findRecent(
  store: Store,
  { visitor, target, linkId, since }: Sought,
): Promise<Checkout | null> {
  const row = await store.checkout.findFirst({
    where: {
      visitor: new Uint8Array(visitor),
      target,
      linkId,
      createdAt: { gte: since },
      state: { not: "returned" },
    },
    orderBy: { createdAt: "desc" },
    omit: withoutAnswer,
  });
  return row && checkoutOf(row);
}

export async function listAttempts(store: Store, checkoutId: string): Promise<Attempt[]> {
  const rows = await store.checkoutAttempt.findMany({ where: { checkoutId }, orderBy: { createdAt: "asc" } });
  return rows.map(attemptOf);
}

type NewCheckout = Omit<
  Checkout,
  "state" | "chargeId" | "receiptId" | "tries" | "paidAt" | "answer" | "attemptId" | "holdsUse"
> &
  Readonly<{ openKey: Uint8Array; visitor: Uint8Array }>;

const attemptRow = (attempt: Attempt, createdAt: Date) => ({
  id: attempt.id,
  checkoutId: attempt.checkoutId,
  method: attempt.method,
  rail: attempt.rail,
  kind: attempt.kind,
  challenge: attempt.challenge as unknown as Json,
  units: attempt.amount.units.toString(),
  currency: attempt.amount.currency.code,
  exponent: attempt.amount.currency.exponent,
  ...(attempt.shown ? { action: attempt.shown as unknown as Json } : {}),
  expiresAt: attempt.expiresAt,
  paymentId: attempt.paymentId,
  reference: attempt.reference,
  sealedOffer: attempt.sealedOffer,
  retireAt: attempt.retireAt,
  createdAt,
});

/** Writes a checkout with its first attempt. `false` when its form was sent before. */
export async function insertCheckout(
  store: Store,
  checkout: NewCheckout,
  { attempt, lookAt }: { attempt: Attempt; lookAt: Date | null },
): Promise<boolean> {
  const { openKey, visitor, headers, methods, list, ...facts } = checkout;
  try {
    await store.checkout.create({
      data: {
        ...facts,
        openKey: new Uint8Array(openKey),
        visitor: new Uint8Array(visitor),
        headers: headers as unknown as Json,
        methods: methods as unknown as Json,
        listAmount: list.amount,
        listCurrency: list.currency,
        state: "open",
        attemptId: attempt.id,
        lookAt,
      },
    });
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
  await store.checkoutAttempt.create({ data: attemptRow(attempt, checkout.createdAt) });
  return true;
}

type Next = Readonly<{ attempt: Attempt; lookAt: Date | null; at: Date }> &
  Pick<Checkout, "methods" | "list">;

/** Shows another attempt, while nothing is being paid. */
export async function showAttempt(store: Store, id: string, next: Next): Promise<void> {
  const { attempt, lookAt, at, methods, list } = next;
  await store.checkoutAttempt.create({ data: attemptRow(attempt, at) });
  await store.checkout.updateMany({
    where: { id, state: "open" },
    data: {
      attemptId: attempt.id,
      methods: methods as unknown as Json,
      listAmount: list.amount,
      listCurrency: list.currency,
      version: { increment: 1 },
      ...(lookAt ? { lookAt } : {}),
    },
  });
}

export async function turnTo(
  store: Store,
  { id, attemptId }: { id: string; attemptId: string },
): Promise<void> {
  await store.checkout.updateMany({
    where: { id, state: "open" },
    data: { attemptId, version: { increment: 1 } },
  });
}

type Claim = Readonly<{ id: string; attemptId: string; lookAt: Date; at: Date; choice?: string }>;

/** One attempt is paid, whoever asks for it and however often. `false` when another call, tab or process was first. */
export async function claim(store: Store, { id, attemptId, lookAt, at, choice }: Claim): Promise<boolean> {
  const { count } = await store.checkout.updateMany({
    where: { id, state: "open" },
    data: { state: "paying", attemptId, lookAt, paidAt: at, tries: 0, version: { increment: 1 } },
  });
  if (count === 1 && choice !== undefined) {
    await store.checkoutAttempt.update({ where: { id: attemptId }, data: { choice } });
  }
  // Whatever else was opened for it is not to be paid any more.
  const others = { checkoutId: id, id: { not: attemptId }, retireAt: { not: null } };
  if (count === 1) await store.checkoutAttempt.updateMany({ where: others, data: { retireAt: at } });
  return count === 1;
}

export async function keepProof(store: Store, { id }: Attempt, sealedProof: string): Promise<void> {
  await store.checkoutAttempt.update({ where: { id }, data: { sealedProof } });
}

export async function failAttempt(store: Store, { id }: Pick<Attempt, "id">, failure: string): Promise<void> {
  await store.checkoutAttempt.update({ where: { id }, data: { failure, sealedProof: null } });
}

/**
 * The attempt came to nothing and cost nothing: another one may be made. It is looked at once more at once, because
 * what another attempt of it shows may have been paid meanwhile.
 */
export async function reopen(store: Store, checkout: Checkout, failure: string): Promise<void> {
  await failAttempt(store, { id: checkout.attemptId }, failure);
  await store.checkout.updateMany({
    where: { id: checkout.id, state: "paying" },
    data: { state: "open", paidAt: null, lookAt: new Date(0), version: { increment: 1 } },
  });
}

export type Answer = Readonly<{
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}>;

type Moved = Readonly<{
  state: CheckoutState;
  chargeId?: string | null;
  receiptId?: string | null;
  answer?: Answer | null;
  answerUntil?: Date;
  lookAt: Date | null;
}>;

/** What is known of a payment that was begun. What was delivered stays so. */
export async function move(store: Store, { id }: Checkout, moved: Moved): Promise<void> {
  const { state, chargeId, receiptId, answer, answerUntil, lookAt } = moved;
  await store.checkout.updateMany({
    where: { id, state: { in: ["paying", "owed"] } },
    data: {
      state,
      lookAt,
      tries: { increment: 1 },
      version: { increment: 1 },
      ...(state === "returned" ? { holdsUse: false } : {}),
      ...(chargeId ? { chargeId } : {}),
      ...(receiptId ? { receiptId } : {}),
      ...(answer && answerUntil
        ? {
            answerStatus: answer.status,
            answerHeaders: answer.headers,
            answerBody: new Uint8Array(answer.body),
            answerUntil,
          }
        : {}),
    },
  });
  if (state === "delivered") {
    await store.checkoutAttempt.updateMany({ where: { checkoutId: id }, data: { sealedProof: null } });
  }
}

export async function findAnswer(store: Store, id: string): Promise<Answer | null> {
  const row = await store.checkout.findUnique({
    where: { id },
    select: { answerStatus: true, answerHeaders: true, answerBody: true },
  });
  if (!row?.answerBody || row.answerStatus === null) return null;
  return {
    status: row.answerStatus,
    headers: row.answerHeaders as Record<string, string>,
    body: row.answerBody,
  };
}

/** Checkouts that are due, taken for as long as the lease lasts. */
export async function takeDue(
  store: Store,
  { at, leaseUntil, limit }: { at: Date; leaseUntil: Date; limit: number },
): Promise<string[]> {
  const rows = await store.$queryRaw<{ id: string }[]>`
    update checkout set look_at = ${leaseUntil}::timestamptz
    where id in (select id from checkout where look_at <= ${at}::timestamptz order by look_at limit ${limit}::int for update skip locked)
    returning id`;
  return rows.map(({ id }) => id);
}

export async function lookAgain(store: Store, id: string, lookAt: Date | null): Promise<void> {
  await store.checkout.updateMany({ where: { id, state: "open" }, data: { lookAt } });
}

/** Forgets what was bought once its time is over; the receipt stays. */
export async function forgetAnswers(store: Store, at: Date): Promise<number> {
  return await store.$executeRaw`
    update checkout set answer_body = null, answer_headers = null, answer_until = null
    where answer_until <= ${at}::timestamptz`;
}
