import type { Store } from "@/lib/db";

export type LogoRow = Readonly<{ merchantId: string; type: string; sha256: string }>;
export type LogoFile = Readonly<{ type: string; bytes: Uint8Array; sha256: string }>;

/** Which merchants have a picture, without the pictures. */
export const listLogos = (store: Store, where: { merchantId?: string }): Promise<LogoRow[]> =>
  store.merchantLogo.findMany({ where, select: { merchantId: true, type: true, sha256: true } });

export const findLogo = (store: Store, merchantId: string): Promise<LogoFile | null> =>
  store.merchantLogo.findUnique({
    where: { merchantId },
    select: { type: true, bytes: true, sha256: true },
  });

/** Writes it beside its merchant, whose row tells every process that the catalogue has changed. In a transaction. */
export async function saveLogo(tx: Store, merchantId: string, logo: LogoFile, at: Date): Promise<void> {
  const data = { type: logo.type, sha256: logo.sha256, bytes: new Uint8Array(logo.bytes), updatedAt: at };
  await tx.merchantLogo.upsert({ where: { merchantId }, create: { merchantId, ...data }, update: data });
  await tx.merchant.update({ where: { id: merchantId }, data: { updatedAt: at } });
}

/** `false`: there was none. */
export async function deleteLogo(tx: Store, merchantId: string, at: Date): Promise<boolean> {
  const { count } = await tx.merchantLogo.deleteMany({ where: { merchantId } });
  if (count > 0) await tx.merchant.update({ where: { id: merchantId }, data: { updatedAt: at } });
  return count > 0;
}
