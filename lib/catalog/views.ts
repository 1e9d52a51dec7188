import { errorText } from "@/lib/kit";
import { authOf } from "./auth";
import { textOn } from "./brand/colour";
import { connectorView } from "./connectors/rows";
import {
  endpointView,
  type Prices,
  plainOf,
  Unreadable,
  unreadable,
  type ViewContext,
} from "./endpoint-view";
import { groupBy } from "./group-by";
import type { PriceRow } from "./price-store";
import { merchantDocument, railDocument, serviceDocument } from "./rows";
import type { MerchantDocument, ServiceDocument } from "./schema";
import { Mode } from "./schema-parts";
import { isSecret, plainTree } from "./secrets";
import type { MerchantRow, RailRow, ServiceRow } from "./store";
import type {
  About,
  Bound,
  Brand,
  ConfiguredRail,
  Endpoint,
  Merchant,
  MerchantView,
  Service,
  Snapshot,
  Upstream,
} from "./types";

function railView(row: RailRow, { seal, kinds }: ViewContext): ConfiguredRail | string {
  if (!kinds.includes(row.kind)) return "this kind of rail is not part of this installation";
  const settings = plainTree(railDocument(seal, row).settings);
  if (settings === null) return unreadable;
  const { id, merchantId, slug, kind, mode, title, enabled } = row;
  return {
    id,
    merchantId,
    slug,
    kind,
    mode: Mode.parse(mode),
    title,
    enabled,
    settings: settings as ConfiguredRail["settings"], // safe: an object is copied key by key
  };
}

const aboutOf = (about: MerchantDocument["about"]): About => ({
  summary: about?.summary ?? null,
  homepage: about?.homepage ?? null,
  categories: about?.categories ?? [],
});

function upstreamView({ headers, auth, ...upstream }: ServiceDocument["upstream"]): Upstream {
  const secret = Object.values(headers).flatMap((value) => (isSecret(value) ? [value] : []));
  const made = authOf(plainOf(auth));
  const { concurrency = null } = upstream;
  return {
    ...upstream,
    headers: { ...plainOf<Record<string, unknown>>(headers), ...made.headers } as Upstream["headers"], // safe: opened
    query: made.query,
    secrets: [...(plainOf<unknown[]>(secret) as string[]), ...made.secrets], // safe: opened
    concurrency,
    breaker: upstream.breaker || null,
  };
}

function serviceView(row: ServiceRow, prices: Prices, context: ViewContext): Service {
  const document = serviceDocument(context.seal, { ...row, endpoints: [] });
  const callers = document.callers ? plainOf<unknown>(document.callers) : null;
  const endpoints = row.endpoints.map((endpoint) => endpointView(endpoint, prices, context));
  return {
    id: row.id,
    merchantId: row.merchantId,
    slug: row.slug,
    title: row.title,
    mode: document.mode,
    kind: "http",
    upstream: upstreamView(document.upstream),
    callers: callers as Service["callers"], // safe: opened
    domain: row.domain,
    listed: document.listed,
    paused: document.paused,
    about: aboutOf(document.about),
    cors: document.cors ?? null,
    rails: row.rails,
    endpoints: callers === null ? endpoints : endpoints.map(paidBeside),
  };
}

/** Where callers show their own keys in `Authorization`, payment is shown beside it. */
const paidBeside = (endpoint: Endpoint): Endpoint => ({
  ...endpoint,
  options: { ...endpoint.options, paymentAuthorization: true },
});

function brandOf(brand: MerchantDocument["brand"], { logo }: MerchantRow): Brand {
  const text = brand && textOn(brand.colour);
  return {
    colour: brand && text ? { fill: brand.colour, text } : null,
    logo: logo && { sha256: logo.sha256, type: logo.type },
  };
}

function merchantOf(row: MerchantRow, { now, readers, log }: ViewContext): Merchant {
  const { id, slug, name, currency, timeZone, isDemo, domain } = row;
  const { listed, about, brand, rates } = merchantDocument(row);
  const all = row.challengeKeys
    .filter(({ retiresAt }) => retiresAt === null || retiresAt > now)
    .map(({ keyId, retiresAt }) => ({ id: keyId, retiresAt }));
  const keys = { current: row.challengeKeyId, all };
  const read = rates === undefined ? null : readers.readRates(rates);
  if (read?.ok === false)
    log("warn", "catalog.rates-left-out", { merchant: slug, reason: read.faults[0]?.message });
  return {
    id,
    slug,
    name,
    currency,
    timeZone,
    isDemo,
    domain,
    listed,
    about: aboutOf(about),
    brand: brandOf(brand, row),
    rates: read?.ok ? read.value : null,
    keys,
  };
}

/** What could be read, by slug. The rest is left out with a line in the log, so that it hides nothing else. */
function readable<Row extends { slug: string }, View>(
  rows: readonly Row[],
  view: (row: Row) => View | string,
  complain: (slug: string, reason: string) => void,
): Map<string, View> {
  const views = new Map<string, View>();
  for (const row of rows) {
    try {
      const seen = view(row);
      if (typeof seen === "string") complain(row.slug, seen);
      else views.set(row.slug, seen);
    } catch (error) {
      complain(row.slug, error instanceof Unreadable ? error.message : errorText(error));
    }
  }
  return views;
}

function merchantView(row: MerchantRow, prices: Prices, context: ViewContext): MerchantView {
  const { log } = context;
  const merchant = row.slug;
  return {
    merchant: merchantOf(row, context),
    rails: readable(
      row.rails,
      (rail) => railView(rail, context),
      (rail, reason) => log("warn", "catalog.rail-left-out", { merchant, rail, reason }),
    ),
    services: readable(
      row.services,
      (service) => serviceView(service, prices, context),
      (service, reason) => log("warn", "catalog.service-left-out", { merchant, service, reason }),
    ),
    connectors: readable(
      row.connectors,
      (connector) => connectorView(context.seal, connector) ?? unreadable,
      (connector, reason) => log("warn", "catalog.connector-left-out", { merchant, kind: connector, reason }),
    ),
  };
}

/** Host names of a merchant and of its services. */
const boundOf = (view: MerchantView): [string, Bound][] =>
  [{ domain: view.merchant.domain, service: null }, ...[...view.services.values()].map(ofService)].flatMap(
    ({ domain, service }) => (domain === null ? [] : [[domain, { merchant: view, service }]]),
  );
const ofService = (service: Service) => ({ domain: service.domain, service });

type Rows = Readonly<{ version: bigint; merchants: readonly MerchantRow[]; prices: readonly PriceRow[] }>;

/** The catalogue as it is worked with, from what one instant of the database held. */
export function snapshotOf({ version, merchants, prices }: Rows, context: ViewContext): Snapshot {
  const byEndpoint = groupBy(prices, ({ endpointId }) => endpointId);
  const views = merchants
    .filter(({ isDemo }) => context.demo || !isDemo)
    .map((row) => merchantView(row, byEndpoint, context));
  const bySlug = new Map(views.map((view) => [view.merchant.slug, view]));
  const byId = new Map(views.map((view) => [view.merchant.id, view]));
  const byDomain = new Map(views.flatMap(boundOf));
  return {
    version,
    merchants: views,
    findMerchant: (slug) => bySlug.get(slug) ?? null,
    findMerchantById: (id) => byId.get(id) ?? null,
    findByDomain: (host) => byDomain.get(host.toLowerCase().replace(/:\d+$/, "")) ?? null,
  };
}
