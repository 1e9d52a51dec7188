export { createDiscovery, type Discovery, type OnDomain } from "./discovery";
