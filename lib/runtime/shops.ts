import { log, systemClock } from "@/lib/kit";
import type { Pricing } from "@/lib/pricing";
import type { Processor } from "@/lib/processor";
import { createShops, createVtex } from "@/lib/shops";
import { createNoticeSender } from "@/lib/webhooks";
import type { RailConnections } from "./connect-rails";
import type { Ground } from "./ground";
import type { Records } from "./records";

type Parts = Readonly<{
  origin: string;
  ground: Pick<Ground, "database" | "upstreamNet" | "seal">;
  access: Pick<Records["access"], "audit">;
  catalog: Records["catalog"];
  connections: Pick<RailConnections, "find">;
  pricing: Pricing;
  processor: Processor;
}>;

const sendEveryMs = 500;

/** What shops talk to, and the sender that tells them what became of their payments. */
export function openShops(parts: Parts) {
  const { origin, ground, access, catalog, connections, pricing, processor } = parts;
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
  const vtex = createVtex({
    ...deps,
    database,
    seal: ground.seal,
    audit: (entry) =>
      database.transaction(async (tx) => {
        await access.audit.append(tx, { ...entry, actor: "system" });
      }),
  });
  const shops = createShops(deps, { vtex: vtex.maker });
  const notices = createNoticeSender({
    database,
    clock: systemClock,
    fetch: upstreamNet.fetch,
    log,
    message: shops.message,
  });
  return {
    ...shops,
    vtex: vtex.handle,
    vtexConsents: vtex.consents,
    resealCallbacks: vtex.resealCallbacks,
    notices: { list: notices.list },
    steps: [
      ...shops.steps,
      ...vtex.steps,
      { kind: "shops.notices", everyMs: sendEveryMs, run: notices.work },
    ],
  };
}
