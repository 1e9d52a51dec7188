import { enter } from "../shell/loaders";
import { showMinute } from "../shell/times";
import { type Address, readParameter } from "../shell/view";
import type { ConsentView } from "./view";

/** What VTEX asks for; `null` when there is no such request, or its time has passed. */
export async function loadConsent(address: Address): Promise<ConsentView | null> {
  const { runtime, merchant, view } = await enter(address, "keys:write");
  const token = readParameter(address.query, "token") ?? "";
  const asked = await runtime.shops.vtexConsents.find(token);
  const connector = asked && view.connectors.get(asked.connector);
  if (!connector || asked.merchantId !== merchant.id) return null;
  return {
    merchant: merchant.slug,
    token,
    connector: connector.title ?? connector.slug,
    mode: connector.mode,
    returnHost: asked.returnHost,
    until: showMinute(asked.expires, merchant.timeZone),
  };
}
