export {
  type Asked,
  type CheckedOffer,
  type CheckedSite,
  checkDiscovery,
  type DriftReport,
  type DriftRow,
} from "./check";
export { createDiscovery, type Discovery, type OnDomain } from "./discovery";
export { sampleOf, sampleText } from "./sample";
