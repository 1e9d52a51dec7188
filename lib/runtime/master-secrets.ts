import { secretId } from "@/lib/kit";
import { deriveChallengeKey } from "@/lib/protocol";

/** The installation's secrets, newest first: the first seals and signs, all open and verify. */
export type MasterSecrets = Readonly<{
  /** What is known now; asked at each use, so that a secret that comes while we run is used at once. */
  all(): readonly string[];
  /** Puts others in their place, if they still are as they were. `null` where the operator keeps them. */
  replace: ((before: readonly string[], after: readonly string[]) => Promise<void>) | null;
}>;

/** Secrets that the environment gave: they stay what they are for as long as the process runs. */
export const fixedSecrets = (secret: string, previous: string | null = null): MasterSecrets => {
  const list = previous === null ? [secret] : [secret, previous];
  return { all: () => list, replace: null };
};

/**
 * The secret that a challenge key derives from: the key's id ends with its name. A key id without one is older than
 * any replacement, and so is its secret.
 */
export function secretOfKey(secrets: readonly string[], keyId: string): string | undefined {
  const [, id] = keyId.split(".");
  return id === undefined ? secrets.at(-1) : secrets.find((secret) => secretId(secret) === id);
}

/**
 * The key of a merchant and key id, `null` when its secret is not among ours. Deriving a key costs more than signing
 * with it, so each is derived once.
 */
export function challengeKeys({ all }: MasterSecrets) {
  const keys = new Map<string, Uint8Array>();
  return (merchantId: string, keyId: string): Uint8Array | null => {
    const name = `${merchantId}|${keyId}`;
    const known = keys.get(name);
    if (known) return known;
    const secret = secretOfKey(all(), keyId);
    if (secret === undefined) return null;
    const key = deriveChallengeKey(secret, merchantId, keyId);
    keys.set(name, key);
    return key;
  };
}
