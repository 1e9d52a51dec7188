import { notFound, redirect } from "next/navigation";
import { type Price, showAmount } from "@/lib/money";
import { labelOf } from "../endpoints/view";
import { counted, type Figure, namedMoney, placesOf, showCount, unitOf } from "../shell/figures";
import { enter, type Here } from "../shell/loaders";
import { type Address, type Crumb, type Query, screenHref } from "../shell/view";
import { type Sales, salesOf } from "./sales";
import {
  type EndpointRow,
  emptyService,
  endpointCounts,
  type Mode,
  type RailChoice,
  type ServiceFormView,
  type ServicesView,
  type ServiceView,
  serviceDraft,
} from "./view";

type Config = Awaited<ReturnType<Here["runtime"]["catalog"]["getConfig"]>>;
type Service = Config["services"][number];

/** What payers call, up to and with the slash before the name of a service. */
export const addressBaseOf = ({ runtime, merchant }: Here): string =>
  `${runtime.env.publicOrigin}/pay/${merchant.slug}/`;

export const readConfig = ({ runtime, merchant }: Here): Promise<Config> =>
  runtime.catalog.getConfig(merchant.slug);

const railNames = (config: Config, slugs: readonly string[]): string[] =>
  slugs.map((slug) => config.rails.find(({ id }) => id === slug)?.title ?? slug);

const other = (mode: Mode): Mode => (mode === "test" ? "live" : "test");

/** Services of the other mode, where this one has none. */
function elsewhereOf({ merchant, mode }: Here, config: Config): ServicesView["elsewhere"] {
  const count = config.services.filter((service) => service.mode !== mode).length;
  if (count === 0) return null;
  const href = screenHref({ merchant: merchant.slug, mode: other(mode) }, "services");
  return { count: `${counted(count, "service")} in ${other(mode)} mode`, href };
}

export async function loadServices(address: Address): Promise<ServicesView> {
  const here = await enter(address, "config:read");
  const isMoneyShown = here.may("receipts:read");
  const none: ReadonlyMap<string, Sales> = new Map();
  const [config, sales] = await Promise.all([readConfig(here), isMoneyShown ? salesOf(here) : none]);
  const rows = config.services
    .filter((service) => service.mode === here.mode)
    .map((service) => {
      const free = service.endpoints.filter((endpoint) => endpoint.free).length;
      const { count, sums } = sales.get(service.slug) ?? { count: 0, sums: [] };
      return {
        slug: service.slug,
        title: service.title,
        href: here.href(`services/${service.slug}`),
        address: addressBaseOf(here) + service.slug,
        upstreamHost: new URL(service.upstream.url).host,
        endpoints: endpointCounts(service.endpoints.length - free, free),
        rails: railNames(config, service.rails).join(", "),
        paidRequests: showCount(count),
        revenue: sums.map(namedMoney),
        isReadable: here.view.services.has(service.slug),
      };
    });
  const newHref = here.may("config:write") ? here.href("services/new") : null;
  return { rows, newHref, elsewhere: elsewhereOf(here, config), isMoneyShown };
}

/** Who asks, and the service they ask for; its pages exist in its own mode only. */
export async function enterService(address: Address, slug: string) {
  const here = await enter(address, "config:read");
  const config = await readConfig(here);
  const service = config.services.find((each) => each.slug === slug);
  if (!service) notFound();
  if (service.mode !== here.mode) {
    redirect(
      screenHref({ merchant: here.merchant.slug, mode: service.mode }, address.path, rest(address.query)),
    );
  }
  return { here, config, service, live: here.view.services.get(slug) ?? null };
}

const rest = ({ mode: _, ...query }: Query): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, typeof value === "string" ? value : value?.[0]]),
  );

export type Entered = Awaited<ReturnType<typeof enterService>>;

/** A list price as it was written, which may be finer than its currency. */
const figureOfPrice = ({ amount, currency }: Price): Figure => ({
  text: showAmount(amount, currency),
  unit: unitOf(currency),
});

/** "$0.01", "2 sat per token", "free". */
export function priceText({ price, unit }: Pick<Service["endpoints"][number], "price" | "unit">): string {
  if (!price) return "free";
  const amount = showAmount(price.amount, price.currency);
  return unit ? `${amount} per ${unit}` : amount;
}

async function endpointRows({ here, service, live }: Entered): Promise<EndpointRow[]> {
  const offersFor = await here.runtime.preview.offers(here.view);
  const places = service.endpoints.map((endpoint) => ({
    endpoint,
    known: live?.endpoints.find(({ method, path }) => method === endpoint.method && path === endpoint.path),
  }));
  return places.map(({ endpoint, known }) => {
    const offers = endpoint.price && live ? offersFor(live, endpoint.price, endpoint.intent) : [];
    const offered = offers.filter(({ isOffered }) => isOffered).map(({ title }) => title);
    return {
      id: known?.id ?? labelOf(endpoint),
      href: known ? here.href(`services/${service.slug}/endpoints/${known.id}`) : null,
      method: endpoint.method,
      path: endpoint.path,
      description: endpoint.title ?? endpoint.summary ?? endpoint.description ?? null,
      price: endpoint.price ? figureOfPrice(endpoint.price) : null,
      per: endpoint.unit ?? null,
      rules: endpoint.rules?.length ? counted(endpoint.rules.length, "rule") : null,
      isPaused: endpoint.paused,
      offered: endpoint.free || !live ? null : offered.join(", "),
    };
  });
}

const tabs = [
  { tab: "upstream", label: "Upstream" },
  { tab: "callers", label: "Callers" },
  { tab: "discovery", label: "Discovery" },
  { tab: "import", label: "Import" },
  { tab: "settings", label: "Settings" },
] as const;

export type ServiceTab = "endpoints" | (typeof tabs)[number]["tab"];

function tabsOf({ here, service }: Entered, current: ServiceTab) {
  const base = `services/${service.slug}`;
  const keys = service.callers?.keys.length;
  return [
    {
      label: "Endpoints",
      href: here.href(base),
      count: showCount(service.endpoints.length),
      isCurrent: current === "endpoints",
    },
    ...tabs.map(({ tab, label }) => ({
      label,
      href: here.href(`${base}/${tab}`),
      isCurrent: current === tab,
      ...(tab === "callers" && keys ? { count: showCount(keys) } : {}),
    })),
  ];
}

/** Where a page of a service stands, the way back first. */
export const crumbsOf = ({ here, service }: Entered, own: readonly Crumb[]): Crumb[] => [
  { label: "Services", href: here.href("services") },
  { label: service.title, href: here.href(`services/${service.slug}`) },
  ...own,
];

/** What every page of a service begins with. */
export function headerOf(entered: Entered, current: ServiceTab) {
  const { here, service, live } = entered;
  const own = tabs.find(({ tab }) => tab === current);
  return {
    listHref: here.href("services"),
    crumbs: crumbsOf(entered, own ? [{ label: own.label }] : []),
    merchant: here.merchant.slug,
    slug: service.slug,
    title: service.title,
    address: addressBaseOf(here) + service.slug,
    tabs: tabsOf(entered, current),
    isReadable: live !== null,
    isPaused: service.paused,
    settingsHref: here.href(`services/${service.slug}/upstream`),
    mayWrite: here.may("config:write"),
  };
}

export async function loadService(address: Address, slug: string): Promise<ServiceView> {
  const entered = await enterService(address, slug);
  const mayWrite = entered.here.may("config:write");
  const endpoints = await endpointRows(entered);
  return {
    ...headerOf(entered, "endpoints"),
    endpoints,
    places: placesOf(endpoints.flatMap(({ price }) => (price ? [price] : []))),
    newEndpointHref: mayWrite ? entered.here.href(`services/${slug}/endpoints/new`) : null,
    railsHref: entered.here.href(`services/${slug}/settings`),
    importHref: mayWrite ? entered.here.href(`services/${slug}/import`) : null,
    hasRails: entered.service.rails.length > 0,
  };
}

export const railChoices = ({ runtime }: Here, { rails }: Config): RailChoice[] =>
  rails.map(({ id, title, kind, mode, enabled }) => ({
    slug: id,
    title: title ?? runtime.rails.kinds[kind]?.title ?? id,
    kind: title ? (runtime.rails.kinds[kind]?.title ?? kind) : id,
    mode,
    isEnabled: enabled,
  }));

export async function loadServiceSettings(address: Address, slug: string) {
  const entered = await enterService(address, slug);
  const { here, config, service } = entered;
  const form: ServiceFormView = {
    merchant: here.merchant.slug,
    slug,
    draft: serviceDraft(service),
    rails: railChoices(here, config),
    addressBase: addressBaseOf(here),
    newRailHref: here.href("rails/new"),
    endpointLabels: service.endpoints.map(labelOf),
    mayWrite: here.may("config:write"),
  };
  return { ...headerOf(entered, "settings"), form };
}

export async function loadNewService(address: Address) {
  const here = await enter(address, "config:write");
  const config = await readConfig(here);
  const rails = railChoices(here, config);
  const usual = rails.filter(({ mode, isEnabled }) => mode === here.mode && isEnabled);
  const form: ServiceFormView = {
    merchant: here.merchant.slug,
    slug: null,
    draft: emptyService(
      here.mode,
      usual.map(({ slug }) => slug),
    ),
    rails,
    addressBase: addressBaseOf(here),
    newRailHref: here.href("rails/new"),
    endpointLabels: [],
    mayWrite: true,
  };
  const crumbs: Crumb[] = [{ label: "Services", href: here.href("services") }, { label: "New service" }];
  return { form, crumbs };
}
