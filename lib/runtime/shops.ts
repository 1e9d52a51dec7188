import { log, systemClock } from "@/lib/kit";
import type { Pricing } from "@/lib/pricing";
import type { Processor } from "@/lib/processor";
import { createShops } from "@/lib/shops";
import { createNoticeSender } from "@/lib/webhooks";
import type { RailConnections } from "./connect-rails";
import type { Ground } from "./ground";
import type { Records } from "./records";

type Parts = Readonly<{
  origin: string;
  ground: Pick<Ground, "database" | "upstreamNet">;
  catalog: Records["catalog"];
  connections: Pick<RailConnections, "find">;
  pricing: Pricing;
  processor: Processor;
}>;

const sendEveryMs = 500;

/** What shops talk to, and the sender that tells them what became of their payments. */
export function openShops({ origin, ground, catalog, connections, pricing, processor }: Parts) {
  const { database, upstreamNet } = ground;
  const deps = {
    origin,
    database,
    clock: systemClock,
    log,
    catalog,
    pricing,
    processor,
    async rail(merchantId: string, slug: string) {
      const view = (await catalog.snapshot()).findMerchantById(merchantId);
      return view ? connections.find(view, slug) : null;
    },
  };
  const shops = createShops(deps);
  const notices = createNoticeSender({
    database,
    clock: systemClock,
    fetch: upstreamNet.fetch,
    log,
    message: shops.message,
  });
  return {
    ...shops,
    notices: { list: notices.list },
    steps: [...shops.steps, { kind: "shops.notices", everyMs: sendEveryMs, run: notices.work }],
  };
}
