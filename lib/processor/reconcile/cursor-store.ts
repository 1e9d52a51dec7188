import { aliveOwners, type Store, sql } from "@/lib/db";
import { type Charge, chargeOf } from "../charges/charge";

/** How far the comparison has come: through what moved, round all charges, and round the open differences. */
export type Cursor = Readonly<{ movedAt: Date; movedId: string; sampleId: string; mismatchId: string }>;

const theOnly = 1;

/** Takes the cursor for this process; `null` while a living one has it. */
export async function takeCursor(store: Store, owner: number): Promise<Cursor | null> {
  const rows = await store.$queryRaw<
    { moved_at: Date; moved_id: string; sample_id: string; mismatch_id: string }[]
  >(sql`
    update reconcile_cursor set owner = ${owner}::int
    where id = ${theOnly}::int and (owner is null or owner = ${owner}::int or owner <> all(${aliveOwners}))
    returning moved_at, moved_id, sample_id, mismatch_id`);
  const [row] = rows;
  return row
    ? { movedAt: row.moved_at, movedId: row.moved_id, sampleId: row.sample_id, mismatchId: row.mismatch_id }
    : null;
}

/** Moves the cursor on, while this process still has it. */
export async function saveCursor(store: Store, owner: number, cursor: Cursor): Promise<void> {
  await store.reconcileCursor.updateMany({ where: { id: theOnly, owner }, data: cursor });
}

export async function leaveCursor(store: Store, owner: number): Promise<void> {
  await store.reconcileCursor.updateMany({ where: { id: theOnly, owner }, data: { owner: null } });
}

type Round = Readonly<{ ids: readonly string[]; isFull: boolean }>;
type Moved = Round & Readonly<{ movedAt: Date; movedId: string }>;

/** Charges that an entry was posted about since then, in the order of the entries. */
export async function listMoved(
  store: Store,
  { movedAt, movedId }: Cursor,
  { until, limit }: { until: Date; limit: number },
): Promise<Moved> {
  const rows = await store.$queryRaw<{ at: Date; id: string; charge_id: string }[]>(sql`
    select at, id, charge_id from posting_group
    where (at, id) > (${movedAt}::timestamptz, ${movedId}) and at <= ${until}::timestamptz and charge_id is not null
    order by at, id
    limit ${limit}::int`);
  const last = rows.at(-1);
  return {
    ids: rows.map((row) => row.charge_id),
    isFull: rows.length === limit,
    movedAt: last?.at ?? movedAt,
    movedId: last?.id ?? movedId,
  };
}

/** The next charges of the round through all of them; behind the last it begins again. */
export async function listSample(
  store: Store,
  { sampleId }: Cursor,
  limit: number,
): Promise<Round & Readonly<{ sampleId: string }>> {
  const rows = await store.charge.findMany({
    where: { id: { gt: sampleId }, capturedAt: { not: null }, channelId: null },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true },
  });
  const isFull = rows.length === limit;
  return { ids: rows.map(({ id }) => id), isFull, sampleId: isFull ? (rows.at(-1)?.id ?? "") : "" };
}

/** The next open differences, in the same way. */
export async function listOpen(
  store: Store,
  { mismatchId }: Cursor,
  limit: number,
): Promise<Round & Readonly<{ mismatchId: string }>> {
  const rows = await store.mismatch.findMany({
    where: { id: { gt: mismatchId }, state: "open" },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true, chargeId: true },
  });
  const isFull = rows.length === limit;
  return {
    ids: rows.map(({ chargeId }) => chargeId),
    isFull,
    mismatchId: isFull ? (rows.at(-1)?.id ?? "") : "",
  };
}

/** Captured charges by their ids. What a channel spends is held by its deposit and has no word of its own at the rail. */
export async function findCaptured(store: Store, ids: readonly string[]): Promise<Charge[]> {
  const rows = await store.charge.findMany({
    where: {
      id: { in: [...ids] },
      capturedAt: { not: null },
      channelId: null,
      effectState: "settled",
      kind: { not: "stray" },
    },
    omit: { sealedProof: true },
  });
  const strays = await store.charge.findMany({
    where: { parentId: { in: rows.map(({ id }) => id) } },
    select: { parentId: true },
  });
  // What came with a stray one is told by its rail together with it, and looked after with it.
  const parents = new Set(strays.map(({ parentId }) => parentId));
  return rows.filter(({ id }) => !parents.has(id)).map((row) => chargeOf({ ...row, sealedProof: null }));
}

export type Check = Readonly<{
  merchantId: string;
  mode: string;
  railSlug: string;
  compared: number;
  unreachable: number;
}>;

/** Notes when rails were compared, all in one statement. */
export async function noteChecks(store: Store, checks: readonly Check[], at: Date): Promise<void> {
  if (checks.length === 0) return;
  await store.$executeRaw(sql`
    insert into rail_check (merchant_id, mode, rail_slug, at, compared, unreachable)
    select c->>'merchantId', c->>'mode', c->>'railSlug', ${at}::timestamptz, (c->>'compared')::int, (c->>'unreachable')::int
    from jsonb_array_elements(${JSON.stringify(checks)}::jsonb) as c
    on conflict (merchant_id, mode, rail_slug) do update set
      at = excluded.at, compared = excluded.compared, unreachable = excluded.unreachable`);
}
