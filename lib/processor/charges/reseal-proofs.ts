import { SealFault } from "@/lib/kit";
import type { Inside } from "../deps";
import { listSealedProofs, storeResealedProof } from "./proof-store";
import { placeOf } from "./take-payment";

/**
 * Seals anew the proofs that an older secret sealed and a rail may still be shown. Can be stopped at any point and
 * continued; a proof that moves meanwhile was either sealed anew or is no longer needed.
 */
export async function resealProofs({
  database,
  seal,
}: Inside): Promise<{ moved: number; unreadable: number }> {
  let moved = 0;
  let unreadable = 0;
  let after = "";
  for (;;) {
    const batch = await listSealedProofs(database.client, after);
    const last = batch.at(-1);
    if (!last) return { moved, unreadable };
    after = last.id;
    for (const { id, merchantId, sealedProof } of batch) {
      const envelope = Buffer.from(sealedProof).toString();
      if (seal.isCurrent(envelope)) continue;
      try {
        const about = placeOf({ id, merchantId });
        const next = Buffer.from(seal.seal(seal.open(envelope, about), about));
        moved += await storeResealedProof(database.client, { id, before: sealedProof, after: next });
      } catch (error) {
        if (!(error instanceof SealFault)) throw error;
        unreadable += 1;
      }
    }
  }
}
