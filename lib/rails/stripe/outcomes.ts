import type { Refused } from "../contract";
import type { Failure } from "./client";

const retryMs = 5_000;

/** Errors that are about the token and not about us. */
const isAboutToken = ({ code, param }: Failure): boolean =>
  code.startsWith("shared_payment") || /shared_payment_(?:granted_)?token/.test(param);

/**
 * What a failed call means for money. Stripe makes nothing on 401, 403, 429, a lock, or parameters that it refuses; it
 * may have on a fault of its own, and has, or is about to, when another call with the same key is running.
 */
export function faultOutcome(failure: Failure): Refused {
  const { kind, status, type, code, retryAfterMs = retryMs } = failure;
  const reason = `stripe ${status || kind} ${code || type}`.slice(0, 120);
  if (kind === "not-sent") return { outcome: "unavailable", reason, retryAfterMs };
  if (kind === "lost" || status >= 500 || code === "idempotency_key_in_use") {
    return { outcome: "unknown", reason };
  }
  if (type === "idempotency_error") return { outcome: "conflict", reason };
  if (status === 402 || type === "card_error") return { outcome: "declined", reason };
  if ((status === 400 || status === 404) && isAboutToken(failure)) return { outcome: "declined", reason };
  return { outcome: "unavailable", reason, retryAfterMs };
}

/** Does this say that our own settings or parameters are wrong? Then somebody should look. */
export const isOurFault = (failure: Failure): boolean =>
  failure.kind === "refused" &&
  [400, 401, 403, 404].includes(failure.status) &&
  failure.type !== "idempotency_error" &&
  failure.code !== "rate_limit" &&
  !isAboutToken(failure);
