import { hash, timingSafeEqual } from "node:crypto";

const canonicalAlphabet = /^[A-Za-z0-9_-]*$/;

export const base64url = {
  encode: (bytes: Uint8Array | string): string => Buffer.from(bytes as Uint8Array).toString("base64url"),

  /** Strict RFC 4648 §5: alphabet only, correct padding tolerated, non-zero trailing bits refused (`null`). */
  decode(text: string): Uint8Array | null {
    const bare = text.replace(/={1,2}$/, "");
    if (bare !== text && text.length % 4 !== 0) return null;
    if (!canonicalAlphabet.test(bare) || bare.length % 4 === 1) return null;
    const bytes = Buffer.from(bare, "base64url");
    return bytes.toString("base64url") === bare ? bytes : null;
  },
};

/** Text of valid UTF-8 bytes; `null` for anything else. */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export const sha256 = (bytes: Uint8Array | string): Buffer => hash("sha256", bytes, "buffer");

/** Compares without telling how far two values agree. */
export function sameSecret(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}
