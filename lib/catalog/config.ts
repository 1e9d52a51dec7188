import type { Seal } from "@/lib/kit";
import { connectorDocument } from "./connectors/rows";
import { merchantDocument, railDocument, serviceDocument } from "./rows";
import type { ConfigDocument } from "./schema";
import type { MerchantRow } from "./store";

/** The configuration as it stands, secrets opened. */
export const configOf = (seal: Seal, row: MerchantRow): ConfigDocument => ({
  version: 1,
  merchant: merchantDocument(row),
  rails: row.rails.map((rail) => railDocument(seal, rail)),
  services: row.services.map((service) => serviceDocument(seal, service)),
  connectors: row.connectors.map((connector) => connectorDocument(seal, connector)),
});

/** What `{"$secret": null}` may keep. */
export const keptSecrets = (config: ConfigDocument | null) => ({
  rails: new Map((config?.rails ?? []).map((rail) => [rail.id, rail])),
  services: new Map((config?.services ?? []).map((service) => [service.slug, service])),
  connectors: new Map((config?.connectors ?? []).map((connector) => [connector.id, connector])),
});
