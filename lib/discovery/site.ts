import type { Bound, MerchantView, Service, Snapshot } from "@/lib/catalog";

/** Where a document stands, what it tells of, and how addresses are written there. */
export type Site = Readonly<{
  /** Every address begins with it. */
  origin: string;
  /** Where both documents stand, from the origin. */
  base: string;
  title: string;
  summary: string | null;
  homepage: string | null;
  categories: readonly string[];
  /** Told to the whole world, where a merchant's own site also tells what is in test mode. */
  isPublic: boolean;
  merchants: readonly MerchantView[];
  /** The one service told of; every one of the merchants when `null`. */
  service: Service | null;
  pathOf(merchant: MerchantView, service: Service): string;
}>;

const pathBelowPay = ({ merchant }: MerchantView, { slug }: Service): string =>
  `/pay/${merchant.slug}/${slug}`;

const nothing = { summary: null, homepage: null, categories: [], service: null } as const;

/** All merchants that chose to be listed. */
export function siteOfOrigin(origin: string, { merchants }: Snapshot): Site {
  const sorted = [...merchants].sort((a, b) => (a.merchant.slug < b.merchant.slug ? -1 : 1));
  const title = new URL(origin).host;
  return { ...nothing, origin, base: "", title, isPublic: true, merchants: sorted, pathOf: pathBelowPay };
}

/** One merchant, at the installation's own origin. */
export function siteOfMerchant(origin: string, view: MerchantView): Site {
  const { name, slug, about } = view.merchant;
  return {
    ...about,
    origin,
    base: `/pay/${slug}`,
    title: name,
    isPublic: false,
    merchants: [view],
    service: null,
    pathOf: pathBelowPay,
  };
}

/** What a host name is bound to: a merchant's services by their names, or one service from the root. */
export function siteOfDomain(origin: string, { merchant: view, service }: Bound): Site {
  const { merchant } = view;
  return {
    origin,
    base: "",
    title: service?.title ?? merchant.name,
    summary: service?.about.summary ?? merchant.about.summary,
    homepage: service?.about.homepage ?? merchant.about.homepage,
    categories: service?.about.categories.length ? service.about.categories : merchant.about.categories,
    isPublic: false,
    merchants: [view],
    service,
    pathOf: (_, { slug }) => (service ? "" : `/${slug}`),
  };
}
