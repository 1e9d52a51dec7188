import { createHmac, createSecretKey, randomFillSync } from "node:crypto";
import { assert, base64url, utf8 } from "@/lib/kit";
import {
  boundText,
  type Challenge,
  challengeId,
  cleanDescription,
  formatChallenge,
  requestLengthMax,
} from "./challenge";
import { parseDigest } from "./digest";
import { encodeCanonical } from "./jcs";
import type { ChallengeKey } from "./keys";
import { encodeOpaque, type Mode, readOpaque } from "./scope";
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

/** The text of a challenge that differs from another one in these alone. */
export type Renew = (fresh: Readonly<{ nonce: string; expires: Date }>) => string;

const alphabet = /^[A-Za-z0-9_-]*$/;

/** What stands around a word that is found once in a text; `null` when it is not. */
function around(text: string, word: string): readonly [before: string, after: string] | null {
  const [before, after, ...more] = text.split(word);
  return before === undefined || after === undefined || more.length > 0 ? null : [before, after];
}

/**
 * How a challenge of ours is made again for a scope: by the functions that make it the first time, which are asked once
 * for a sample and then only for what changes. `null` when it is not ours.
 */
export function renewal({ id: _id, ...before }: Challenge, key: Uint8Array, scope: string): Renew | null {
  const opaque = readOpaque(before.opaque);
  if (!opaque || before.expires === undefined) return null;
  const [word, sample] = [(place: number) => `fbx-${place}-${randomNonce()}`, { ...opaque, scope }];
  const secret = createSecretKey(key);
  const words = { id: word(1), expires: word(2), opaque: word(3), nonce: word(4) };
  const text = utf8(base64url.decode(encodeOpaque({ ...sample, nonce: words.nonce })) ?? new Uint8Array());
  const opaqueText = text === null ? null : around(text, words.nonce);
  const line = around(formatChallenge({ ...before, ...words }), words.id);
  const tail = line && around(line[1], words.expires);
  const rest = tail && around(tail[1], words.opaque);
  const bound = around(boundText({ ...before, expires: words.expires, opaque: words.opaque }), words.expires);
  const boundRest = bound && around(bound[1], words.opaque);
  if (!opaqueText || !line || !tail || !rest || !bound || !boundRest) return null;
  return ({ nonce, expires }) => {
    assert(alphabet.test(nonce), "A nonce needs no escape.");
    const until = formatTimestamp(expires);
    const made = base64url.encode(opaqueText[0] + nonce + opaqueText[1]);
    const id = createHmac("sha256", secret)
      .update(bound[0] + until + boundRest[0] + made + boundRest[1])
      .digest("base64url");
    return line[0] + id + tail[0] + until + rest[0] + made + rest[1];
  };
}
