import { notFound } from "next/navigation";
import { type Runtime, runtime } from "@/lib/runtime";
import { curlCommand } from "../endpoints/view";
import { endpointCounts } from "../services/view";
import { showMoney } from "../shell/figures";
import { examplePath } from "../shell/first-payment";
import type { CatalogueListView, CatalogueView, SoldRow, SoldService } from "./view";

type Catalogue = NonNullable<Awaited<ReturnType<Runtime["discovery"]["catalogue"]>>>;
type Merchant = Catalogue["merchants"][number];
type Service = Merchant["services"][number];
type Endpoint = Service["endpoints"][number];

function priceText({ per }: Endpoint, { title, money }: Endpoint["offers"][number]): string {
  const amount = money === null ? "priced by the request" : showMoney(money);
  return `${amount}${per ? ` per ${per}` : ""} with ${title}`;
}

const rowOf = (origin: string, endpoint: Endpoint): SoldRow => ({
  key: `${endpoint.method} ${endpoint.address}`,
  method: endpoint.method,
  address: endpoint.address,
  summary: endpoint.summary,
  description: endpoint.description,
  isFree: endpoint.isFree,
  prices: endpoint.offers.map((offer) => priceText(endpoint, offer)),
  curl: curlCommand(endpoint.method, `${origin}${examplePath(endpoint.address)}`),
});

const serviceOf = (origin: string, { endpoints, ...service }: Service): SoldService => ({
  ...service,
  rows: endpoints.map((endpoint) => rowOf(origin, endpoint)),
});

function exampleOf(services: readonly SoldService[]): CatalogueView["example"] {
  for (const { rows, isTest } of services) {
    const paid = rows.find(({ isFree }) => !isFree);
    if (paid) return { curl: paid.curl, isTest };
  }
  return null;
}

/** What one merchant sells, for anybody; an unlisted one is told like one that does not exist. */
export async function loadCatalogue(slug: string): Promise<CatalogueView> {
  const { discovery, catalog } = await runtime();
  const catalogue = await discovery.catalogue(slug);
  if (!catalogue) notFound();
  const about = (await catalog.snapshot()).findMerchant(slug)?.merchant.about;
  const [merchant] = catalogue.merchants;
  const services = (merchant?.services ?? []).map((service) => serviceOf(catalogue.origin, service));
  return {
    host: new URL(catalogue.origin).host,
    name: catalogue.title,
    summary: merchant?.summary ?? about?.summary ?? null,
    homepage: merchant?.homepage ?? about?.homepage ?? null,
    categories: merchant?.categories ?? [],
    services,
    openapi: catalogue.openapi,
    llms: catalogue.llms,
    example: exampleOf(services),
  };
}

/** The merchants that chose to be listed and sell something for real money. */
export async function loadCatalogueList(): Promise<CatalogueListView> {
  const { discovery } = await runtime();
  const catalogue = await discovery.catalogue(null);
  if (!catalogue) notFound();
  return {
    host: catalogue.title,
    openapi: catalogue.openapi,
    llms: catalogue.llms,
    merchants: catalogue.merchants.map(({ slug, name, summary, categories, services }) => {
      const endpoints = services.flatMap((service) => service.endpoints);
      const free = endpoints.filter(({ isFree }) => isFree).length;
      const counts = endpointCounts(endpoints.length - free, free);
      return { name, href: `/catalog/${slug}`, summary, categories, counts };
    }),
  };
}
