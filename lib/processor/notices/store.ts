import { type Store, sql } from "@/lib/db";
import { enqueueStep } from "@/lib/jobs";
import type { Mode } from "../deps";
import type { Edge, Order } from "../paging";
import { type Notice, type NoticeState, noticeOf } from "./notice";

const noticeJob = (id: string, runAt: Date) => ({
  kind: "notice.work",
  key: `notice.work:${id}`,
  payload: { noticeId: id },
  runAt,
});

/** Keeps a notice with the job that works on it: one statement. `false`: this event is known already. */
export async function insertNotice(store: Store, notice: Notice): Promise<boolean> {
  const { id, merchantId, mode, rail, event, type, reference, state, receivedAt } = notice;
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      insert into notice (id, merchant_id, mode, rail_slug, event_id, type, reference, state, received_at)
      values (${id}, ${merchantId}, ${mode}, ${rail}, ${event}, ${type}, ${reference}, ${state}, ${receivedAt}::timestamptz)
      on conflict (merchant_id, rail_slug, event_id) do nothing
      returning id
    ),
    ${enqueueStep(noticeJob(id, receivedAt))}
    select id from moved`);
  return rows.length === 1;
}

export async function findNotice(
  store: Store,
  where: { id: string; merchantId?: string; mode?: Mode },
): Promise<Notice | null> {
  const row = await store.notice.findFirst({ where });
  return row && noticeOf(row);
}

export async function endNotice(
  store: Store,
  id: string,
  { state, chargeId, at }: { state: NoticeState; chargeId: string | null; at: Date },
): Promise<void> {
  const data = { state, chargeId, workedAt: at, fault: null, attempts: { increment: 1 } };
  await store.notice.updateMany({ where: { id }, data });
}

/** A try that came to nothing: why, until one comes to something. */
export async function noteFault(store: Store, id: string, fault: string): Promise<void> {
  await store.notice.updateMany({ where: { id }, data: { fault, attempts: { increment: 1 } } });
}

/** The job again, whatever came of it before. */
export async function replay(store: Store, id: string, at: Date): Promise<void> {
  await store.$queryRaw(sql`
    with moved as (update notice set state = 'received' where id = ${id} returning id),
    ${enqueueStep(noticeJob(id, at))}
    select id from moved`);
}

export type NoticeFilter = Readonly<{
  merchantId: string;
  mode?: Mode;
  rail?: string;
  state?: readonly string[];
}>;

const whereOf = ({ merchantId, mode, rail, state }: NoticeFilter) => ({
  merchantId,
  ...(mode ? { mode } : {}),
  ...(rail === undefined ? {} : { railSlug: rail }),
  ...(state ? { state: { in: [...state] } } : {}),
});

export async function pageOfNotices(
  store: Store,
  filter: NoticeFilter,
  { order, after, limit }: { order: Order; after: Edge<string> | null; limit: number },
): Promise<Notice[]> {
  const beyond = after && { id: order === "desc" ? { lt: after.id } : { gt: after.id } };
  const rows = await store.notice.findMany({
    where: { AND: [whereOf(filter), ...(beyond ? [beyond] : [])] },
    orderBy: { id: order },
    take: limit,
  });
  return rows.map(noticeOf);
}

export const countBefore = (store: Store, filter: NoticeFilter, { id, order }: Edge<string>) =>
  store.notice.count({
    where: { AND: [whereOf(filter), { id: order === "desc" ? { gt: id } : { lt: id } }] },
  });

/** The charge that a network's reference or our own effect key names. */
export async function findChargeId(
  store: Store,
  about: { merchantId: string; rail: string },
  named: { reference: string } | { effectKey: string },
): Promise<string | null> {
  const row = await store.charge.findFirst({
    where: { merchantId: about.merchantId, railSlug: about.rail, ...named },
    select: { id: true },
  });
  return row?.id ?? null;
}

/** Refunds of a charge that its network is working on. */
export const listSubmitted = (store: Store, chargeId: string) =>
  store.refund.findMany({ where: { chargeId, state: "submitted" }, select: { id: true } });
