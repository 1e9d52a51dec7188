import type { Json } from "@/lib/db";
import type { Seal } from "@/lib/kit";
import { Mode } from "../schema-parts";
import { openTree, type Place, plainTree, sealTree } from "../secrets";
import type { Connector } from "./connector";
import { type ConnectorDocument, Connector as Shape } from "./schema";
import type { ConnectorColumns, ConnectorRow } from "./store";

type Whose = Readonly<{ id: string; merchantId: string }>;

export const connectorPlace = ({ id, merchantId }: Whose): Place => ({
  table: "connector",
  column: "settings",
  row: id,
  merchant: merchantId,
});

/** safe: only this room writes these columns, from a document that was read. */
const as = <T>(value: unknown): T => value as T;

export const connectorDocument = (seal: Seal, row: ConnectorRow): ConnectorDocument => ({
  id: row.slug,
  kind: Shape.shape.kind.parse(row.kind),
  ...(row.title === null ? {} : { title: row.title }),
  mode: Mode.parse(row.mode),
  enabled: row.enabled,
  homologation: row.homologation,
  methods: as(row.methods),
  settings: as(openTree(seal, connectorPlace(row), row.settings)),
});

export const connectorColumns = (
  seal: Seal,
  ids: Whose & { position: number },
  { id: slug, kind, mode, title, enabled, homologation, methods, settings }: ConnectorDocument,
): ConnectorColumns => ({
  ...ids,
  slug,
  kind,
  mode,
  title: title ?? null,
  enabled,
  homologation,
  methods: as<Json>(methods),
  settings: as<Json>(sealTree(seal, connectorPlace(ids), settings)),
});

/** As it is worked with; `null` when one of its secrets cannot be read. */
export function connectorView(seal: Seal, row: ConnectorRow): Connector | null {
  const { id, title = null, settings: sealed, ...document } = connectorDocument(seal, row);
  const settings = plainTree(sealed);
  if (settings === null) return null;
  return { ...document, id: row.id, merchantId: row.merchantId, slug: id, title, settings: as(settings) };
}
