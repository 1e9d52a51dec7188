export { findCaller } from "./callers";
export { type Catalog, openCatalog } from "./catalog";
export type { Change } from "./changes";
export type { Connector, ConnectorKind, ConnectorMethod } from "./connectors/connector";
export type { NewShopKey, ShopKey } from "./connectors/keys";
export type { ConnectorDocument } from "./connectors/schema";
export { type Match, matchEndpoint } from "./match";
export { ImportChoice, type Imported, type ImportInput, type ImportPlan, ImportPrices } from "./openapi";
export { pathParameters } from "./path-parameters";
export { type CanonicalPath, canonicalPath } from "./paths";
export { type Preset, presetService, presets } from "./presets";
export type { PriceVersion } from "./price-history";
export type { RailKind } from "./read-rail";
export type { CasesRun, Reading, TermsReaders } from "./readers";
export type { ConfigDocument, EndpointDocument, RailDocument, ServiceDocument } from "./schema";
export { shortConfig } from "./short-config";
export type {
  About,
  Bound,
  Brand,
  Callers,
  ConfiguredRail,
  Endpoint,
  EndpointOptions,
  JsonSchema,
  Merchant,
  MerchantView,
  Mode,
  Operation,
  Service,
  Snapshot,
  Upstream,
} from "./types";
