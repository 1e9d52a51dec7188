import { drawDemandPage } from "@/lib/checkout";
import { listen } from "@/lib/db";
import { createDiscovery } from "@/lib/discovery";
import { createGateway, type GatewayDeps } from "@/lib/gateway";
import { log, systemClock } from "@/lib/kit";
import { createLedger } from "@/lib/ledger";
import { createPricing } from "@/lib/pricing";
import { createProcessor } from "@/lib/processor";
import { rails } from "@/lib/rails";
import { openCheckouts } from "./checkouts";
import { connectRails } from "./connect-rails";
import { createDrift } from "./drift/drift";
import type { Ground, Known } from "./ground";
import { challengeKeys } from "./master-secrets";
import { createMetrics } from "./metrics/metrics";
import { observeGateway, observeProcessor, observeRail } from "./metrics/observe";
import { metricsPage } from "./metrics/write-metrics";
import { payDoor } from "./pay-door";
import type { Records } from "./records";
import { openShops } from "./shops";

/** The flows that move money, over the rails that merchants configured. */
export function openFlows(
  { env, databaseUrl, secrets }: Known,
  { database, presence, railNet, railSockets, upstreamNet, seal }: Ground,
  { access, catalog, jobs }: Records,
) {
  const connections = connectRails(
    { fetch: railNet.fetch, openSocket: railSockets.open, origin: env.publicOrigin, log: railLog },
    log,
    (rail) => observeRail(metrics, rail),
  );
  const ledger = createLedger({ database });
  const metrics = createMetrics();
  const processor = observeProcessor(
    metrics,
    createProcessor({
      database,
      presence,
      clock: systemClock,
      ledger,
      jobs,
      seal,
      log,
      listen: (topic, handlers) => listen(databaseUrl, topic, { ...handlers, log }),
      async rail(merchantId, railSlug) {
        const view = (await catalog.snapshot()).findMerchantById(merchantId);
        return view ? connections.find(view, railSlug) : null;
      },
    }),
  );
  const pricing = openPricing({ database, upstreamNet }, catalog);
  const gatewayDeps: GatewayDeps = {
    origin: env.publicOrigin,
    production: env.nodeEnv === "production",
    catalog,
    processor,
    pricing,
    rails: connections.ofService,
    railsPaid: connections.everOfService,
    knowsMethod: (method) => rails.some(({ names }) => names?.mpp === method),
    challengeKey: challengeKeys(secrets),
    page: drawDemandPage(env.publicOrigin),
    fetch: upstreamNet.fetch,
    clock: systemClock,
    count(offering, outcome) {
      const { merchant, service, endpoint } = offering;
      const visited = { merchantId: merchant.merchant.id, mode: service.mode, endpointId: endpoint.id };
      processor.traffic.count(visited, outcome);
      if (outcome === "challenged") metrics.tally.challenged(offering);
    },
    ...observeGateway(metrics),
    log,
  };
  const door = openDoor(gatewayDeps, database);
  const { gateway } = door;
  const parts = { origin: env.publicOrigin, catalog, connections, processor, pricing };
  const checkouts = openCheckouts({ ...parts, ground: { database, seal }, gateway });
  const shops = openShops({ ...parts, access, ground: { database, upstreamNet, seal } });
  const page = metricsPage({ metrics, processor, jobs, ledger, clock: systemClock });
  return {
    metrics: page,
    connections,
    ledger,
    jobs,
    processor,
    pricing,
    gatewayDeps,
    checkouts,
    shops,
    ...door,
  };
}

/** Prices, with every merchant's rates. */
const openPricing = (
  { database, upstreamNet }: Pick<Ground, "database" | "upstreamNet">,
  catalog: Records["catalog"],
) =>
  createPricing({
    database,
    clock: systemClock,
    fetch: upstreamNet.fetch,
    log,
    async merchants() {
      const { merchants } = await catalog.snapshot();
      return merchants.map(({ merchant }) => merchant);
    },
  });

/** What is sold, what is told of it, and whether the two agree. */
function openDoor(deps: GatewayDeps, database: Ground["database"]) {
  const discovery = createDiscovery(deps);
  const gateway = payDoor(createGateway(deps), discovery, deps);
  const drift = createDrift({ database, gateway: deps, discovery, clock: deps.clock });
  return { discovery, gateway, drift };
}

const railLog = (event: string, facts: Record<string, unknown> = {}): void =>
  log(facts.alert === true ? "error" : "info", `rail.${event}`, {
    reason: typeof facts.reason === "string" ? facts.reason : undefined,
  });
