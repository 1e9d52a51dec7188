import type { Store } from "@/lib/db";

export type Authorization = Readonly<{
  id: string;
  merchantId: string;
  connector: string;
  applicationId: string;
  returnUrl: string;
  tokenExpires: Date;
  codeExpires: Date | null;
  usedAt: Date | null;
}>;

type New = Omit<Authorization, "codeExpires" | "usedAt"> &
  Readonly<{ tokenHash: Uint8Array; createdAt: Date }>;

export async function insertAuthorization(store: Store, { tokenHash, ...asked }: New): Promise<void> {
  await store.vtexAuthorization.create({ data: { ...asked, tokenHash: new Uint8Array(tokenHash) } });
}

/** How many requests of one connector still wait for somebody's consent. */
export const countOpen = (
  store: Store,
  { merchantId, connector, now }: Readonly<{ merchantId: string; connector: string; now: Date }>,
): Promise<number> =>
  store.vtexAuthorization.count({
    where: { merchantId, connector, codeHash: null, tokenExpires: { gt: now } },
  });

export const findByToken = (store: Store, hash: Uint8Array): Promise<Authorization | null> =>
  store.vtexAuthorization.findUnique({ where: { tokenHash: new Uint8Array(hash) } });

export const findByCode = (store: Store, hash: Uint8Array): Promise<Authorization | null> =>
  store.vtexAuthorization.findUnique({ where: { codeHash: new Uint8Array(hash) } });

type Consent = Readonly<{
  tokenHash: Uint8Array;
  codeHash: Uint8Array;
  codeExpires: Date;
  actor: string;
  now: Date;
}>;

/** Turns a token into a code, once and in time; `false` when it is too late or was done before. */
export async function giveCode(store: Store, consent: Consent): Promise<boolean> {
  const { tokenHash, codeHash, codeExpires, actor, now } = consent;
  const { count } = await store.vtexAuthorization.updateMany({
    where: { tokenHash: new Uint8Array(tokenHash), codeHash: null, tokenExpires: { gt: now } },
    data: { codeHash: new Uint8Array(codeHash), codeExpires, actor },
  });
  return count === 1;
}

/** Uses a code, once and in time. */
export async function spendCode(store: Store, id: string, now: Date): Promise<boolean> {
  const where = { id, usedAt: null, codeExpires: { gt: now } };
  return (await store.vtexAuthorization.updateMany({ where, data: { usedAt: now } })).count === 1;
}

export async function forgetOld(store: Store, before: Date): Promise<number> {
  return (await store.vtexAuthorization.deleteMany({ where: { tokenExpires: { lt: before } } })).count;
}
