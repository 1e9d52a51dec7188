import { pathParameters } from "@/lib/catalog";
import { factsOf, type PricedRequest, type Quote } from "@/lib/pricing";
import type { ConnectedRail } from "@/lib/processor";
import type { GatewayDeps, Visit } from "./deps";

/** The request in hand, as far as a price may depend on it. */
export const pricedRequestOf = ({ request, arrival, offering, body, caller }: Visit): PricedRequest => ({
  method: offering.verb,
  path: offering.path,
  get params() {
    return pathParameters(offering.endpoint.path, offering.path); // few prices ask for them
  },
  query: offering.query,
  headers: request.headers,
  body,
  address: arrival?.peer ?? null,
  caller,
});

/** The merchant, service and endpoint of a visit, and what it asks for: how pricing is asked about it. */
export const askOf = (visit: Visit) => {
  const { merchant, service, endpoint } = visit.offering;
  return { merchant: merchant.merchant, service, endpoint, request: pricedRequestOf(visit) };
};

export type Priced = Extract<Quote, { kind: "priced" }>;

/** What this request costs now, and what each rail would ask for it. */
export const quoteOf = (deps: GatewayDeps, visit: Visit, rails: readonly ConnectedRail[]): Promise<Quote> =>
  deps.pricing.quote({ ...askOf(visit), rails: rails.map(factsOf) });
