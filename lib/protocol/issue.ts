import { createHmac, randomFillSync } from "node:crypto";
import { assert } from "@/lib/kit";
import { type Challenge, challengeId, cleanDescription, requestLengthMax } from "./challenge";
import { parseDigest } from "./digest";
import { encodeCanonical } from "./jcs";
import type { ChallengeKey } from "./keys";
import { encodeOpaque, type Mode } from "./scope";
import { formatTimestamp } from "./timestamps";

const nonceBytes = 16;
const pool = Buffer.alloc(nonceBytes * 256);
let used = pool.length;

/** A nonce of its own for every challenge: what all rails but one need. */
export function randomNonce(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += nonceBytes;
  return pool.toString("base64url", used - nonceBytes, used);
}

/** What one price was quoted for. */
export type Quote = Readonly<{ key: Uint8Array; request: object; scope: string; priceVersion: string }>;

/**
 * The same nonce for the same quote, for the method whose wallet refuses a refreshed challenge in which more than `id`
 * and `expires` changed. The caller jitters `expires` by up to a minute, so that ids still differ.
 */
export function quoteNonce({ key, request, scope, priceVersion }: Quote): string {
  const mac = createHmac("sha256", key).update(`n|${encodeRequest(request)}|${scope}|${priceVersion}`);
  return mac.digest().toString("base64url", 0, nonceBytes);
}

export type Terms = Readonly<{
  realm: string;
  method: string;
  intent: string;
  /** What the rail asks for: plain JSON, without `expires`. */
  request: object;
  expires: Date;
  /** Digest of the request's body; absent when it has none, and for sessions. */
  digest?: string | null | undefined;
  header?: "Payment-Authorization" | undefined;
  description?: string | undefined;
  key: ChallengeKey;
  /** From `scopeDigest`. */
  scope: string;
  priceVersion: string;
  mode: Mode;
  /** What a price that is not fixed depended on, and how it was found (see `Opaque`). */
  inputs?: string | undefined;
  quote?: string | undefined;
  /** From {@link randomNonce} or {@link quoteNonce}. */
  nonce: string;
}>;

const realmForm = /^[A-Za-z0-9.:_-]+$/;
const methodForm = /^[a-z]+$/;
const intentForm = /^[A-Za-z0-9-]+$/;

/** The realm of an origin: host and port, an IPv6 address without its brackets. */
export const realmOf = (publicOrigin: string): string => new URL(publicOrigin).host.replace(/[[\]]/g, "");

function encodeRequest(request: object): string {
  assert(!Object.hasOwn(request, "expires"), "The request leaves expires to the challenge.");
  const encoded = encodeCanonical(request);
  assert(encoded !== null && encoded.length <= requestLengthMax, "A request is JSON of at most 16 KiB.");
  return encoded;
}

/** Makes one offer's challenge. A term that no challenge may carry is a Bug: settings refuse it much earlier. */
export function issueChallenge(terms: Terms): Challenge {
  const { realm, method, intent, header, key, scope, nonce, priceVersion, mode, inputs, quote } = terms;
  const digest = terms.digest ?? undefined;
  assert(realmForm.test(realm), "A realm is a host and perhaps a port.");
  assert(methodForm.test(method), "A method's name is lower-case letters.");
  assert(intentForm.test(intent), "An intent's name is letters, digits and hyphens.");
  assert(digest === undefined || parseDigest(digest) !== null, "A digest is a SHA-256.");
  const bound = {
    realm,
    method,
    intent,
    request: encodeRequest(terms.request),
    expires: formatTimestamp(terms.expires),
    ...(digest === undefined ? {} : { digest }),
    opaque: encodeOpaque({ keyId: key.id, nonce, scope, priceVersion, mode, inputs, quote }),
    ...(header === undefined ? {} : { header }),
  };
  const description = cleanDescription(terms.description ?? "");
  return { id: challengeId(key.bytes, bound), ...bound, ...(description ? { description } : {}) };
}
