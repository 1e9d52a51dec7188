import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { assert } from "./assert";
import { base64url, sha256 } from "./encoding";

/** An envelope that none of our secrets opens, or that was sealed for another place. */
export class SealFault extends Error {
  override name = "SealFault";
}

export type Seal = Readonly<{
  /** Encrypts a text for one place. `about` names it (`table|column|row|merchant`) and is needed to open it. */
  seal(text: string, about: string): string;
  /** Throws {@link SealFault} for an envelope that is altered, moved, or sealed under a secret we lack. */
  open(envelope: string, about: string): string;
  /** Names the key that seals at present; says nothing about the secret behind it. */
  keyId(): string;
  /** Was this sealed with the key that seals at present? */
  isCurrent(envelope: string): boolean;
}>;

type Key = Readonly<{ id: string; bytes: Buffer }>;
type Secret = Buffer | string;

/** The secrets of an installation, newest first. Asked anew at each use, so that a new one is known without a restart. */
export type Secrets = () => readonly Secret[];

const nonceBytes = 12;
const tagBytes = 16;

function deriveKey(secret: Secret): Key {
  const bytes = Buffer.from(hkdfSync("sha256", secret, "", "farebox seal v1", 32));
  return { id: sha256(bytes).toString("hex").slice(0, 8), bytes };
}

/** The name under which what a secret seals and derives is told apart. */
export const secretId = (secret: Secret): string => deriveKey(secret).id;

/** Deriving costs more than sealing, so each secret's key is kept. */
function keyring(given: Secret | readonly Secret[] | Secrets): () => readonly Key[] {
  const known = new Map<Secret, Key>();
  const keyOf = (secret: Secret): Key => {
    const key = known.get(secret) ?? deriveKey(secret);
    known.set(secret, key);
    return key;
  };
  if (typeof given === "function") return () => given().map(keyOf);
  const list = (typeof given === "string" || Buffer.isBuffer(given) ? [given] : given).map(keyOf);
  return () => list;
}

function decrypt(key: Key, sealed: Uint8Array, about: string): string {
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv("aes-256-gcm", key.bytes, sealed.subarray(0, nonceBytes));
  decipher.setAAD(Buffer.from(about)).setAuthTag(sealed.subarray(end));
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, end)), decipher.final()]).toString();
}

/**
 * Encryption at rest: AES-256-GCM under a key derived from `FAREBOX_SECRET`, as `v1.<key id>.<base64url>`. Of several
 * secrets the first seals and all open, so that a secret can be replaced while the old envelopes are still read.
 */
export function createSeal(secrets: Secret | readonly Secret[] | Secrets): Seal {
  const keys = keyring(secrets);
  const currentKey = (): Key => {
    const [current] = keys();
    assert(current, "A seal has at least one secret.");
    return current;
  };
  currentKey();

  return {
    keyId: () => currentKey().id,
    isCurrent: (envelope) => envelope.startsWith(`v1.${currentKey().id}.`),

    seal(text, about) {
      const current = currentKey();
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", current.bytes, nonce);
      cipher.setAAD(Buffer.from(about));
      const body = Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
      return `v1.${current.id}.${base64url.encode(body)}`;
    },

    open(envelope, about) {
      const [version, id, body = "", ...rest] = envelope.split(".");
      const key = keys().find((candidate) => candidate.id === id);
      const sealed = base64url.decode(body);
      if (version !== "v1" || rest.length > 0 || !sealed || sealed.length < nonceBytes + tagBytes) {
        throw new SealFault("This is not an envelope.");
      }
      if (!key) throw new SealFault("The envelope was sealed under another FAREBOX_SECRET.");
      try {
        return decrypt(key, sealed, about);
      } catch (cause) {
        throw new SealFault("The envelope is altered, or was made for another place.", { cause });
      }
    },
  };
}
