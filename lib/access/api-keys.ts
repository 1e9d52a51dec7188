import { newId, newToken, sameSecret, sha256 } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { appendEntry } from "./audit";
import type { AccessDeps } from "./members";
import { type Actor, isScope, type Mode, usualKeyScopes, type Who } from "./policy";
import type { KeyRecord } from "./records";

const tokenBytes = 32;
const shownCharacters = 13;
const usedEveryMs = 60_000;
const keyShape = /^fbx_(test|live)_[A-Za-z0-9_-]{43}$/;

export type NewKey = Readonly<{
  merchantId: string;
  mode: Mode;
  name: string;
  /** All but handing out access, when left out. */
  scopes?: readonly string[];
  expiresAt?: Date | null;
}>;

/** Makes a key. Its text is in this answer and nowhere else: only its hash is kept. */
export async function createKey(
  { store, clock }: AccessDeps,
  { merchantId, mode, name, scopes = usualKeyScopes, expiresAt = null }: NewKey,
  by: Actor,
): Promise<{ id: string; key: string }> {
  const unknown = scopes.filter((scope) => !isScope(scope));
  const errors = unknown.map((scope) => ({ path: "scopes", message: `"${scope}" is not a scope.` }));
  if (name.trim() === "" || name.length > 200) {
    errors.push({ path: "name", message: "Give the key a name of at most 200 characters." });
  }
  if (expiresAt && expiresAt <= clock.now()) {
    errors.push({ path: "expiresAt", message: "This is in the past." });
  }
  if (errors.length > 0) throw new Problem("unprocessable", undefined, { errors });

  const key = `fbx_${mode}_${newToken(tokenBytes)}`;
  const createdAt = clock.now();
  const prefix = key.slice(0, shownCharacters);
  const row = { id: newId("key"), merchantId, mode, name: name.trim(), scopes, prefix, expiresAt, createdAt };
  await store.transaction(async (tx) => {
    await tx.insertKey(row, sha256(key));
    const object = `key:${row.id}`;
    const after = { name: row.name, mode, scopes, prefix, expiresAt };
    await appendEntry(tx, clock, { ...by, merchantId, act: "key.created", object, after });
  });
  return { id: row.id, key };
}

/** Ends a key at once. */
export async function endKey(
  { store, clock }: AccessDeps,
  where: { merchantId: string; id: string },
  by: Actor,
): Promise<void> {
  await store.transaction(async (tx) => {
    if (!(await tx.endKey(where, clock.now()))) {
      throw new Problem("not-found", "There is no such key, or it has ended already.");
    }
    const { merchantId, id } = where;
    await appendEntry(tx, clock, { ...by, merchantId, act: "key.ended", object: `key:${id}` });
  });
}

const isLive = (key: KeyRecord, now: Date): boolean =>
  key.endedAt === null && (key.expiresAt === null || key.expiresAt > now);

/** Whose key this is; `null` for one that is unknown, ended or expired. Looked up by its hash, so that time tells nothing. */
export async function authenticateKey(
  { store, clock, bootstrapKey }: AccessDeps & { bootstrapKey: string | null },
  text: string,
): Promise<Who | null> {
  if (bootstrapKey !== null && sameSecret(text, bootstrapKey)) return { kind: "bootstrap" };
  if (!keyShape.test(text)) return null;
  const key = await store.findKey(sha256(text));
  const now = clock.now();
  if (!key || !isLive(key, now)) return null;
  if (!key.lastUsedAt || now.getTime() - key.lastUsedAt.getTime() > usedEveryMs) {
    await store.markKeyUsed(key.id, now);
  }
  return { kind: "key", keyId: key.id, merchantId: key.merchantId, mode: key.mode, scopes: key.scopes };
}
