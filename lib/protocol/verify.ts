import { timingSafeEqual } from "node:crypto";
import { base64url } from "@/lib/kit";
import { type Challenge, challengeId } from "./challenge";
import type { Credential, CredentialField } from "./credential";
import { formatDigest, parseDigest, sameDigest } from "./digest";
import { type Mode, readOpaque } from "./scope";
import { parseTimestamp } from "./timestamps";

/** What the request in hand demands of a credential. */
export type Expectation = Readonly<{
  /** This merchant's key of that id, as long as it may verify. */
  keyOf: (keyId: string) => Uint8Array | null | undefined;
  realm: string;
  /** From `scopeDigest`. */
  scope: string;
  mode: Mode;
  /** Digest of the body in hand; `null` when there is none, and for sessions. */
  digest: string | null;
  /** The field the credential came in. */
  field: CredentialField;
  now: Date;
  /** For the replay of a stored answer, which is not a payment. */
  skipExpiry?: boolean;
}>;

/** Was this challenge made here, under this key, and is it unchanged? Takes the same time however wrong the id is. */
export function isIssuedUnder(key: Uint8Array | string, challenge: Challenge): boolean {
  // No value we bind holds the separator, so text moved from one slot to the next can never fit.
  if (bound(challenge).some((value) => value.includes("|"))) return false;
  const claimed = base64url.decode(challenge.id);
  const expected = Buffer.from(
    challengeId(key, { ...challenge, ...canonicalDigest(challenge) }),
    "base64url",
  );
  return claimed?.length === expected.length && timingSafeEqual(claimed, expected);
}

const bound = ({ realm, method, intent, request, expires, digest, header, opaque }: Challenge): string[] => [
  realm,
  method,
  intent,
  request,
  expires ?? "",
  digest ?? "",
  header ?? "",
  opaque ?? "",
];

/** The digest as we wrote it: a client may echo the bare form of the same hash (`contracts/mpp.md` §5). */
function canonicalDigest({ digest }: Challenge): { digest?: string } {
  const hash = digest === undefined ? null : parseDigest(digest);
  return hash === null ? {} : { digest: formatDigest(hash) };
}

/**
 * Judges a credential against the request in hand, by arithmetic alone (`contracts/mpp.md` §3). What remains is the
 * rail's proof, and the claim, which checks the expiry again.
 */
export function verifyCredential(
  { challenge }: Credential,
  expected: Expectation,
): "ok" | "invalid-challenge" | "payment-expired" {
  const opaque = readOpaque(challenge.opaque);
  const key = opaque && expected.keyOf(opaque.keyId);
  if (!opaque || !key || !isIssuedUnder(key, challenge)) return "invalid-challenge";

  const isForThisRequest =
    challenge.realm === expected.realm &&
    opaque.scope === expected.scope &&
    opaque.mode === expected.mode &&
    matchesBody(challenge.digest, expected.digest) &&
    challenge.header === headerFor(expected.field);
  if (!isForThisRequest) return "invalid-challenge";

  const expires = challenge.expires === undefined ? null : parseTimestamp(challenge.expires);
  if (expires === null) return "invalid-challenge";
  return expected.skipExpiry || expected.now < expires ? "ok" : "payment-expired";
}

const matchesBody = (echoed: string | undefined, inHand: string | null): boolean =>
  echoed === undefined || inHand === null
    ? echoed === undefined && inHand === null
    : sameDigest(echoed, inHand);

/** What a challenge says in `header` when its credential travels in this field. */
export const headerFor = (field: CredentialField): "Payment-Authorization" | undefined =>
  field === "payment-authorization" ? "Payment-Authorization" : undefined;
