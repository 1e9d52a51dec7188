import type { Json, Store } from "@/lib/db";

export const listConnectors = (store: Store, where: { merchantId?: string }) =>
  store.connector.findMany({ where, orderBy: { position: "asc" } });

export type ConnectorRow = Awaited<ReturnType<typeof listConnectors>>[number];

export type ConnectorColumns = Readonly<{
  id: string;
  merchantId: string;
  position: number;
  slug: string;
  kind: string;
  mode: string;
  title: string | null;
  enabled: boolean;
  homologation: boolean;
  methods: Json;
  settings: Json;
}>;

type Written = Readonly<{
  created: readonly ConnectorColumns[];
  changed: readonly ConnectorColumns[];
  gone: readonly string[];
}>;

/** Keys, calls and answers of a connector that goes, go with it; its payments stay. */
export async function writeConnectors(store: Store, { created, changed, gone }: Written): Promise<void> {
  if (gone.length > 0) await store.connector.deleteMany({ where: { id: { in: [...gone] } } });
  for (const { id, ...columns } of changed) {
    await store.connector.update({ where: { id }, data: { ...columns, updatedAt: new Date() } });
  }
  if (created.length > 0) await store.connector.createMany({ data: [...created] });
}

/** The same settings under another key. */
export async function storeResealedConnectors(
  store: Store,
  resealed: readonly { id: string; settings: Json }[],
): Promise<void> {
  for (const { id, ...data } of resealed) await store.connector.update({ where: { id }, data });
}
