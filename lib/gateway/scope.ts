import type { Endpoint } from "@/lib/catalog";
import type { ConnectedRail } from "@/lib/processor";
import { type CredentialField, scopeDigest } from "@/lib/protocol";
import type { Offering } from "./offering";

/** What a challenge may be spent on: this rail, at this endpoint, for this very request (`contracts/mpp.md` §2). */
export function scopeOf({ merchant, endpoint, verb, path, query }: Offering, rail: ConnectedRail): string {
  const whom = { merchant: merchant.merchant.id, endpoint: endpoint.id, rail: rail.slug };
  return scopeDigest(endpoint.intent === "session" ? whom : { ...whom, verb, path, query });
}

/** The field an endpoint takes payments in: services that authenticate callers keep `Authorization` for that. */
export const fieldOf = ({ options }: Endpoint): CredentialField =>
  options.paymentAuthorization ? "payment-authorization" : "authorization";
