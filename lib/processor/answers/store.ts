import { type Store, sql } from "@/lib/db";

/** The answer under a key; one past its time is dropped instead. */
export async function findLive(store: Store, { key, now }: { key: string; now: Date }) {
  const row = await store.storedAnswer.findUnique({ where: { key } });
  if (!row || row.expiresAt > now) return row;
  await store.storedAnswer.deleteMany({ where: { key, expiresAt: row.expiresAt } });
  return null;
}

export const findPaid = (store: Store, chargeId: string) =>
  store.charge.findUnique({
    where: { id: chargeId },
    select: { receiptId: true, reference: true, delivery: true, owner: true },
  });

/** Has all of the charge's money gone back, or is it on its way? */
export async function isGivenBack(store: Store, chargeId: string): Promise<boolean> {
  const charge = await store.charge.findUnique({
    where: { id: chargeId },
    select: { captured: true, refunded: true, pendingRefund: true },
  });
  return charge?.refunded.add(charge.pendingRefund).gte(charge.captured) ?? false;
}

/** Kept bodies of one merchant together; beyond it the oldest are let go, and their keys still charge nothing again. */
const merchantMaxBytes = 256 * 1024 * 1024;

/** Deletes answers past their time and lets the oldest bodies go where a merchant keeps too much. */
export async function sweepAnswers(store: Store, at: Date, maxBytes = merchantMaxBytes): Promise<number> {
  const { count } = await store.storedAnswer.deleteMany({ where: { expiresAt: { lte: at } } });
  const trimmed = await store.$executeRaw(sql`
    update stored_answer set state = 'not_kept', headers = null, body = null
    where key in (
      select key from (
        select key, sum(octet_length(body)) over (partition by merchant_id order by created_at desc, key) as total
        from stored_answer where state = 'kept'
      ) as kept
      where total > ${maxBytes}
    )`);
  return count + trimmed;
}
