import { isDeepStrictEqual } from "node:util";
import type { Store } from "@/lib/db";
import { newId, newToken, type Seal } from "@/lib/kit";
import { connectorColumns, connectorDocument } from "./connectors/rows";
import { writeConnectors } from "./connectors/store";
import { type NewPrice, writePrices } from "./price-store";
import {
  endpointColumns,
  endpointDocument,
  endpointKey,
  merchantColumns,
  railColumns,
  railDocument,
  serviceColumns,
  serviceDocument,
} from "./rows";
import type { ConfigDocument, EndpointDocument } from "./schema";
import {
  createMerchant,
  type EndpointColumns,
  type EndpointRow,
  type MerchantRow,
  updateMerchant,
  writeEndpoints,
  writeRails,
  writeServices,
} from "./store";
import { termsOf } from "./terms";

/** Name of a new challenge key; the key itself is derived from it and `FAREBOX_SECRET`. */
export const newKeyId = (seal: Seal): string => `${newToken(6)}.${seal.keyId()}`;

type Pair<Row, Item> = Readonly<{ row: Row | undefined; item: Item; position: number }>;

/** Sorts a list into what is new, what is kept and what goes, by key. */
function pair<Row extends { id: string }, Item>(
  rows: readonly Row[],
  items: readonly Item[],
  keys: { row(row: Row): string; item(item: Item): string },
): { pairs: Pair<Row, Item>[]; gone: string[] } {
  const known = new Map(rows.map((row) => [keys.row(row), row]));
  const kept = new Set(items.map(keys.item));
  return {
    pairs: items.map((item, position) => ({ row: known.get(keys.item(item)), item, position })),
    gone: rows.filter((row) => !kept.has(keys.row(row))).map(({ id }) => id),
  };
}

type Writing = Readonly<{ store: Store; seal: Seal; merchantId: string; actor: string }>;

/** Puts columns where they belong: a new row, a changed row, or nowhere when nothing differs. */
function sort<Columns>(isNew: boolean, isSame: boolean, columns: Columns) {
  return { created: isNew ? [columns] : [], changed: isNew || isSame ? [] : [columns] };
}

const merge = <C>(parts: readonly { created: C[]; changed: C[] }[], gone: string[]) => ({
  created: parts.flatMap(({ created }) => created),
  changed: parts.flatMap(({ changed }) => changed),
  gone,
});

async function applyRails(
  { store, seal, merchantId }: Writing,
  row: MerchantRow | null,
  next: ConfigDocument,
) {
  const { pairs, gone } = pair(row?.rails ?? [], next.rails, {
    row: ({ slug }) => slug,
    item: ({ id }) => id,
  });
  const parts = pairs.map(({ row, item, position }) => {
    const columns = railColumns(seal, { id: row?.id ?? newId("rl"), merchantId, position }, item);
    const isSame = row?.position === position && isDeepStrictEqual(railDocument(seal, row), item);
    return sort(!row, isSame, columns);
  });
  await writeRails(store, merge(parts, gone));
}

async function applyConnectors(
  { store, seal, merchantId }: Writing,
  row: MerchantRow | null,
  next: ConfigDocument,
): Promise<void> {
  const { pairs, gone } = pair(row?.connectors ?? [], next.connectors, {
    row: ({ slug }) => slug,
    item: ({ id }) => id,
  });
  const parts = pairs.map(({ row, item, position }) => {
    const columns = connectorColumns(seal, { id: row?.id ?? newId("cn"), merchantId, position }, item);
    const isSame = row?.position === position && isDeepStrictEqual(connectorDocument(seal, row), item);
    return sort(!row, isSame, columns);
  });
  await writeConnectors(store, merge(parts, gone));
}

type Priced = Readonly<{ columns: EndpointColumns; prices: NewPrice[] }>;

const pricing = (endpoint: EndpointDocument) => ({ price: endpoint.price, terms: termsOf(endpoint) });

/** A new price, or new terms, is a new version; a price that goes away keeps its number, so that none is used twice. */
function priceEndpoint(
  { row, item, position }: Pair<EndpointRow, EndpointDocument>,
  { seal, ...ids }: { seal: Seal; merchantId: string; serviceId: string },
): Priced {
  const before = row && pricing(endpointDocument(seal, row));
  const isNewPrice = item.price !== undefined && !isDeepStrictEqual(before, pricing(item));
  const priceVersion = (row?.priceVersion ?? 0) + (isNewPrice ? 1 : 0);
  const id = row?.id ?? newId("ep");
  const columns = endpointColumns(seal, { ...ids, id, position, priceVersion }, item);
  const { terms } = columns;
  return {
    columns,
    prices: isNewPrice && item.price ? [{ endpointId: id, version: priceVersion, terms, ...item.price }] : [],
  };
}

async function applyEndpoints(
  { store, seal, merchantId, actor }: Writing,
  services: readonly { id: string; rows: readonly EndpointRow[]; endpoints: readonly EndpointDocument[] }[],
) {
  const gone: string[] = [];
  const prices: NewPrice[] = [];
  const parts = services.flatMap(({ id: serviceId, rows, endpoints }) => {
    const sorted = pair(rows, endpoints, {
      row: ({ method, shape }) => `${method} ${shape}`,
      item: (item) => endpointKey(item),
    });
    gone.push(...sorted.gone);
    return sorted.pairs.map((paired) => {
      const { row, item, position } = paired;
      const priced = priceEndpoint(paired, { seal, merchantId, serviceId });
      prices.push(...priced.prices);
      const isSame = row?.position === position && isDeepStrictEqual(endpointDocument(seal, row), item);
      return sort(!row, isSame, priced.columns);
    });
  });
  await writeEndpoints(store, merge(parts, gone));
  await writePrices(
    store,
    prices.map((price) => ({ ...price, merchantId, createdBy: actor })),
  );
}

async function applyServices(writing: Writing, row: MerchantRow | null, next: ConfigDocument): Promise<void> {
  const { store, seal, merchantId } = writing;
  const { pairs, gone } = pair(row?.services ?? [], next.services, {
    row: ({ slug }) => slug,
    item: ({ slug }) => slug,
  });
  const located = pairs.map((entry) => ({ ...entry, id: entry.row?.id ?? newId("sv") }));
  const parts = located.map(({ id, row, item, position }) => {
    const columns = serviceColumns(seal, { id, merchantId, position }, item);
    const before = row && { ...serviceDocument(seal, row), endpoints: item.endpoints };
    return sort(!row, row?.position === position && isDeepStrictEqual(before, item), columns);
  });
  await writeServices(store, merge(parts, gone));
  await applyEndpoints(
    writing,
    located.map(({ id, row, item }) => ({ id, rows: row?.endpoints ?? [], endpoints: item.endpoints })),
  );
}

type What = Readonly<{ row: MerchantRow | null; next: ConfigDocument; actor: string; isDemo: boolean }>;

/** Makes the stored configuration equal to a valid document; ids of what stays are kept. Answers the merchant's id. */
export async function writeConfig(
  store: Store,
  seal: Seal,
  { row, next, actor, isDemo }: What,
): Promise<string> {
  const merchantId = row?.id ?? newId("mr");
  const columns = merchantColumns(next.merchant);
  if (row) await updateMerchant(store, merchantId, columns);
  else await createMerchant(store, { ...columns, id: merchantId, isDemo, challengeKeyId: newKeyId(seal) });
  const writing = { store, seal, merchantId, actor };
  await applyRails(writing, row, next);
  await applyServices(writing, row, next);
  await applyConnectors(writing, row, next);
  return merchantId;
}
