import type { Endpoint, MerchantView, Service } from "@/lib/catalog";
import {
  type DescribedRequest,
  factsOf,
  type Pricing,
  type Quote,
  type RailOffer,
  requestOf,
} from "@/lib/pricing";
import type { RailConnections } from "./connect-rails";

/** What a described request would cost, rail by rail, and how that came about. */
export type Simulation = Readonly<{ quote: Quote; offers: readonly RailOffer[] }>;

type Asked = Readonly<{
  view: MerchantView;
  service: Service;
  /** As it is stored, or as somebody is about to store it. */
  endpoint: Pick<Endpoint, "id" | "method" | "path" | "intent" | "price" | "terms">;
  request: DescribedRequest;
}>;

type Parts = Readonly<{ connections: Pick<RailConnections, "ofService">; pricing: Pick<Pricing, "quote"> }>;

/**
 * Asks what the gateway would ask for a request, with the function that the gateway asks; nothing is taken. The request
 * says itself what its path's parameters are (`readDescribed` fills them in).
 */
export const createSimulator =
  ({ connections, pricing }: Parts) =>
  async ({ view, service, endpoint, request }: Asked): Promise<Simulation> => {
    const rails = connections.ofService(view, service).filter(({ definition }) => definition.names?.mpp);
    const quote = await pricing.quote({
      ...{ merchant: view.merchant, service, endpoint, dry: true },
      request: requestOf({ method: endpoint.method, ...request }),
      rails: rails.map(factsOf),
      ...(request.at === undefined ? {} : { at: new Date(request.at) }),
    });
    return { quote, offers: quote.kind === "priced" ? quote.offers : [] };
  };
