import { timingSafeEqual } from "node:crypto";
import { assert, sha256 } from "@/lib/kit";

const sha256Form = /^sha-256=(?::([A-Za-z0-9+/]{43}=):|([A-Za-z0-9+/]{43})=?)$/;

/** The `digest` of a body whose SHA-256 is already known, for instance because it was hashed while it arrived. */
export function formatDigest(hash: Uint8Array): string {
  assert(hash.length === 32, "A SHA-256 hash has 32 bytes.");
  return `sha-256=:${Buffer.from(hash).toString("base64")}:`;
}

/** The `digest` of a body's bytes as received; `null` for an empty body, which has none. */
export const bodyDigest = (body: Uint8Array): string | null =>
  body.length === 0 ? null : formatDigest(sha256(body));

/** The hash inside a digest, in the dictionary form or the bare form; `null` for other algorithms and for junk. */
export function parseDigest(text: string): Uint8Array | null {
  const found = sha256Form.exec(text);
  const encoded = found?.[1] ?? (found?.[2] === undefined ? undefined : `${found[2]}=`);
  if (encoded === undefined) return null;
  const bytes = Buffer.from(encoded, "base64");
  return bytes.toString("base64") === encoded ? bytes : null;
}

/** Do two digests name the same bytes? Text that is no digest equals nothing. */
export function sameDigest(a: string, b: string): boolean {
  const [left, right] = [parseDigest(a), parseDigest(b)];
  return left !== null && right !== null && timingSafeEqual(left, right);
}
