import type { Store } from "@/lib/db";
import { type Attempt, attemptOf } from "./checkout";

/** What was opened at a network and is to be withdrawn now, taken for as long as the lease lasts. */
export async function takeRetired(
  store: Store,
  { at, leaseUntil, limit }: { at: Date; leaseUntil: Date; limit: number },
): Promise<string[]> {
  const rows = await store.$queryRaw<{ id: string }[]>`
    update checkout_attempt set retire_at = ${leaseUntil}::timestamptz
    where id in (select id from checkout_attempt where retire_at <= ${at}::timestamptz order by retire_at limit ${limit}::int for update skip locked)
    returning id`;
  return rows.map(({ id }) => id);
}

export async function findAttempt(store: Store, id: string): Promise<(Attempt & { createdAt: Date }) | null> {
  const row = await store.checkoutAttempt.findUnique({ where: { id } });
  return row && { ...attemptOf(row), createdAt: row.createdAt };
}

/** It is over at the network: nobody can pay it any more, or it was paid. */
export async function endOpened(store: Store, id: string, failure?: string): Promise<void> {
  await store.checkoutAttempt.update({
    where: { id },
    data: { retireAt: null, ...(failure === undefined ? {} : { failure }) },
  });
}

export async function retireLater(store: Store, id: string, retireAt: Date): Promise<void> {
  await store.checkoutAttempt.updateMany({ where: { id, retireAt: { not: null } }, data: { retireAt } });
}

export async function noteAsked(store: Store, id: string, askedAt: Date): Promise<void> {
  await store.checkoutAttempt.update({ where: { id }, data: { askedAt } });
}

type Woken = Readonly<{ at: Date } & ({ checkoutId: string; askedBefore: Date } | { reference: string })>;

/**
 * Somebody says that something has happened: what was opened is asked about at once. Nobody who says so again and again
 * makes us ask more often than once in a while.
 */
export async function wake(store: Store, { at, ...about }: Woken): Promise<void> {
  const which =
    "reference" in about
      ? { reference: about.reference }
      : { checkoutId: about.checkoutId, askedAt: { lt: about.askedBefore } };
  // What the payments of a link opened is withdrawn by them.
  const where = { ...which, OR: [{ retireAt: { not: null } }, { paymentId: { not: null }, failure: null }] };
  const rows = await store.checkoutAttempt.findMany({ where, select: { id: true, checkoutId: true } });
  await store.checkoutAttempt.updateMany({
    where: { id: { in: rows.map(({ id }) => id) } },
    data: { askedAt: null },
  });
  await store.checkout.updateMany({
    where: { id: { in: rows.map(({ checkoutId }) => checkoutId) }, lookAt: { gt: at } },
    data: { lookAt: at },
  });
}

/** Takes one checkout that is due, as the worker takes many. */
export async function takeOne(
  store: Store,
  { id, at, leaseUntil }: { id: string; at: Date; leaseUntil: Date },
): Promise<boolean> {
  const { count } = await store.checkout.updateMany({
    where: { id, lookAt: { lte: at } },
    data: { lookAt: leaseUntil },
  });
  return count === 1;
}
