import { assert, sha256 } from "@/lib/kit";
import { canonicalize, decodeObject, encodeCanonical } from "./jcs";

export type Mode = "test" | "live";

/** What a challenge of a session may be spent on: vouchers travel beside the paid requests. */
export type SessionScope = Readonly<{ merchant: string; endpoint: string; rail: string }>;

/** What any other challenge may be spent on. Path and query are the raw text received; no `?` at all is `null`. */
export type RequestScope = SessionScope & Readonly<{ verb: string; path: string; query: string | null }>;

/** base64url of the SHA-256 of the canonical scope. HEAD counts as GET. */
export function scopeDigest(scope: RequestScope | SessionScope): string {
  const { merchant, endpoint, rail } = scope;
  const text = canonicalize(
    "verb" in scope
      ? { merchant, endpoint, rail, verb: spentAs(scope.verb), path: scope.path, query: scope.query }
      : { merchant, endpoint, rail },
  );
  assert(text !== null, "A scope is text.");
  return sha256(text).toString("base64url");
}

function spentAs(verb: string): string {
  const upper = verb.toUpperCase();
  return upper === "HEAD" ? "GET" : upper;
}

/** What our challenges carry in `opaque` (`contracts/mpp.md` §2). */
export type Opaque = Readonly<{
  keyId: string;
  nonce: string;
  scope: string;
  priceVersion: string;
  mode: Mode;
  /** What the price depended on besides the request's own scope and body, hashed; absent for a fixed price. */
  inputs?: string | undefined;
  /** How the price was found, for the record: flat text that only its writer reads. */
  quote?: string | undefined;
}>;

export function encodeOpaque({ keyId, nonce, scope, priceVersion, mode, inputs, quote }: Opaque): string {
  const text = encodeCanonical({
    ...{ v: "1", k: keyId, n: nonce, s: scope, p: priceVersion, m: mode },
    ...(inputs === undefined ? {} : { i: inputs }),
    ...(quote === undefined ? {} : { q: quote }),
  });
  assert(text !== null, "The members of opaque are text.");
  return text;
}

/** Reads an `opaque` of ours; `null` for anybody else's. It proves nothing until the credential is verified. */
export function readOpaque(opaque: string | undefined): Opaque | null {
  const members = opaque === undefined ? null : decodeObject(opaque);
  if (members === null) return null;
  const { v: version, k: keyId, n: nonce, s: scope, p: priceVersion, m: mode } = members;
  if (version !== "1") return null;
  if (typeof keyId !== "string" || typeof nonce !== "string" || typeof scope !== "string") return null;
  if (typeof priceVersion !== "string" || (mode !== "test" && mode !== "live")) return null;
  const { i: inputs, q: quote } = members;
  return {
    ...{ keyId, nonce, scope, priceVersion, mode },
    ...(typeof inputs === "string" ? { inputs } : {}),
    ...(typeof quote === "string" ? { quote } : {}),
  };
}
