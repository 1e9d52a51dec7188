import { sameSecret } from "@/lib/kit";
import type { Inside } from "../deps";
import { answerKey, credentialKey } from "./answer-key";
import * as store from "./store";

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
export const findAnswer = (deps: Inside, { fingerprint, ...scope }: Asked): Promise<StoredAnswer | null> =>
  findUnder(deps, answerKey(scope), fingerprint);

/** What a byte-identical credential of a session was answered for the same request; `null` as above. */
export const findCredentialAnswer = (
  deps: Inside,
  { credentialHash, fingerprint }: { credentialHash: Uint8Array; fingerprint: Uint8Array },
): Promise<StoredAnswer | null> => findUnder(deps, credentialKey(credentialHash), fingerprint);

async function findUnder(deps: Inside, key: string, fingerprint: Uint8Array): Promise<StoredAnswer | null> {
  const { client } = deps.database;
  const row = await store.findLive(client, { key, now: deps.clock.now() });
  if (!row) return null;
  if (!sameSecret(row.fingerprint, fingerprint)) return { kind: "mismatch" };
  const charge = await store.findPaid(client, row.chargeId);
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
