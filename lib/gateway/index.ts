export type { Arrival } from "./arrival";
export type { GatewayDeps, TrafficOutcome } from "./deps";
export { createGateway, type Gateway } from "./gateway";
