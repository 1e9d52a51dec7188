import { type Store, sql } from "@/lib/db";

export type KeyRow = NonNullable<Awaited<ReturnType<typeof findKeyByHash>>>;

export const findKeyByHash = (store: Store, hash: Uint8Array) =>
  store.connectorKey.findUnique({ where: { hash: new Uint8Array(hash) } });

export const listKeysOf = (store: Store, connectorId: string) =>
  store.connectorKey.findMany({ where: { connectorId }, orderBy: { createdAt: "desc" }, take: 200 });

type NewKey = Readonly<{
  id: string;
  connectorId: string;
  merchantId: string;
  prefix: string;
  hash: Uint8Array;
  createdBy: string;
  createdAt: Date;
}>;

/** A new key; the living others end at `othersEndAt`, unless they end before. One statement. */
export async function insertKey(store: Store, key: NewKey, othersEndAt: Date | null): Promise<void> {
  const { id, connectorId, merchantId, prefix, hash, createdBy, createdAt } = key;
  await store.$executeRaw(sql`
    with ended as (
      update connector_key set ends_at = ${othersEndAt}::timestamptz
      where connector_id = ${connectorId} and ${othersEndAt}::timestamptz is not null
        and (ends_at is null or ends_at > ${othersEndAt}::timestamptz)
    )
    insert into connector_key (id, connector_id, merchant_id, prefix, hash, created_by, created_at)
    values (${id}, ${connectorId}, ${merchantId}, ${prefix}, ${Buffer.from(hash)}, ${createdBy}, ${createdAt}::timestamptz)`);
}

/** Ends a key at once; `false` when there is none, or it has ended. */
export async function endKeyOf(
  store: Store,
  { connectorId, id, at }: { connectorId: string; id: string; at: Date },
): Promise<boolean> {
  const { count } = await store.connectorKey.updateMany({
    where: { id, connectorId, OR: [{ endsAt: null }, { endsAt: { gt: at } }] },
    data: { endsAt: at },
  });
  return count === 1;
}

export async function markUsed(store: Store, id: string, at: Date): Promise<void> {
  await store.connectorKey.updateMany({ where: { id }, data: { lastUsedAt: at } });
}
