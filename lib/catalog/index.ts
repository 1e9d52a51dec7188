export { type Catalog, openCatalog } from "./catalog";
export type { Change } from "./changes";
export { type Match, matchEndpoint } from "./match";
export { type CanonicalPath, canonicalPath } from "./paths";
export type { RailKind } from "./read-rail";
export type { ConfigDocument, EndpointDocument, RailDocument, ServiceDocument } from "./schema";
export { shortConfig } from "./short-config";
export type {
  ConfiguredRail,
  Endpoint,
  EndpointOptions,
  Merchant,
  MerchantView,
  Mode,
  Service,
  Snapshot,
} from "./types";
