import { aliveOwners, type Store, sql } from "@/lib/db";
import type { ChannelRow } from "./channel";

export const findChannel = (store: Store, id: string): Promise<ChannelRow | null> =>
  store.channel.findUnique({ where: { id } });

type DepositRow = NonNullable<Awaited<ReturnType<Store["channelDeposit"]["findUnique"]>>>;

/** The deposit that consumed a challenge, and whether the process that works on it is still there. */
export async function findDeposit(
  store: Store,
  claim: string,
): Promise<{ deposit: DepositRow; isOwnerAlive: boolean } | "charge" | null> {
  const found = await store.claim.findUnique({ where: { key: claim }, include: { deposit: true } });
  if (!found) return null;
  if (!found.deposit) return "charge";
  const { deposit } = found;
  if (deposit.owner === null) return { deposit, isOwnerAlive: false };
  const rows = await store.$queryRaw<{ alive: boolean }[]>(
    sql`select ${deposit.owner}::int = any(${aliveOwners}) as alive`,
  );
  return { deposit, isOwnerAlive: rows[0]?.alive ?? false };
}
