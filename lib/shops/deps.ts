import type { Catalog } from "@/lib/catalog";
import type { Database } from "@/lib/db";
import type { Clock, Log } from "@/lib/kit";
import type { Pricing } from "@/lib/pricing";
import type { ConnectedRail, Processor } from "@/lib/processor";

/** What the faces for shops stand on. */
export type ShopDeps = Readonly<{
  /** `PUBLIC_ORIGIN`. */
  origin: string;
  database: Pick<Database, "client">;
  clock: Clock;
  log: Log;
  catalog: Pick<Catalog, "snapshot" | "connectors">;
  pricing: Pick<Pricing, "rates">;
  processor: Readonly<{ payments: Processor["payments"] }>;
  /** A merchant's rail by its slug, switched off or not. */
  rail(merchantId: string, slug: string): Promise<ConnectedRail | null>;
}>;
