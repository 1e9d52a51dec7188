import { type Store, sql } from "@/lib/db";
import { sameSecret } from "@/lib/kit";
import type { Inside } from "../deps";
import { answerKey } from "./answer-key";

type Asked = Readonly<{ merchantId: string; endpointId: string; key: string; fingerprint: Uint8Array }>;
type Paid = Readonly<{ chargeId: string; receiptId: string | null; reference: string | null }>;

export type StoredAnswer = Readonly<
  | { kind: "mismatch" }
  | ({ kind: "kept"; status: number; headers: Readonly<Record<string, string>>; body: Uint8Array } & Paid)
  | ({ kind: "not-kept" } & Paid)
>;

/**
 * What was answered under an `Idempotency-Key`. `null` when nothing final was: the claim's state then decides, so
 * `take` is asked. An answer past its time is dropped here, so that its key can begin anew.
 */
export async function findAnswer(
  deps: Inside,
  { fingerprint, ...scope }: Asked,
): Promise<StoredAnswer | null> {
  const { client } = deps.database;
  const key = answerKey(scope);
  const row = await client.storedAnswer.findUnique({ where: { key } });
  if (!row) return null;
  if (row.expiresAt <= deps.clock.now()) {
    await client.storedAnswer.deleteMany({ where: { key, expiresAt: row.expiresAt } });
    return null;
  }
  if (!sameSecret(row.fingerprint, fingerprint)) return { kind: "mismatch" };
  const charge = await client.charge.findUnique({
    where: { id: row.chargeId },
    select: { id: true, receiptId: true, reference: true, delivery: true },
  });
  const paid = {
    chargeId: row.chargeId,
    receiptId: charge?.receiptId ?? null,
    reference: charge?.reference ?? null,
  };
  if (row.state === "kept" && row.status !== null && row.body !== null) {
    const headers = row.headers as Record<string, string>;
    return { kind: "kept", status: row.status, headers, body: row.body, ...paid };
  }
  if (row.state === "not_kept" || charge?.delivery === "delivered") return { kind: "not-kept", ...paid };
  return null;
}

/** Kept bodies of one merchant together; beyond it the oldest are let go, and their keys still charge nothing again. */
const merchantMaxBytes = 256 * 1024 * 1024;

/** Deletes answers past their time and lets the oldest bodies go where a merchant keeps too much. */
export async function sweepAnswers(store: Store, at: Date, maxBytes = merchantMaxBytes): Promise<number> {
  const { count } = await store.storedAnswer.deleteMany({ where: { expiresAt: { lte: at } } });
  const trimmed = await store.$executeRaw(sql`
    update stored_answer set state = 'not_kept', headers = null, body = null
    where key in (
      select key from (
        select key, sum(octet_length(body)) over (partition by merchant_id order by created_at desc, key) as total
        from stored_answer where state = 'kept'
      ) as kept
      where total > ${maxBytes}
    )`);
  return count + trimmed;
}
