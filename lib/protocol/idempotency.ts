import { assert, sha256 } from "@/lib/kit";
import type { HeaderLines } from "./credential";
import { canonicalize } from "./jcs";

export type IdempotencyOutcome =
  | { kind: "none" }
  | { kind: "key"; key: string }
  | { kind: "refused"; slug: "bad-request"; detail: string };

const keyForm = /^[!-~]{1,255}$/;

/** Reads `Idempotency-Key`: 1 to 255 visible ASCII characters, double quotes around them or not (`contracts/mpp.md` §7). */
export function readIdempotencyKey(lines: HeaderLines): IdempotencyOutcome {
  const values = lines.filter(([name]) => name.toLowerCase() === "idempotency-key").map(([, value]) => value);
  const [value] = values;
  if (value === undefined) return { kind: "none" };
  const bare = value.replace(/^[ \t]+|[ \t]+$/g, "");
  const key = /^".*"$/.test(bare) ? bare.slice(1, -1) : bare;
  return values.length === 1 && keyForm.test(key)
    ? { kind: "key", key }
    : {
        kind: "refused",
        slug: "bad-request",
        detail: "Send one Idempotency-Key of 1 to 255 visible ASCII characters.",
      };
}

/** What a key was first used for, as 32 bytes. Path and query are the raw text received. */
export function requestFingerprint(
  request: Readonly<{ verb: string; path: string; query: string | null; digest: string | null }>,
): Buffer {
  const { verb, path, query, digest } = request;
  const text = canonicalize([verb.toUpperCase(), path, query, digest]);
  assert(text !== null, "A request's line is text.");
  return sha256(text);
}
