import type { Endpoint, MerchantView, Service } from "@/lib/catalog";
import type { Money } from "@/lib/money";
import { factsOf, isFixed, type Pricing, type RailOffer, railOffers, termsOf } from "@/lib/pricing";
import type { ConnectedRail } from "@/lib/processor";
import type { Site } from "./site";

/** The rails of a service in the merchant's order, connected: those the gateway is given. */
export type RailsOf = (merchant: MerchantView, service: Service) => readonly ConnectedRail[];

export type ListedOffer = Readonly<{
  method: string;
  /** The rail's own name, for people. */
  title: string;
  /** As a challenge writes it; `null` when it depends on the request. */
  amount: string | null;
  currency: string;
  /** The same for people, or the list price's own when it depends on the request. */
  money: Money;
}>;

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

export type ListingDeps = Readonly<{ rails: RailsOf; pricing: Pick<Pricing, "rates" | "quote"> }>;

/** A rail that cannot carry the list price may carry the price that a request comes to. */
const ofAmount = ["below-unit", "below-minimum", "above-maximum"];

/** The endpoint as somebody meets it who pays: what is free under conditions, or refused, is told by its answers. */
const paying = new WeakMap<Endpoint, Endpoint>();
function payingOf(endpoint: Endpoint): Endpoint {
  const known = paying.get(endpoint);
  if (known) return known;
  const terms = termsOf(endpoint);
  const rules = terms.rules.filter(({ effect }) => effect.kind === "price" || effect.kind === "discount");
  const made = { ...endpoint, terms: { ...terms, rules } };
  paying.set(endpoint, made);
  return made;
}

/** A request of which nothing is known but what is asked for. */
const plainRequest = ({ method, path }: Endpoint) => ({
  method,
  path,
  params: {},
  query: null,
  headers: new Headers(),
  body: new Uint8Array(),
  address: null,
  caller: null,
});

type Sold = Readonly<{ merchant: MerchantView; service: Service; endpoint: Endpoint }>;

/** What each rail asks of everybody who pays; of a price that depends on the request, which rails could ask at all. */
async function railOffersOf(
  { pricing }: ListingDeps,
  { merchant: { merchant }, service, endpoint }: Sold,
  rails: readonly ConnectedRail[],
): Promise<{ isFixed: boolean; offers: readonly RailOffer[] }> {
  const facts = rails.map(factsOf);
  const sold = { mode: service.mode, intent: endpoint.intent };
  const { price } = endpoint;
  if (!price) return { isFixed: true, offers: [] };
  const listOffers = async () => railOffers(price, { ...sold, rates: await pricing.rates(merchant) }, facts);
  if (endpoint.terms === null) return { isFixed: true, offers: await listOffers() };
  if (!isFixed(termsOf(endpoint))) return { isFixed: false, offers: await listOffers() };
  const asked = payingOf(endpoint);
  const quote = await pricing.quote({
    merchant,
    service,
    endpoint: asked,
    request: plainRequest(endpoint),
    rails: facts,
    dry: true,
  });
  return quote.kind === "priced"
    ? { isFixed: true, offers: quote.offers }
    : { isFixed: false, offers: await listOffers() };
}

/** Amount and currency as a challenge of this rail writes them. */
function wireOf({ abilities }: ConnectedRail, money: Money): { amount: string; currency: string } {
  const own = abilities.listed?.(money);
  return own ?? { amount: money.units.toString(), currency: money.currency.code.toLowerCase() };
}

/** The smallest money of a rail that took no part in a price: it names the currency. */
function namelessMoney({ definition }: ConnectedRail, code: string): Money | null {
  const { currencies } = definition;
  const currency = currencies === "any" ? { code, exponent: 0 } : currencies[0];
  return currency ? { units: 0n, currency } : null;
}

async function offersOf(
  deps: ListingDeps,
  sold: Sold,
  rails: readonly ConnectedRail[],
): Promise<ListedOffer[]> {
  const speaking = rails.filter(({ definition }) => definition.names?.mpp);
  const { isFixed: isTold, offers } = await railOffersOf(deps, sold, speaking);
  const code = sold.endpoint.price?.currency ?? "";
  return offers.flatMap((offer, place) => {
    const rail = speaking[place];
    const method = rail?.definition.names?.mpp;
    if (!rail || !method) return [];
    const isPossible = offer.state === "offered" || (!isTold && ofAmount.includes(offer.reason));
    const money = offer.state === "offered" ? offer.money : namelessMoney(rail, code);
    if (!isPossible || !money) return [];
    const { amount, currency } = wireOf(rail, money);
    return [{ method, title: rail.definition.title, amount: isTold ? amount : null, currency, money }];
  });
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What is told of nowhere: private by the merchant's word, by keys of its callers, or not sold at the moment. */
const isServiceTold = ({ kind, listed, paused, callers }: Service): boolean =>
  kind === "http" && listed && !paused && callers === null;
const isEndpointTold = ({ listed, paused }: Endpoint): boolean => listed && !paused;

/** The services and endpoints that a site tells of, before it is known whether anybody can pay for them. */
function toldOn(site: Site, merchant: MerchantView): { service: Service; endpoints: readonly Endpoint[] }[] {
  if (!merchant.merchant.listed) return [];
  const services = site.service ? [site.service] : [...merchant.services.values()];
  return services
    .filter((service) => isServiceTold(service) && (!site.isPublic || service.mode === "live"))
    .map((service) => ({ service, endpoints: service.endpoints.filter(isEndpointTold) }));
}

/**
 * What a merchant sells and gives away, sorted by address and method. What nobody can pay for at the moment of the
 * configuration is not told: no rail takes its price.
 */
async function listingOf(deps: ListingDeps, site: Site, merchant: MerchantView): Promise<Listing> {
  const listed: Listed[] = [];
  for (const { service, endpoints } of toldOn(site, merchant)) {
    const rails = deps.rails(merchant, service);
    const base = site.pathOf(merchant, service);
    const told = endpoints.map(async (endpoint) => ({
      service,
      endpoint,
      address: `${base}${endpoint.path}`,
      offers: await offersOf(deps, { merchant, service, endpoint }, rails),
    }));
    for (const each of await Promise.all(told)) {
      if (each.endpoint.free || each.offers.length > 0) listed.push(each);
    }
  }
  listed.sort((a, b) => byText(a.address, b.address) || byText(a.endpoint.method, b.endpoint.method));
  return { merchant, endpoints: listed };
}

export const listingsOf = (deps: ListingDeps, site: Site): Promise<Listing[]> =>
  Promise.all(site.merchants.map((merchant) => listingOf(deps, site, merchant)));

/** May what is told change while the configuration stays? Rates move, and prices of hours or of volume. */
export const isMoving = (site: Site): boolean =>
  site.merchants.some(
    (view) =>
      view.merchant.rates !== null ||
      toldOn(site, view).some(({ endpoints }) => endpoints.some(({ terms }) => terms !== null)),
  );
