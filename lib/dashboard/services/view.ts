import { type Locate, wholeNumber } from "../forms/view";
import { type HeaderDraft, headerIds, headersDraft, headerValue, isHeaderPath } from "./headers";

export {
  type HeaderDraft,
  headerFaults,
  headerIds,
  headersDraft,
  headerValue,
  isHeaderPath,
} from "./headers";

export type Mode = "test" | "live";

/** A line of the list of services. */
export type ServiceRow = Readonly<{
  slug: string;
  title: string;
  href: string;
  /** What payers call: `https://pay.acme.example/pay/acme/weather`. */
  address: string;
  upstreamHost: string;
  /** "3 paid, 1 free". */
  endpoints: string;
  /** Names of its rails, preferred first. */
  rails: string;
  /** Paid requests of the last 24 hours. */
  paidRequests: string;
  /** What they brought, per currency. */
  revenue: readonly string[];
  /** `false` when a stored secret cannot be read, so that nothing of it is sold. */
  isReadable: boolean;
}>;

export type ServicesView = Readonly<{
  rows: readonly ServiceRow[];
  newHref: string | null;
  /** Services of the other mode, for an empty list that would otherwise puzzle. */
  elsewhere: Readonly<{ count: string; href: string }> | null;
  /** May this reader see what was sold? */
  isMoneyShown: boolean;
}>;

/** A rail that a service can name. */
export type RailChoice = Readonly<{
  slug: string;
  title: string;
  kind: string;
  mode: Mode;
  isEnabled: boolean;
}>;

export type ServiceDraft = Readonly<{
  title: string;
  slug: string;
  mode: Mode;
  url: string;
  timeoutMs: string;
  headers: readonly HeaderDraft[];
  rails: readonly string[];
}>;

/** A service of the configuration document, as `getConfig` gives it: secrets masked. */
export type ServiceDocument = Readonly<{
  slug: string;
  title: string;
  mode: Mode;
  upstream: Readonly<{
    url: string;
    headers: Readonly<Record<string, string | { $secret: string | null }>>;
    timeoutMs: number;
  }>;
  rails: readonly string[];
}>;

export const emptyService = (mode: Mode, rails: readonly string[]): ServiceDraft => ({
  title: "",
  slug: "",
  mode,
  url: "",
  timeoutMs: "30000",
  headers: [],
  rails,
});

export const serviceDraft = ({ title, slug, mode, upstream, rails }: ServiceDocument): ServiceDraft => ({
  title,
  slug,
  mode,
  url: upstream.url,
  timeoutMs: String(upstream.timeoutMs),
  headers: headersDraft(upstream.headers),
  rails,
});

/** A name for addresses out of a title: "Météo & Co" becomes "meteo-co". */
export function slugOf(title: string): string {
  const plain = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 64)
    .replace(/^-+|-+$/g, "");
}

/** What the settings of a service that exists write; its upstream has a page of its own. */
export const settingsDocumentOf = ({ title, slug, mode, rails }: ServiceDraft): Record<string, unknown> => ({
  ...{ slug: slug.trim(), title: title.trim(), mode, rails },
});

/** The service as the configuration document writes it. Its endpoints are left out, so they stay. */
export const serviceDocumentOf = (draft: ServiceDraft): Record<string, unknown> => ({
  slug: draft.slug.trim(),
  title: draft.title.trim(),
  mode: draft.mode,
  kind: "http",
  upstream: {
    url: draft.url.trim(),
    timeoutMs: wholeNumber(draft.timeoutMs),
    headers: Object.fromEntries(draft.headers.map((header) => [header.name.trim(), headerValue(header)])),
  },
  rails: draft.rails,
});

const fields: Readonly<Record<string, { id: string; label: string }>> = {
  title: { id: "title", label: "Title" },
  slug: { id: "slug", label: "Name in the address" },
  mode: { id: "mode", label: "Mode" },
  "upstream.url": { id: "upstream-url", label: "Upstream address" },
  "upstream.timeoutMs": { id: "upstream-timeout", label: "Time limit" },
};

/** Where a fault of a service stands in the form; endpoints are named by their labels ("GET /v1/status"). */
export function locateInService(draft: ServiceDraft, endpoints: readonly string[]): Locate {
  return (path) => {
    const known = fields[path];
    if (known) return known;
    if (path.startsWith("rails")) return { id: "rails", label: "Rails" };
    const own = /^header-(\d+)-(name|value)$/.exec(path);
    if (own) return { id: path, label: draft.headers[Number(own[1])]?.name.trim() || "Header" };
    const place = draft.headers.findIndex(({ name }) => isHeaderPath(path, name.trim()));
    if (place >= 0) return { id: headerIds(place).value, label: draft.headers[place]?.name ?? "Header" };
    const endpoint = /^endpoints\[(\d+)\]/.exec(path)?.[1];
    const label = endpoint === undefined ? undefined : endpoints[Number(endpoint)];
    return label ? { label } : null;
  };
}

/** A line of a service's list of endpoints. */
export type EndpointRow = Readonly<{
  id: string;
  /** `null` while the service cannot be read. */
  href: string | null;
  method: string;
  path: string;
  description: string | null;
  /** `null` on a free endpoint. */
  price: Readonly<{ text: string; unit: string }> | null;
  /** What one price pays for in a session: "token". */
  per: string | null;
  /** "3 rules"; `null` where there are none. */
  rules: string | null;
  isPaused: boolean;
  /** The rails that will be offered; `null` on a free endpoint. */
  offered: string | null;
}>;

export type ServiceHeaderView = Readonly<{
  listHref: string;
  crumbs: readonly { label: string; href?: string }[];
  merchant: string;
  slug: string;
  title: string;
  address: string;
  tabs: readonly { label: string; href: string; count?: string | undefined; isCurrent: boolean }[];
  isReadable: boolean;
  isPaused: boolean;
  /** Where what cannot be read is put right. */
  settingsHref: string;
  mayWrite: boolean;
}>;

export type ServiceView = ServiceHeaderView &
  Readonly<{
    endpoints: readonly EndpointRow[];
    /** Digits that the longest price needs after its point. */
    places: 0 | 2 | 4 | 6 | 8;
    newEndpointHref: string | null;
    importHref: string | null;
    railsHref: string;
    /** Is there a rail to be paid on? Without one nothing can have a price. */
    hasRails: boolean;
  }>;

export type ServiceFormView = Readonly<{
  merchant: string;
  /** `null` for a service that does not exist yet. */
  slug: string | null;
  draft: ServiceDraft;
  rails: readonly RailChoice[];
  /** What payers call, up to and with the slash before the service's name. */
  addressBase: string;
  newRailHref: string;
  /** Labels of the service's endpoints, in order, for faults that a change here brings to them. */
  endpointLabels: readonly string[];
  mayWrite: boolean;
}>;

/** "3 paid, 1 free"; what there is none of is not mentioned. */
export function endpointCounts(paid: number, free: number): string {
  if (paid + free === 0) return "none yet";
  return [paid > 0 ? `${paid} paid` : "", free > 0 ? `${free} free` : ""].filter(Boolean).join(", ");
}
