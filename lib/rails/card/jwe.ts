import { base64url, utf8 } from "@/lib/kit";

/** What a challenge publishes for payers to encrypt to. */
export type EncryptionJwk = Readonly<{
  kty: "RSA";
  n: string;
  e: string;
  alg: "RSA-OAEP-256";
  use: "enc";
  kid: string;
}>;

const jweLengthMax = 8 * 1024;
const ivBytes = 12;
const tagBytes = 16;
/** `zip` and `crit` change how the rest is read; the others bring a key of the payer's choice. */
const refusedMembers = ["zip", "crit", "jku", "jwk", "x5u", "x5c"];

/** The bytes of base64url as RFC 7515 writes it, without padding; `null` for any other spelling. */
const decode = (text: string): Uint8Array | null => (text.includes("=") ? null : base64url.decode(text));

function headerOf(part: string): Record<string, unknown> | null {
  const bytes = decode(part);
  const text = bytes && utf8(bytes);
  if (!text) return null;
  try {
    const header: unknown = JSON.parse(text);
    return header !== null && typeof header === "object" && !Array.isArray(header)
      ? (header as Record<string, unknown>) // safe: an object of JSON
      : null;
  } catch {
    return null;
  }
}

/**
 * Is this a compact JWE to this very key, of the one pair of algorithms there is? Nothing is decrypted: only the form
 * and the protected header are read, and only one spelling of each part is taken.
 */
export function isSealedTo(jwe: string, { n, kid }: Pick<EncryptionJwk, "n" | "kid">): boolean {
  if (jwe.length > jweLengthMax) return false;
  const [first = "", ...rest] = jwe.split(".");
  if (rest.length !== 4) return false;
  const header = headerOf(first);
  if (header?.alg !== "RSA-OAEP-256" || header.enc !== "A256GCM" || header.kid !== kid) return false;
  if (refusedMembers.some((name) => Object.hasOwn(header, name))) return false;
  const [key, iv, content, tag] = rest.map(decode);
  return (
    key?.byteLength === base64url.decode(n)?.byteLength &&
    iv?.byteLength === ivBytes &&
    (content?.byteLength ?? 0) > 0 &&
    tag?.byteLength === tagBytes
  );
}
