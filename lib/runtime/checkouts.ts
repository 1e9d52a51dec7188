import { createCheckouts } from "@/lib/checkout";
import type { Gateway } from "@/lib/gateway";
import { log, systemClock } from "@/lib/kit";
import type { Pricing } from "@/lib/pricing";
import type { Processor } from "@/lib/processor";
import type { RailConnections } from "./connect-rails";
import type { Ground } from "./ground";
import type { Records } from "./records";

type Parts = Readonly<{
  origin: string;
  ground: Pick<Ground, "database" | "seal">;
  catalog: Records["catalog"];
  connections: Pick<RailConnections, "find">;
  gateway: Pick<Gateway, "handle">;
  processor: Processor;
  pricing: Pick<Pricing, "rates">;
}>;

/** The page people pay on, which asks the gateway as everybody does. */
export function openCheckouts(parts: Parts) {
  const { origin, ground, catalog, connections, gateway, processor, pricing } = parts;
  const merchantOf = async (id: string) => (await catalog.snapshot()).findMerchantById(id);
  return createCheckouts({
    origin,
    database: ground.database,
    seal: ground.seal,
    clock: systemClock,
    log,
    gateway: gateway.handle,
    async rail(merchantId, slug) {
      const view = await merchantOf(merchantId);
      return view ? connections.find(view, slug) : null;
    },
    async till(merchantId, mode) {
      const view = await merchantOf(merchantId);
      if (!view) return { rails: [], rates: await pricing.rates({ id: merchantId }) };
      const rails = [...view.rails.values()]
        .filter((rail) => rail.enabled && rail.mode === mode)
        .map(({ slug }) => connections.find(view, slug))
        .filter((rail) => rail !== null);
      return { rails, rates: await pricing.rates(view.merchant) };
    },
    logo: catalog.logos.find,
    payments: processor.payments,
    merchant: async (id) => (await merchantOf(id))?.merchant ?? null,
    records: processor,
  });
}
