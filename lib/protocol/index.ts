export { type PaymentRange, parseAcceptPayment, selectOffers } from "./accept-payment";
export {
  type Challenge,
  challengeId,
  fieldLengthMax,
  formatChallenge,
  formatChallenges,
  parseChallenges,
  readRequest,
} from "./challenge";
export {
  type Credential,
  type CredentialField,
  type CredentialOutcome,
  formatCredential,
  type HeaderLines,
  type Presentation,
  type ReadCredential,
  readCredential,
  readCredentialValue,
} from "./credential";
export { bodyDigest, formatDigest, parseDigest, sameDigest } from "./digest";
export { type IdempotencyOutcome, readIdempotencyKey, requestFingerprint } from "./idempotency";
export {
  issueChallenge,
  type Quote,
  quoteNonce,
  type Renew,
  randomNonce,
  realmOf,
  renewal,
  type Terms,
} from "./issue";
export { canonicalize, decodeObject, encodeCanonical } from "./jcs";
export { type Json, type JsonObject, type JsonOut, parseJson, parseJsonObject, writeJson } from "./json";
export { type ChallengeKey, canVerify, challengeLifeMsMax, deriveChallengeKey } from "./keys";
export { formatReceipt, parseReceipt, type Receipt } from "./receipt";
export {
  type Mode,
  type Opaque,
  type RequestScope,
  readOpaque,
  type SessionScope,
  scopeDigest,
} from "./scope";
export { formatTimestamp, parseTimestamp } from "./timestamps";
export { type Expectation, headerFor, isIssuedUnder, verifyCredential } from "./verify";
