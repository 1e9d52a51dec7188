import { hkdfSync } from "node:crypto";
import { assert } from "@/lib/kit";

/** A key that signs challenges. The id travels in `opaque` and is not secret. */
export type ChallengeKey = Readonly<{ id: string; bytes: Uint8Array }>;

/** The longest life of an offer; a retired key is needed that long, and one hour more. */
export const challengeLifeMsMax = 3_600_000;
const overlapMs = challengeLifeMsMax + 3_600_000;

/** The 32 bytes that sign one merchant's challenges under one key id. Costly enough to keep the result. */
export function deriveChallengeKey(
  secret: string | Uint8Array,
  merchantId: string,
  keyId: string,
): Uint8Array {
  assert(![merchantId, keyId].some((part) => part.includes("|")), "Ids in a key's name hold no separator.");
  const info = `${merchantId}|${keyId}`;
  return Buffer.from(hkdfSync("sha256", secret, "farebox/challenge/v1", info, 32));
}

/** May a key still verify? The current one (`retiredAt` null) always, a retired one until its last challenge is an hour past. */
export const canVerify = (retiredAt: Date | null, now: Date): boolean =>
  retiredAt === null || now.getTime() < retiredAt.getTime() + overlapMs;
