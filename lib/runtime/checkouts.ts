import { createCheckouts } from "@/lib/checkout";
import type { Gateway } from "@/lib/gateway";
import { log, systemClock } from "@/lib/kit";
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
}>;

/** The page people pay on, which asks the gateway as everybody does. */
export function openCheckouts({ origin, ground, catalog, connections, gateway, processor }: Parts) {
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
    merchant: async (id) => (await merchantOf(id))?.merchant ?? null,
    records: processor,
  });
}
