import { z } from "zod";
import type { ConfiguredRail, MerchantView, Service } from "@/lib/catalog";
import { errorText, type Log } from "@/lib/kit";
import type { ConnectedRail } from "@/lib/processor";
import { findRail, type Kit } from "@/lib/rails";

export type RailConnections = Readonly<{
  /** The rails of a service that can be paid on, in the merchant's order. */
  ofService(view: MerchantView, service: Service): readonly ConnectedRail[];
  /** The same, and those that are switched off. */
  everOfService(view: MerchantView, service: Service): readonly ConnectedRail[];
  /** One rail by name, switched off or not: what was paid on it is still looked after. */
  find(view: MerchantView, slug: string): ConnectedRail | null;
}>;

/** Every kind that takes prices in other currencies keeps its rates under this name (`rail-settings.md`). */
const Rated = z.object({ rates: z.record(z.string(), z.string()) });
const ratesOf = (config: unknown): Pick<ConnectedRail, "rates"> => Rated.safeParse(config).data ?? {};

/** Connects configured rails to their networks, once per configuration. */
export function connectRails(
  kit: Kit,
  log: Log,
  observe: (rail: ConnectedRail) => ConnectedRail,
): RailConnections {
  const connected = new WeakMap<ConfiguredRail, ConnectedRail | null>();
  const ofServices = new WeakMap<Service, readonly ConnectedRail[]>();

  const connect = (view: MerchantView, rail: ConfiguredRail): ConnectedRail | null => {
    const definition = findRail(rail.kind);
    const config = definition?.config.safeParse(rail.settings);
    if (!definition || !config?.success) return null;
    try {
      const abilities = definition.connect(config.data as never, kit);
      const { id, slug } = view.merchant;
      const { limitsOf } = definition;
      return observe({
        slug: rail.slug,
        kind: rail.kind,
        mode: rail.mode,
        definition,
        abilities,
        ...ratesOf(config.data),
        ...(limitsOf ? { limitsOf: (currency) => limitsOf(currency, config.data) } : {}),
        merchant: { id, slug },
      });
    } catch (error) {
      log("error", "rail.not-connected", {
        rail: rail.slug,
        merchant: view.merchant.slug,
        error: errorText(error),
      });
      return null;
    }
  };

  const find = (view: MerchantView, slug: string): ConnectedRail | null => {
    const rail = view.rails.get(slug);
    if (!rail) return null;
    let found = connected.get(rail);
    if (found === undefined) {
      found = connect(view, rail);
      connected.set(rail, found);
    }
    return found;
  };

  const everOfService: RailConnections["everOfService"] = (view, service) =>
    service.rails
      .map((slug) => find(view, slug))
      .filter((rail) => rail !== null)
      .filter((rail) => rail.mode === service.mode);

  return {
    find,
    everOfService,
    ofService(view, service) {
      let found = ofServices.get(service);
      if (!found) {
        found = everOfService(view, service).filter(({ slug }) => view.rails.get(slug)?.enabled);
        ofServices.set(service, found);
      }
      return found;
    },
  };
}
