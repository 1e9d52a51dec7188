import type { Connector } from "@/lib/catalog";
import { findShopRail } from "../connectors/methods";
import type { VtexDeps } from "./deps";
import { methodOn } from "./methods";
import { type Reply, reply, VtexRefusal } from "./reply";

/** What can be paid with here, as the rails really are: one entry for each configured method whose rail is on. */
async function offered(deps: VtexDeps, connector: Connector) {
  const found = await Promise.all(
    connector.methods.map(async (method) => {
      const shop = await findShopRail(deps, connector, method.name);
      return shop?.isOn ? methodOn(method, shop.rail) : null;
    }),
  );
  const methods = found.filter((method) => method !== null);
  if (!connector.enabled || methods.length === 0)
    throw new VtexRefusal(404, "nothing_offered", "No way of paying is switched on for this connector.");
  return methods;
}

/** Hours within which the gateway may settle by itself; what we send as delays lies between them. */
const autoSettleDelay = { minimum: "1", maximum: "168" };

export async function manifest(deps: VtexDeps, connector: Connector): Promise<Reply> {
  return reply(200, { paymentMethods: await offered(deps, connector), customFields: [], autoSettleDelay });
}

/** The list that suites of before the manifest ask for. */
export async function paymentMethods(deps: VtexDeps, connector: Connector): Promise<Reply> {
  const names = (await offered(deps, connector)).map(({ name }) => name);
  return reply(200, { paymentMethods: names });
}
