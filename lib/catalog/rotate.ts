import type { Database } from "@/lib/db";
import type { Clock, Seal } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { listSealedPrices } from "./price-store";
import { resealRows } from "./rows";
import {
  findMerchantRow,
  findMerchantSlug,
  listMerchantHeads,
  lockMerchant,
  replaceChallengeKey,
  storeResealed,
} from "./store";
import { newKeyId } from "./write";

/** An old challenge key verifies for as long as the longest challenge lives, and an hour more. */
const keyOverlapMs = 2 * 3_600_000;

export type Resealed = Readonly<{
  /** Secrets that are now under the present key and were not before. */
  moved: number;
  /** Secrets that no key we have opens; they stay as they are. */
  unreadable: number;
}>;

type Deps = Readonly<{ database: Database; seal: Seal; clock: Clock }>;

export function rotateChallengeKey(
  { database, seal, clock }: Deps,
  merchantId: string,
): Promise<{ keyId: string; retiresAt: Date }> {
  return database.transaction(async (store) => {
    const merchant = await findMerchantSlug(store, merchantId);
    if (!merchant) throw new Problem("not-found", "There is no such merchant.");
    await lockMerchant(store, merchant.slug);
    const keyId = newKeyId(seal);
    const retiresAt = new Date(clock.now().getTime() + keyOverlapMs);
    await replaceChallengeKey(store, merchantId, { keyId, retiresAt });
    return { keyId, retiresAt };
  });
}

/** Merchant by merchant, each as a whole: whoever stops in between has done part of the work, and loses none. */
export async function resealCatalog({ database, seal }: Deps): Promise<Resealed> {
  let moved = 0;
  let unreadable = 0;
  for (const { slug } of await listMerchantHeads(database.client)) {
    const done = await database.transaction(async (store) => {
      await lockMerchant(store, slug);
      const row = await findMerchantRow(store, slug);
      if (!row) return { moved: 0, unreadable: 0 };
      const { resealed, ...counts } = resealRows(seal, row, await listSealedPrices(store, row.id));
      await storeResealed(store, resealed);
      return counts;
    });
    moved += done.moved;
    unreadable += done.unreadable;
  }
  return { moved, unreadable };
}
