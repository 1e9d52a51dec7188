import type { Connector, ConnectorMethod } from "@/lib/catalog";
import type { ConnectedRail } from "@/lib/processor";
import type { ShopDeps } from "../deps";

/** A rail of a connector, under the name that the shop has for it. */
export type ShopRail = Readonly<{ rail: ConnectedRail; method: ConnectorMethod; isOn: boolean }>;

/** The rail that a shop means by a method's name, or by the rail's own; `null` when this connector has none. */
export async function findShopRail(
  deps: Pick<ShopDeps, "rail" | "catalog">,
  { methods, merchantId, mode }: Pick<Connector, "methods" | "merchantId" | "mode">,
  name: string,
): Promise<ShopRail | null> {
  const method = methods.find((one) => one.name === name) ?? methods.find(({ rail }) => rail === name);
  const rail = method && (await deps.rail(merchantId, method.rail));
  if (!rail || rail.mode !== mode) return null;
  const view = (await deps.catalog.snapshot()).findMerchantById(merchantId);
  return { rail, method, isOn: view?.rails.get(method.rail)?.enabled === true };
}
