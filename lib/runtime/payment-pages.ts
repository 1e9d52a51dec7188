import { createPaymentPages } from "@/lib/checkout";
import { log, systemClock } from "@/lib/kit";
import type { Processor } from "@/lib/processor";
import type { RailConnections } from "./connect-rails";
import type { Records } from "./records";

type Parts = Readonly<{
  catalog: Records["catalog"];
  connections: Pick<RailConnections, "find">;
  processor: Processor;
}>;

/** The page on which a shop's customer pays. */
export function openPaymentPages({ catalog, connections, processor }: Parts) {
  const viewOf = async (id: string) => (await catalog.snapshot()).findMerchantById(id);
  return createPaymentPages({
    clock: systemClock,
    log,
    payments: processor.payments,
    merchant: async (id) => (await viewOf(id))?.merchant ?? null,
    async rail(merchantId, slug) {
      const view = await viewOf(merchantId);
      return view ? connections.find(view, slug) : null;
    },
  });
}
