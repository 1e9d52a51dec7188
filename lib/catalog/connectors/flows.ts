import type { Database } from "@/lib/db";
import type { Clock } from "@/lib/kit";
import type { Snapshot } from "../types";
import type { Connector } from "./connector";
import { authenticatePair, authenticateShop, type ShopKeys, shopKeys } from "./keys";

export type Connectors = Readonly<{
  find(merchantSlug: string, slug: string): Promise<Connector | null>;
  /** Whose bearer key this is; a connector that is switched off is told as it is. */
  authenticate(key: string): Promise<Readonly<{ keyId: string; connector: Connector }> | null>;
  /** Is this pair one of that connector's? */
  authenticatePair(
    connector: Connector,
    pair: Readonly<{ appKey: string; appToken: string }>,
  ): Promise<Readonly<{ keyId: string }> | null>;
  keys: ShopKeys;
}>;

type Deps = Readonly<{ database: Pick<Database, "client">; clock: Clock; snapshot(): Promise<Snapshot> }>;

/** The shops that merchants set up, and what lets them in. */
export const connectorFlows = (deps: Deps): Connectors => ({
  find: async (merchantSlug, slug) =>
    (await deps.snapshot()).findMerchant(merchantSlug)?.connectors.get(slug) ?? null,
  authenticate: (key) => authenticateShop(deps, key),
  authenticatePair: (connector, pair) => authenticatePair(deps, connector, pair),
  keys: shopKeys(deps),
});
