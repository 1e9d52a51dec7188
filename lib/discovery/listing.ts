import type { Endpoint, MerchantView, Service } from "@/lib/catalog";
import type { Money } from "@/lib/money";
import { factsOf, railOffers } from "@/lib/pricing";
import type { ConnectedRail } from "@/lib/processor";

/** The rails of a service in the merchant's order, connected: those the gateway is given. */
export type RailsOf = (merchant: MerchantView, service: Service) => readonly ConnectedRail[];

export type ListedOffer = Readonly<{ method: string; money: Money }>;

/** One endpoint as it is told to the public. */
export type Listed = Readonly<{
  service: Service;
  endpoint: Endpoint;
  /** Path from the origin, parameters as the merchant wrote them. */
  address: string;
  /** What an unpaid request would be asked for, preferred way first; none when it is free. */
  offers: readonly ListedOffer[];
}>;

export type Listing = Readonly<{ merchant: MerchantView; endpoints: readonly Listed[] }>;

/** The offers of a 402 to a request without preferences, from the same prices and rails. */
function offersOf(
  { price, intent }: Endpoint,
  { mode }: Service,
  rails: readonly ConnectedRail[],
): ListedOffer[] {
  if (!price) return [];
  const speaking = rails.filter(({ definition }) => definition.names?.mpp);
  return railOffers(price, { mode, intent }, speaking.map(factsOf)).flatMap((offer, place) => {
    const method = speaking[place]?.definition.names?.mpp;
    return offer.state === "offered" && method ? [{ method, money: offer.money }] : [];
  });
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * What a merchant sells and gives away, sorted by address and method. What nobody can pay for at the moment of the
 * configuration is not told: no rail takes its price.
 */
export function listingOf(
  merchant: MerchantView,
  railsOf: RailsOf,
  { isPublic = (_: Service): boolean => true } = {},
): Listing {
  const endpoints: Listed[] = [];
  for (const service of merchant.services.values()) {
    if (service.kind !== "http" || !isPublic(service)) continue;
    const rails = railsOf(merchant, service);
    for (const endpoint of service.endpoints) {
      const offers = offersOf(endpoint, service, rails);
      if (!endpoint.free && offers.length === 0) continue;
      const address = `/pay/${merchant.merchant.slug}/${service.slug}${endpoint.path}`;
      endpoints.push({ service, endpoint, address, offers });
    }
  }
  endpoints.sort((a, b) => byText(a.address, b.address) || byText(a.endpoint.method, b.endpoint.method));
  return { merchant, endpoints };
}
