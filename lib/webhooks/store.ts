import { type Sql, type Store, sql } from "@/lib/db";
import { newId } from "@/lib/kit";

/** What a shop is to be told: the payment's new state. What is said of it is made when it is sent. */
export type ShopNews = Readonly<{
  chargeId: string;
  merchantId: string;
  connector: string;
  type: string;
  at: Date;
}>;

/**
 * A step of a `with` statement that puts a notice into the outbox, in the statement of the change itself, for the row
 * that an earlier step `moved` returns. A state that comes back wakes its notice.
 */
export function noticeStep({ chargeId, merchantId, connector, type, at }: ShopNews): Sql {
  return sql`
    noticed as (
      insert into shop_notice (id, charge_id, merchant_id, connector, type, state, created_at, next_at)
      select ${newId("sn", at.getTime())}, ${chargeId}, ${merchantId}, ${connector}, ${type}, 'due', ${at}::timestamptz, ${at}::timestamptz
      from moved
      on conflict (charge_id, type) do update
        set state = 'due', attempts = 0, created_at = excluded.created_at, next_at = excluded.next_at, last_error = null
    )`;
}

type NoticeRow = NonNullable<Awaited<ReturnType<Store["shopNotice"]["findFirst"]>>>;
export type ShopNotice = Readonly<
  Omit<NoticeRow, "state"> & { state: "due" | "sent" | "dropped" | "given_up" }
>;

/** safe: only this room writes the column. */
const noticeOf = (row: NoticeRow): ShopNotice => ({ ...row, state: row.state as ShopNotice["state"] });

/** Takes due notices for this process alone, until `leaseEnds`. */
export async function claimDueNotices(
  store: Store,
  { now, leaseEnds, limit }: { now: Date; leaseEnds: Date; limit: number },
): Promise<ShopNotice[]> {
  const rows = await store.$queryRaw<{ id: string }[]>(sql`
    update shop_notice set next_at = ${leaseEnds}::timestamptz, attempts = attempts + 1
    where id in (
      select id from shop_notice where state = 'due' and next_at <= ${now}::timestamptz
      order by next_at limit ${limit} for update skip locked
    )
    returning id`);
  const found = await store.shopNotice.findMany({ where: { id: { in: rows.map(({ id }) => id) } } });
  return found.map(noticeOf);
}

export type Ending = Readonly<{
  state: ShopNotice["state"];
  at: Date;
  nextAt?: Date;
  status?: number | null;
  error?: string | null;
}>;

/** What became of a try; nothing when the state has come back meanwhile, and the notice is due anew. */
export async function endTry(
  store: Store,
  notice: Pick<ShopNotice, "id" | "nextAt" | "attempts">,
  { state, at, nextAt, status = null, error = null }: Ending,
): Promise<void> {
  await store.shopNotice.updateMany({
    where: { id: notice.id, nextAt: notice.nextAt, attempts: notice.attempts },
    data: { state, lastTryAt: at, lastStatus: status, lastError: error, ...(nextAt ? { nextAt } : {}) },
  });
}

/** What a shop was told last, newest first. */
export async function listNotices(
  store: Store,
  where: { merchantId: string; connector: string; chargeId?: string },
  take = 50,
): Promise<ShopNotice[]> {
  return (await store.shopNotice.findMany({ where, orderBy: { createdAt: "desc" }, take })).map(noticeOf);
}
