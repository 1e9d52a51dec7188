import { aliveOwners, type Store, sql } from "@/lib/db";
import { type Charge, chargeOf } from "./charge";

/** Numbers of the processes that are alive on this database. */
export async function aliveNumbers(store: Store): Promise<number[]> {
  const rows = await store.$queryRaw<{ alive: number[] }[]>(sql`select ${aliveOwners} as alive`);
  return rows[0]?.alive ?? [];
}

export type Found = Readonly<{ charge: Charge; sealedProof: Uint8Array | null; isOwnerAlive: boolean }>;

async function isAlive(store: Store, owner: number | null): Promise<boolean> {
  if (owner === null) return false;
  const rows = await store.$queryRaw<{ alive: boolean }[]>(
    sql`select ${owner}::int = any(${aliveOwners}) as alive`,
  );
  return rows[0]?.alive ?? false;
}

/** The charge that spent one of these claims, and whether the process that works on it is still there. */
export async function findByClaim(store: Store, keys: readonly string[]): Promise<Found | null> {
  const claim = await store.claim.findFirst({
    where: { key: { in: [...keys] } },
    include: { charge: true },
  });
  if (!claim?.charge) return null;
  return { ...foundOf(claim.charge), isOwnerAlive: await isAlive(store, claim.charge.owner) };
}

/** Does this charge hold one of these claims? */
export async function isClaimedBy(store: Store, chargeId: string, keys: readonly string[]): Promise<boolean> {
  return (await store.claim.count({ where: { chargeId, key: { in: [...keys] } } })) > 0;
}

/** Did a deposit of a channel spend one of these claims? */
export async function isDeposited(store: Store, keys: readonly string[]): Promise<boolean> {
  return (await store.claim.count({ where: { key: { in: [...keys] }, depositId: { not: null } } })) > 0;
}

export async function findById(store: Store, id: string): Promise<Found | null> {
  const row = await store.charge.findUnique({ where: { id } });
  return row && { ...foundOf(row), isOwnerAlive: await isAlive(store, row.owner) };
}

const foundOf = (row: Parameters<typeof chargeOf>[0]) => ({
  charge: chargeOf(row),
  sealedProof: row.sealedProof,
});

/** Those of some challenges that were paid, or may have been. */
export async function listPaidChallenges(store: Store, ids: readonly string[]): Promise<string[]> {
  const rows = await store.charge.findMany({
    where: {
      challengeId: { in: [...ids] },
      OR: [{ captured: { gt: 0 } }, { effectState: { in: ["requested", "submitted", "unknown"] } }],
    },
    select: { challengeId: true },
  });
  return rows.map(({ challengeId }) => challengeId);
}
