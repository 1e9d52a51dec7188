import type { Money } from "@/lib/money";
import type { Listed, Listing } from "./listing";
import { wordsOf } from "./operation";
import type { Site } from "./site";
import { plain } from "./text";

/** One endpoint for people. */
export type CatalogueEndpoint = Readonly<{
  method: string;
  /** Path from the origin. */
  address: string;
  summary: string | null;
  description: string | null;
  isFree: boolean;
  /** What one price pays for in a session; `null` where it pays for one request. */
  per: string | null;
  /** `null` money: the price depends on the request. */
  offers: readonly Readonly<{ method: string; title: string; money: Money | null }>[];
}>;

export type CatalogueService = Readonly<{
  slug: string;
  title: string;
  isTest: boolean;
  summary: string | null;
  homepage: string | null;
  endpoints: readonly CatalogueEndpoint[];
}>;

export type CatalogueMerchant = Readonly<{
  slug: string;
  name: string;
  summary: string | null;
  homepage: string | null;
  categories: readonly string[];
  services: readonly CatalogueService[];
}>;

/** What is sold, as the documents tell it, laid out by merchant and service. */
export type Catalogue = Readonly<{
  origin: string;
  title: string;
  openapi: string;
  llms: string;
  merchants: readonly CatalogueMerchant[];
}>;

const wordsMax = 2_000;
const titleMax = 300;
const said = (text: string | null): string | null => (text === null ? null : plain(text, wordsMax));

const endpointOf = ({ endpoint, address, offers }: Listed): CatalogueEndpoint => ({
  method: endpoint.method,
  address,
  ...wordsOf(endpoint),
  isFree: endpoint.free,
  per: endpoint.intent === "session" ? plain(endpoint.unit ?? "unit", 40) : null,
  offers: offers.map(({ method, title, amount, money }) => ({
    method,
    title,
    money: amount === null ? null : money,
  })),
});

function merchantOf({ merchant: { merchant }, endpoints }: Listing): CatalogueMerchant {
  const services = [...new Set(endpoints.map(({ service }) => service))];
  return {
    slug: merchant.slug,
    name: plain(merchant.name, titleMax),
    summary: said(merchant.about.summary),
    homepage: merchant.about.homepage,
    categories: merchant.about.categories.map((name) => plain(name, titleMax)),
    services: services.map((service) => ({
      slug: service.slug,
      title: plain(service.title, titleMax),
      isTest: service.mode === "test",
      summary: said(service.about.summary),
      homepage: service.about.homepage,
      endpoints: endpoints.filter((listed) => listed.service === service).map(endpointOf),
    })),
  };
}

export const catalogueOf = ({ origin, base, title }: Site, listings: readonly Listing[]): Catalogue => ({
  origin,
  title: plain(title, titleMax),
  openapi: `${base}/openapi.json`,
  llms: `${base}/llms.txt`,
  merchants: listings.filter(({ endpoints }) => endpoints.length > 0).map(merchantOf),
});
