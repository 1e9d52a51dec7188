import { type Clock, sha256 } from "@/lib/kit";
import { canonicalJson, maskSecrets, plainText } from "./mask";
import type { EntryRecord } from "./records";
import type { AccessStore, Queries } from "./store";

export type NewEntry = Readonly<{
  merchantId?: string | null;
  /** member:…, key:…, bootstrap, system */
  actor: string;
  /** A past fact: `config.changed`, `key.created`. */
  act: string;
  /** What it was done to: `endpoint:ep_…`, `merchant:acme`. */
  object: string;
  before?: unknown;
  after?: unknown;
  network?: string | null;
  requestId?: string | null;
}>;

export type Verified =
  | { ok: true; checked: number }
  | { ok: false; checked: number; firstBad: bigint; reason: "altered" | "missing" };

const pageSize = 1_000;

/** Covers every column and the hash before it; columns are JSON, so that no two entries read alike. */
function hashOf(entry: Omit<EntryRecord, "hash">, previous: Uint8Array): Buffer {
  const { seq, at, merchantId, actor, act, object, before, after, network, requestId } = entry;
  const columns = [seq.toString(), at.toISOString(), merchantId, actor, act, object, network, requestId];
  const text = canonicalJson([...columns, before ?? null, after ?? null]);
  return sha256(Buffer.concat([previous, Buffer.from(text)]));
}

/** Adds one entry to the chain, in the transaction of the change itself, so that both are there or neither is. */
export async function appendEntry(tx: Queries, clock: Clock, entry: NewEntry): Promise<bigint> {
  const head = await tx.readHead({ lock: true });
  const unsigned = {
    seq: head.seq + 1n,
    at: clock.now(),
    merchantId: entry.merchantId ?? null,
    actor: plainText(entry.actor),
    act: entry.act,
    object: plainText(entry.object),
    before: maskSecrets(entry.before),
    after: maskSecrets(entry.after),
    network: entry.network ? plainText(entry.network) : null,
    requestId: entry.requestId ? plainText(entry.requestId) : null,
  };
  const hash = hashOf(unsigned, head.hash);
  await tx.insertEntry({ ...unsigned, hash });
  await tx.moveHead(unsigned.seq, hash);
  return unsigned.seq;
}

/** Recomputes the whole chain; names the first entry that was edited, removed, put elsewhere or cut off. */
export async function verifyChain(store: AccessStore): Promise<Verified> {
  const head = await store.readHead({ lock: false });
  let previous: Uint8Array = new Uint8Array(32);
  let seq = 0n;
  for (;;) {
    const page = await store.listEntries({
      after: seq,
      before: head.seq + 1n,
      limit: pageSize,
      order: "asc",
    });
    for (const entry of page) {
      const checked = Number(seq);
      if (entry.seq !== seq + 1n) return { ok: false, checked, firstBad: seq + 1n, reason: "missing" };
      const hash = hashOf(entry, previous);
      if (!hash.equals(entry.hash)) return { ok: false, checked, firstBad: entry.seq, reason: "altered" };
      previous = hash;
      seq = entry.seq;
    }
    if (page.length < pageSize) break;
  }
  const checked = Number(seq);
  if (seq !== head.seq) return { ok: false, checked, firstBad: seq + 1n, reason: "missing" };
  if (!Buffer.from(previous).equals(head.hash))
    return { ok: false, checked, firstBad: seq, reason: "altered" };
  return { ok: true, checked };
}
