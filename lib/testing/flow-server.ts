import type { Flow } from "@/lib/conformance";
import { createDiscovery } from "@/lib/discovery";
import { type Arrival, createGateway } from "@/lib/gateway";
import type { Clock } from "@/lib/kit";
import type { ConnectedRail, Processor } from "@/lib/processor";
import { deriveChallengeKey } from "@/lib/protocol";
import { flowCatalog, flowUpstream } from "./flow-merchant";
import { plainPricing, unobserved } from "./plain-pricing";

type Options = Readonly<{
  origin: string;
  flows: readonly Flow[];
  rail: ConnectedRail;
  processor: Processor;
  clock: Clock;
}>;

/** Gateway and discovery over what the flows need: a server that the published flows can be run against. */
export function flowServer({ origin, flows, rail, processor, clock }: Options) {
  const catalog = flowCatalog(flows);
  const upstream = flowUpstream();
  const rails = () => [rail];
  const log = () => undefined;
  const gateway = createGateway({
    origin,
    production: false,
    catalog,
    processor,
    rails,
    railsPaid: rails,
    knowsMethod: (method) => method === "tempo",
    challengeKey: (merchantId, keyId) =>
      deriveChallengeKey("a secret of the tests, 32 bytes long", merchantId, keyId),
    fetch: upstream.fetch,
    clock,
    pricing: plainPricing(clock),
    count: () => undefined,
    observe: unobserved,
    log,
  });
  const discovery = createDiscovery({ origin, catalog, rails, pricing: plainPricing(clock), log });
  return {
    baseUrl: `${origin}/pay/flows/suite`,
    discoveryUrl: `${origin}/pay/flows/openapi.json`,
    upstreamCalls: upstream.calls,
    async handle(request: Request, arrival?: Arrival): Promise<Response> {
      const { pathname } = new URL(request.url);
      return discovery.owns(pathname)
        ? await discovery.handle(request)
        : await gateway.handle(request, arrival);
    },
  };
}
