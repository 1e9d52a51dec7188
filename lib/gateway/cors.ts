const exposed = [
  "WWW-Authenticate",
  "Payment-Receipt",
  "PAYMENT-REQUIRED",
  "PAYMENT-RESPONSE",
  "Payment-Session",
  "Payment-Session-Snapshot",
  "Retry-After",
  "Idempotency-Replayed",
].join(", ");

const allowed = [
  "Authorization",
  "Payment-Authorization",
  "Accept-Payment",
  "Idempotency-Key",
  "PAYMENT-SIGNATURE",
  "Content-Type",
].join(", ");

/** Lets any page read what the gateway answers; cookies play no part here (`contracts/mpp.md` §9). */
export const corsHeaders: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": exposed,
};

/** Answers a preflight, for unknown paths too: it is never charged and never forwarded. */
export function preflight(methods: readonly string[]): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...corsHeaders,
      "access-control-allow-methods": methods.join(", "),
      "access-control-allow-headers": allowed,
      "access-control-max-age": "600",
    },
  });
}
