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

type Presented = Readonly<{ credentialHash: Uint8Array; fingerprint: Uint8Array }>;

/** What a byte-identical credential was answered for the same request; `null` as above. */
export const findCredentialAnswer = (
  deps: Inside,
  { credentialHash, fingerprint }: Presented,
): Promise<StoredAnswer | null> => findUnder(deps, credentialKey(credentialHash), fingerprint);

/** The same for a single payment: it buys nothing any more once its money has gone back. */
export async function findPaidAnswer(deps: Inside, presented: Presented): Promise<StoredAnswer | null> {
  const stored = await findCredentialAnswer(deps, presented);
  if (!stored || stored.kind === "mismatch") return null;
  return (await store.isGivenBack(deps.database.client, stored.chargeId)) ? null : stored;
}

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
  if (charge !== null && isOwed(charge)) return null;
  if (row.state === "not_kept" || charge?.delivery === "delivered") return { kind: "not-kept", ...paid };
  return null;
}

/** What has an owner has not left its process: should that die, its payer may still come back for all of it. */
const isOwed = ({ delivery, owner }: { delivery: string; owner: number | null }): boolean =>
  delivery === "undelivered" || (delivery === "delivered" && owner !== null);
