import { type Json, type Store, sql } from "@/lib/db";
import { type LogoRow, listLogos } from "./brand/logo-store";
import { type ConnectorRow, listConnectors, storeResealedConnectors } from "./connectors/store";
import { groupBy } from "./group-by";

const byPlace = { position: "asc" } as const;
type Whose = { merchantId?: string };

// One query at a time: inside a transaction there is one connection, and Prisma's `include` sends several at once.
const listRails = (store: Store, where: Whose) => store.rail.findMany({ where, orderBy: byPlace });
const listServices = (store: Store, where: Whose) => store.service.findMany({ where, orderBy: byPlace });
const listEndpoints = (store: Store, where: Whose) => store.endpoint.findMany({ where, orderBy: byPlace });
const listKeys = (store: Store, where: Whose) => store.challengeKey.findMany({ where });

type Listed<F extends (store: Store, where: Whose) => Promise<unknown[]>> = Awaited<ReturnType<F>>[number];
type Head = NonNullable<Awaited<ReturnType<typeof findHead>>>;
export type RailRow = Listed<typeof listRails>;
export type EndpointRow = Listed<typeof listEndpoints>;
export type ServiceRow = Listed<typeof listServices> & { endpoints: EndpointRow[] };
export type MerchantRow = Head & {
  rails: RailRow[];
  services: ServiceRow[];
  challengeKeys: Listed<typeof listKeys>[];
  connectors: ConnectorRow[];
  logo: LogoRow | null;
};

const findHead = (store: Store, slug: string) => store.merchant.findUnique({ where: { slug } });

async function withParts(store: Store, heads: readonly Head[], whose: Whose): Promise<MerchantRow[]> {
  const rails = groupBy(await listRails(store, whose), ({ merchantId }) => merchantId);
  const endpoints = groupBy(await listEndpoints(store, whose), ({ serviceId }) => serviceId);
  const services = groupBy(await listServices(store, whose), ({ merchantId }) => merchantId);
  const keys = groupBy(await listKeys(store, whose), ({ merchantId }) => merchantId);
  const connectors = groupBy(await listConnectors(store, whose), ({ merchantId }) => merchantId);
  const logos = groupBy(await listLogos(store, whose), ({ merchantId }) => merchantId);
  return heads.map((head) => ({
    ...head,
    rails: rails.get(head.id) ?? [],
    services: (services.get(head.id) ?? []).map((service) => ({
      ...service,
      endpoints: endpoints.get(service.id) ?? [],
    })),
    challengeKeys: keys.get(head.id) ?? [],
    connectors: connectors.get(head.id) ?? [],
    logo: logos.get(head.id)?.[0] ?? null,
  }));
}

export const listMerchantRows = async (store: Store): Promise<MerchantRow[]> =>
  withParts(store, await store.merchant.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] }), {});

export async function findMerchantRow(store: Store, slug: string): Promise<MerchantRow | null> {
  const head = await findHead(store, slug);
  if (!head) return null;
  const [row = null] = await withParts(store, [head], { merchantId: head.id });
  return row;
}

export const findMerchantSlug = (store: Store, id: string) =>
  store.merchant.findUnique({ where: { id }, select: { slug: true } });

export const findEndpoint = (store: Store, where: EndpointWhere) => store.endpoint.findFirst({ where });
type EndpointWhere = NonNullable<NonNullable<Parameters<Store["endpoint"]["findFirst"]>[0]>["where"]>;

export const listMerchantHeads = (store: Store) =>
  store.merchant.findMany({
    select: { id: true, slug: true, name: true, currency: true, timeZone: true, isDemo: true },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });

export async function hasMerchants(store: Store): Promise<boolean> {
  return (await store.merchant.findFirst({ select: { id: true } })) !== null;
}

/** Raised by every change of the catalogue, by trigger. */
export async function readVersion(store: Store): Promise<bigint> {
  const row = await store.catalogVersion.findUnique({ where: { id: 1 } });
  return row?.version ?? 0n;
}

/** One writer at a time for one merchant, until the transaction ends. */
export async function lockMerchant(store: Store, slug: string): Promise<void> {
  await store.$executeRaw(sql`select pg_advisory_xact_lock(hashtextextended(${`catalog:${slug}`}, 0))`);
}

/** One writer at a time for all host names, until the transaction ends. */
export async function lockDomains(store: Store): Promise<void> {
  await store.$executeRaw(sql`select pg_advisory_xact_lock(hashtextextended('catalog domains', 0))`);
}

/** Which of these host names somebody else has. */
export async function listBoundElsewhere(
  store: Store,
  { hosts, merchantId }: { hosts: readonly string[]; merchantId: string | null },
): Promise<ReadonlySet<string | null>> {
  const theirs = { domain: { in: [...hosts] }, NOT: { id: merchantId ?? "" } };
  const merchants = await store.merchant.findMany({ where: theirs, select: { domain: true } });
  const services = await store.service.findMany({
    where: { domain: { in: [...hosts] }, NOT: { merchantId: merchantId ?? "" } },
    select: { domain: true },
  });
  return new Set([...merchants, ...services].map(({ domain }) => domain));
}

type MerchantColumns = {
  slug: string;
  name: string;
  currency: string;
  timeZone: string;
  domain: string | null;
  settings: Json;
};

export async function createMerchant(
  store: Store,
  merchant: MerchantColumns & { id: string; isDemo: boolean; challengeKeyId: string },
): Promise<void> {
  const { id: merchantId, challengeKeyId: keyId } = merchant;
  await store.merchant.create({ data: merchant });
  await store.challengeKey.create({ data: { merchantId, keyId } });
}

export async function updateMerchant(store: Store, id: string, columns: MerchantColumns): Promise<void> {
  await store.merchant.update({ where: { id }, data: { ...columns, updatedAt: new Date() } });
}

export async function replaceChallengeKey(
  store: Store,
  merchantId: string,
  { keyId, retiresAt }: { keyId: string; retiresAt: Date },
): Promise<void> {
  await store.challengeKey.updateMany({ where: { merchantId, retiresAt: null }, data: { retiresAt } });
  await store.challengeKey.create({ data: { merchantId, keyId } });
  await store.merchant.update({ where: { id: merchantId }, data: { challengeKeyId: keyId } });
}

/** Every key that may still verify, of every merchant. */
export const listLivingKeys = (store: Store, now: Date) =>
  store.challengeKey.findMany({
    where: { OR: [{ retiresAt: null }, { retiresAt: { gt: now } }] },
    select: { keyId: true, retiresAt: true },
  });

type Positioned = { id: string; position: number };
export type RailColumns = Positioned & {
  merchantId: string;
  slug: string;
  kind: string;
  mode: string;
  title: string | null;
  enabled: boolean;
  settings: Json;
};
export type ServiceColumns = Positioned & {
  merchantId: string;
  slug: string;
  title: string;
  mode: string;
  kind: string;
  upstream: Json;
  rails: string[];
  domain: string | null;
  settings: Json;
};
export type EndpointColumns = Positioned & {
  merchantId: string;
  serviceId: string;
  method: string;
  path: string;
  shape: string;
  description: string | null;
  free: boolean;
  intent: string;
  unit: string | null;
  priceAmount: string | null;
  priceCurrency: string | null;
  priceVersion: number;
  terms: Json;
  options: Json;
};
type Written<C> = Readonly<{ created: readonly C[]; changed: readonly C[]; gone: readonly string[] }>;

export async function writeRails(
  store: Store,
  { created, changed, gone }: Written<RailColumns>,
): Promise<void> {
  if (gone.length > 0) await store.rail.deleteMany({ where: { id: { in: [...gone] } } });
  for (const { id, ...columns } of changed) {
    await store.rail.update({ where: { id }, data: { ...columns, updatedAt: new Date() } });
  }
  if (created.length > 0) await store.rail.createMany({ data: [...created] });
}

/** Endpoints of a service that goes, go with it. */
export async function writeServices(
  store: Store,
  { created, changed, gone }: Written<ServiceColumns>,
): Promise<void> {
  if (gone.length > 0) await store.service.deleteMany({ where: { id: { in: [...gone] } } });
  // Host names are given up first, so that two services can change theirs with each other.
  const moving = { id: { in: changed.map(({ id }) => id) }, domain: { not: null } };
  if (changed.length > 0) await store.service.updateMany({ where: moving, data: { domain: null } });
  for (const { id, ...columns } of changed) {
    await store.service.update({ where: { id }, data: { ...columns, updatedAt: new Date() } });
  }
  if (created.length > 0) await store.service.createMany({ data: [...created] });
}

export async function writeEndpoints(
  store: Store,
  { created, changed, gone }: Written<EndpointColumns>,
): Promise<void> {
  if (gone.length > 0) await store.endpoint.deleteMany({ where: { id: { in: [...gone] } } });
  for (const { id, ...columns } of changed) {
    await store.endpoint.update({ where: { id }, data: { ...columns, updatedAt: new Date() } });
  }
  if (created.length > 0) await store.endpoint.createMany({ data: [...created] });
}

type Resealed = Readonly<{
  rails: readonly { id: string; settings: Json }[];
  services: readonly { id: string; upstream: Json; settings: Json }[];
  connectors: readonly { id: string; settings: Json }[];
  endpoints: readonly { id: string; terms: Json }[];
  prices: readonly { endpointId: string; version: number; terms: Json }[];
}>;

/** The same settings under another key: for whoever reads them nothing has changed. */
export async function storeResealed(
  store: Store,
  { rails, services, connectors, endpoints, prices }: Resealed,
): Promise<void> {
  await storeResealedConnectors(store, connectors);
  for (const { id, ...data } of rails) await store.rail.update({ where: { id }, data });
  for (const { id, ...data } of services) await store.service.update({ where: { id }, data });
  for (const { id, ...data } of endpoints) await store.endpoint.update({ where: { id }, data });
  for (const { endpointId, version, ...data } of prices) {
    await store.priceVersion.update({ where: { endpointId_version: { endpointId, version } }, data });
  }
}

export async function moveUpstream(store: Store, serviceId: string, upstream: Json): Promise<void> {
  await store.service.update({ where: { id: serviceId }, data: { upstream, updatedAt: new Date() } });
}
