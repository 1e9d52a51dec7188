import type { Store } from "@/lib/db";
import { sameSecret } from "@/lib/kit";

export type Operation = "initiate" | "authorize" | "capture" | "refund" | "cancel";

export type AnswerKey = Readonly<{ connectorId: string; operation: Operation; key: string }>;

type Kept = Readonly<{ status: number; body: string; isSame: boolean }>;

/** The answer that this key got; `isSame` tells whether the request was this one. */
export async function findAnswer(store: Store, where: AnswerKey, hash: Uint8Array): Promise<Kept | null> {
  const { connectorId, operation, key } = where;
  const row = await store.connectorAnswer.findUnique({
    where: { connectorId_operation_key: { connectorId, operation, key } },
  });
  return row && { status: row.status, body: row.body, isSame: sameSecret(row.requestHash, hash) };
}

/** Keeps an answer; the first one of a key stays. */
export async function keepAnswer(
  store: Store,
  where: AnswerKey,
  answer: Readonly<{ hash: Uint8Array; status: number; body: string; at: Date }>,
): Promise<void> {
  const { hash, status, body, at } = answer;
  const row = { ...where, requestHash: new Uint8Array(hash), status, body, createdAt: at };
  await store.connectorAnswer.createMany({ data: [row], skipDuplicates: true });
}

export async function forgetAnswers(store: Store, before: Date): Promise<number> {
  const { count } = await store.connectorAnswer.deleteMany({ where: { createdAt: { lt: before } } });
  return count;
}
