import type { Database, Store } from "@/lib/db";
import { type Clock, newId, newToken, sha256 } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { Snapshot } from "../types";
import type { Connector } from "./connector";
import * as store from "./key-store";

const tokenBytes = 32;
const shownCharacters = 13;
const usedEveryMs = 60_000;
const keysMax = 20;
const bearerShape = /^fbc_(?:test|live)_[A-Za-z0-9_-]{43}$/;

type Deps = Readonly<{
  database: Pick<Database, "client">;
  clock: Clock;
  snapshot(): Promise<Snapshot>;
}>;

type Named = Readonly<{ merchantId: string; slug: string }>;

/** A key without what opens anything. */
export type ShopKey = Readonly<{
  id: string;
  prefix: string;
  createdBy: string;
  createdAt: Date;
  endsAt: Date | null;
  lastUsedAt: Date | null;
}>;

/** What is told once. */
export type NewShopKey = Readonly<{
  id: string;
  connector: Connector;
  /** The bearer key of kinds rest and medusa. */
  key: string | null;
  /** The pair of kind vtex. */
  appKey: string | null;
  appToken: string | null;
}>;

export type ShopKeys = Readonly<{
  create(
    wish: Named & Readonly<{ endOthersAfterSeconds?: number | undefined }>,
    by: Readonly<{ actor: string }>,
  ): Promise<NewShopKey>;
  list(named: Named): Promise<readonly ShopKey[]>;
  end(named: Named & Readonly<{ id: string }>): Promise<void>;
}>;

/** What a shop showed, as its hash is made: keys and pairs of different kinds never meet. */
const hashOf = (...parts: readonly string[]): Buffer => sha256(JSON.stringify(parts));

async function getConnector({ snapshot }: Deps, { merchantId, slug }: Named): Promise<Connector> {
  const found = (await snapshot()).findMerchantById(merchantId)?.connectors.get(slug);
  if (!found) throw new Problem("not-found", `There is no connector "${slug}".`);
  return found;
}

const isLiving = ({ endsAt }: Readonly<{ endsAt: Date | null }>, now: Date): boolean =>
  endsAt === null || endsAt > now;

const secretFor = ({ kind, mode }: Connector) =>
  kind === "vtex"
    ? { key: null, appKey: `fbcapp-${newToken(9)}`, appToken: newToken(tokenBytes) }
    : { key: `fbc_${mode}_${newToken(tokenBytes)}`, appKey: null, appToken: null };

async function createKey(
  deps: Deps,
  { endOthersAfterSeconds, ...named }: Parameters<ShopKeys["create"]>[0],
  { actor }: { actor: string },
): Promise<NewShopKey> {
  const { client } = deps.database;
  const connector = await getConnector(deps, named);
  const now = deps.clock.now();
  const living = (await store.listKeysOf(client, connector.id)).filter((key) => isLiving(key, now));
  if (living.length >= keysMax)
    throw new Problem("conflict", `A connector has at most ${keysMax} keys. End one of them first.`);
  const id = newId("ck", now.getTime());
  const secret = secretFor(connector);
  const hash =
    secret.key === null
      ? hashOf(connector.id, secret.appKey ?? "", secret.appToken ?? "")
      : hashOf(secret.key);
  const prefix = secret.appKey ?? (secret.key ?? "").slice(0, shownCharacters);
  const othersEndAt =
    endOthersAfterSeconds === undefined ? null : new Date(now.getTime() + endOthersAfterSeconds * 1_000);
  const { merchantId } = connector;
  await store.insertKey(
    client,
    { id, connectorId: connector.id, merchantId, prefix, hash, createdBy: actor, createdAt: now },
    othersEndAt,
  );
  return { id, connector, ...secret };
}

/** Makes, shows and ends what shops are let in by. */
export const shopKeys = (deps: Deps): ShopKeys => ({
  create: (wish, by) => createKey(deps, wish, by),
  async list(named) {
    const connector = await getConnector(deps, named);
    const rows = await store.listKeysOf(deps.database.client, connector.id);
    return rows.map(({ id, prefix, createdBy, createdAt, endsAt, lastUsedAt }) => ({
      id,
      prefix,
      createdBy,
      createdAt,
      endsAt,
      lastUsedAt,
    }));
  },
  async end({ id, ...named }) {
    const connector = await getConnector(deps, named);
    const where = { connectorId: connector.id, id, at: deps.clock.now() };
    if (!(await store.endKeyOf(deps.database.client, where)))
      throw new Problem("not-found", "There is no such key, or it has ended already.");
  },
});

/** The living key of this hash. Looked up by the hash, so that time tells nothing about the secret. */
async function findLiving({ database, clock }: Deps, hash: Buffer): Promise<store.KeyRow | null> {
  const client: Store = database.client;
  const key = await store.findKeyByHash(client, hash);
  const now = clock.now();
  if (!key || !isLiving(key, now)) return null;
  if (!key.lastUsedAt || now.getTime() - key.lastUsedAt.getTime() > usedEveryMs)
    await store.markUsed(client, key.id, now);
  return key;
}

/** Whose bearer key this is; `null` for one that is unknown or has ended, or whose connector is gone. */
export async function authenticateShop(
  deps: Deps,
  text: string,
): Promise<{ keyId: string; connector: Connector } | null> {
  if (!bearerShape.test(text)) return null;
  const key = await findLiving(deps, hashOf(text));
  const view = key && (await deps.snapshot()).findMerchantById(key.merchantId);
  const connector = [...(view?.connectors.values() ?? [])].find(({ id }) => id === key?.connectorId);
  return key && connector ? { keyId: key.id, connector } : null;
}

/** Is this pair one of that connector's? */
export async function authenticatePair(
  deps: Deps,
  connector: Connector,
  { appKey, appToken }: Readonly<{ appKey: string; appToken: string }>,
): Promise<{ keyId: string } | null> {
  const key = await findLiving(deps, hashOf(connector.id, appKey, appToken));
  return key?.connectorId === connector.id ? { keyId: key.id } : null;
}
