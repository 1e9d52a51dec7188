import { isUniqueViolation, type Store } from "@/lib/db";
import type { Mode } from "../deps";

export type Row = NonNullable<Awaited<ReturnType<Store["publicReceipt"]["findUnique"]>>>;

type NewRow = Readonly<{
  id: string;
  chargeId: string;
  receiptId: string;
  merchantId: string;
  mode: Mode;
  tokenHash: Buffer;
  createdBy: string;
  createdAt: Date;
}>;

/** `false`: an address of this receipt stands already. */
export async function insertAddress(store: Store, row: NewRow): Promise<boolean> {
  try {
    await store.publicReceipt.create({ data: { ...row, tokenHash: new Uint8Array(row.tokenHash) } });
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

type Named = Readonly<{ merchantId: string; receiptId: string; mode?: Mode }>;

const standing = ({ merchantId, receiptId, mode }: Named) => ({
  merchantId,
  receiptId,
  ...(mode ? { mode } : {}),
  revokedAt: null,
});

export const findStanding = (store: Store, named: Named): Promise<Row | null> =>
  store.publicReceipt.findFirst({ where: standing(named) });

/** `false`: none stands. */
export async function revokeAddress(
  store: Store,
  named: Named,
  { at, actor }: { at: Date; actor: string },
): Promise<boolean> {
  const { count } = await store.publicReceipt.updateMany({
    where: standing(named),
    data: { revokedAt: at, revokedBy: actor },
  });
  return count > 0;
}

export const findByToken = (store: Store, tokenHash: Buffer): Promise<Row | null> =>
  store.publicReceipt.findFirst({ where: { tokenHash: new Uint8Array(tokenHash), revokedAt: null } });
