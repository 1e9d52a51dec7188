import { type Store, sql } from "@/lib/db";

const batch = 200;

type SealedProof = Readonly<{ id: string; merchantId: string; sealedProof: Uint8Array }>;

/** Proofs that are kept because a rail may have to be asked again, in the order of their charges. */
export const listSealedProofs = (store: Store, after: string): Promise<SealedProof[]> =>
  store.$queryRaw<SealedProof[]>(sql`
    select id, merchant_id as "merchantId", sealed_proof as "sealedProof"
    from charge where sealed_proof is not null and id > ${after}
    order by id limit ${batch}`);

/** Answers how many rows that was: none when the proof is no longer what it was. */
export const storeResealedProof = (
  store: Store,
  { id, before, after }: { id: string; before: Uint8Array; after: Uint8Array },
): Promise<number> =>
  store.$executeRaw(sql`
    update charge set sealed_proof = ${after}::bytea where id = ${id} and sealed_proof = ${before}::bytea`);
