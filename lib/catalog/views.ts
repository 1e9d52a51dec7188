import { errorText, type Log, type Seal } from "@/lib/kit";
import type { Price } from "@/lib/money";
import { intentOf, optionsOf, priceOf, railDocument, upstreamDocument } from "./rows";
import { Mode } from "./schema";
import { isSecret, plainTree } from "./secrets";
import type { EndpointRow, MerchantRow, PriceRow, RailRow, ServiceRow } from "./store";
import type { ConfiguredRail, Endpoint, Merchant, MerchantView, Service, Snapshot } from "./types";

export type ViewContext = Readonly<{
  seal: Seal;
  /** Kinds this installation can connect. */
  kinds: readonly string[];
  /** Are demo merchants shown? */
  demo: boolean;
  log: Log;
  now: Date;
}>;

type Prices = ReadonlyMap<string, ReadonlyMap<number, Price>>;
const noPrices: ReadonlyMap<number, Price> = new Map();

const endpointView = (row: EndpointRow, prices: Prices): Endpoint => ({
  id: row.id,
  method: row.method,
  path: row.path,
  shape: row.shape,
  description: row.description,
  free: row.free,
  intent: intentOf(row),
  unit: row.unit,
  price: priceOf(row),
  priceVersion: row.priceVersion,
  prices: prices.get(row.id) ?? noPrices,
  options: optionsOf(row),
});

function railView(row: RailRow, { seal, kinds }: ViewContext): ConfiguredRail | string {
  if (!kinds.includes(row.kind)) return "this kind of rail is not part of this installation";
  const settings = plainTree(railDocument(seal, row).settings);
  if (settings === null) return "a secret cannot be read with the present FAREBOX_SECRET";
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

function serviceView(row: ServiceRow, { seal }: ViewContext, prices: Prices): Service | string {
  const upstream = upstreamDocument(seal, row);
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(upstream.headers)) {
    const text = isSecret(value) ? value.$secret : value;
    if (text === null) return "a secret cannot be read with the present FAREBOX_SECRET";
    headers[name] = text;
    if (isSecret(value)) secrets.push(text);
  }
  const { id, merchantId, slug, title, mode, rails } = row;
  return {
    id,
    merchantId,
    slug,
    title,
    mode: Mode.parse(mode),
    kind: "http",
    upstream: { url: upstream.url, headers, secrets, timeoutMs: upstream.timeoutMs },
    rails,
    endpoints: row.endpoints.map((endpoint) => endpointView(endpoint, prices)),
  };
}

function merchantOf(row: MerchantRow, now: Date): Merchant {
  const { id, slug, name, currency, timeZone, isDemo } = row;
  const all = row.challengeKeys
    .filter(({ retiresAt }) => retiresAt === null || retiresAt > now)
    .map(({ keyId, retiresAt }) => ({ id: keyId, retiresAt }));
  return { id, slug, name, currency, timeZone, isDemo, keys: { current: row.challengeKeyId, all } };
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
  const { log, now } = context;
  const merchant = row.slug;
  return {
    merchant: merchantOf(row, now),
    rails: readable(
      row.rails,
      (rail) => railView(rail, context),
      (rail, reason) => log("warn", "catalog.rail-left-out", { merchant, rail, reason }),
    ),
    services: readable(
      row.services,
      (service) => serviceView(service, context, prices),
      (service, reason) => log("warn", "catalog.service-left-out", { merchant, service, reason }),
    ),
  };
}

type Rows = Readonly<{ version: bigint; merchants: readonly MerchantRow[]; prices: readonly PriceRow[] }>;

/** The catalogue as it is worked with, from what one instant of the database held. */
export function snapshotOf({ version, merchants, prices }: Rows, context: ViewContext): Snapshot {
  const byEndpoint = new Map<string, Map<number, Price>>();
  for (const { endpointId, version: number, amount, currency } of prices) {
    const known = byEndpoint.get(endpointId) ?? new Map<number, Price>();
    byEndpoint.set(endpointId, known.set(number, { amount, currency }));
  }
  const views = merchants
    .filter(({ isDemo }) => context.demo || !isDemo)
    .map((row) => merchantView(row, byEndpoint, context));
  const bySlug = new Map(views.map((view) => [view.merchant.slug, view]));
  const byId = new Map(views.map((view) => [view.merchant.id, view]));
  return {
    version,
    merchants: views,
    findMerchant: (slug) => bySlug.get(slug) ?? null,
    findMerchantById: (id) => byId.get(id) ?? null,
  };
}
