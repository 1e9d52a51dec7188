import { errorText, type Log, type Seal } from "@/lib/kit";
import type { Price } from "@/lib/money";
import { authOf } from "./auth";
import { groupBy } from "./group-by";
import type { PriceRow } from "./price-store";
import type { TermsReaders } from "./readers";
import { endpointDocument, merchantDocument, openTerms, railDocument, serviceDocument } from "./rows";
import type { MerchantDocument, ServiceDocument } from "./schema";
import { Mode } from "./schema-parts";
import { isSecret, plainTree } from "./secrets";
import type { EndpointRow, MerchantRow, RailRow, ServiceRow } from "./store";
import { termsOf } from "./terms";
import type {
  About,
  Bound,
  ConfiguredRail,
  Endpoint,
  Merchant,
  MerchantView,
  Service,
  Snapshot,
  Upstream,
} from "./types";

export type ViewContext = Readonly<{
  seal: Seal;
  /** Kinds this installation can connect. */
  kinds: readonly string[];
  /** Are demo merchants shown? */
  demo: boolean;
  log: Log;
  now: Date;
  readers: TermsReaders;
}>;

type Prices = ReadonlyMap<string, readonly PriceRow[]>;

const unreadable = "a secret cannot be read with the present FAREBOX_SECRET";

/** What could not be read; it takes the part that it belongs to out of work, and nothing else. */
class Unreadable extends Error {}

function plainOf<T>(tree: T): T {
  const plain = plainTree(tree);
  if (plain === null) throw new Unreadable(unreadable);
  return plain as T; // safe: opening a secret changes nothing but the secret
}

/** The terms as the pricing room reads them; `null` when there are none. */
function termsView(
  row: EndpointRow,
  priced: Readonly<{ price: Price; terms: unknown }>,
  context: ViewContext,
) {
  const terms = termsOf(openTerms(context.seal, row, priced.terms));
  if (!terms) return null;
  const { method, path, unit } = row;
  const intent = row.intent === "session" ? "session" : "charge";
  const about = { method, path, intent, unit, price: priced.price } as const;
  const reading = context.readers.readTerms(plainOf(terms), about);
  if (reading.ok) return reading.value;
  throw new Unreadable(`the terms of ${method} ${path} cannot be read: ${reading.faults[0]?.message ?? ""}`);
}

function endpointView(row: EndpointRow, all: Prices, context: ViewContext): Endpoint {
  const document = endpointDocument(context.seal, row);
  const prices = new Map<number, Price>();
  const termsByVersion = new Map<number, unknown>();
  for (const { version, amount, currency, terms } of all.get(row.id) ?? []) {
    const price = { amount, currency };
    prices.set(version, price);
    const read = termsView(row, { price, terms }, context);
    if (read !== null) termsByVersion.set(version, read);
  }
  const { title = null, summary = null, description = null, operation = null, ...rest } = document;
  const { price = null } = document;
  return {
    id: row.id,
    method: row.method,
    path: row.path,
    shape: row.shape,
    title,
    summary,
    description,
    listed: rest.listed,
    paused: rest.paused,
    operation: operation as Endpoint["operation"], // safe: an optional key that is absent is absent
    free: rest.free,
    intent: rest.intent,
    unit: row.unit,
    price,
    priceVersion: row.priceVersion,
    prices,
    terms: price ? termsView(row, { price, terms: row.terms }, context) : null,
    termsByVersion,
    options: {
      redeemableForSeconds: rest.redeemableForSeconds,
      bodyMaxBytes: rest.bodyMaxBytes,
      responseMaxBytes: rest.responseMaxBytes,
      billable4xx: rest.billable4xx,
      neverBilled: rest.neverBilled,
      paymentAuthorization: rest.paymentAuthorization,
    },
  };
}

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
  const { concurrency = null, breaker = null } = upstream;
  return {
    ...upstream,
    headers: { ...plainOf<Record<string, unknown>>(headers), ...made.headers } as Upstream["headers"], // safe: opened
    query: made.query,
    secrets: [...(plainOf<unknown[]>(secret) as string[]), ...made.secrets], // safe: opened
    concurrency,
    breaker,
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

function merchantOf(row: MerchantRow, { now, readers }: ViewContext): Merchant {
  const { id, slug, name, currency, timeZone, isDemo, domain } = row;
  const { listed, about, rates } = merchantDocument(row);
  const all = row.challengeKeys
    .filter(({ retiresAt }) => retiresAt === null || retiresAt > now)
    .map(({ keyId, retiresAt }) => ({ id: keyId, retiresAt }));
  const keys = { current: row.challengeKeyId, all };
  const read = rates === undefined ? null : readers.readRates(rates);
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
      complain(row.slug, errorText(error));
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
