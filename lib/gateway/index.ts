export type { Arrival } from "./arrival";
export type { Demand, DemandPage } from "./demand-page";
export type { PlainAnswer } from "./demands";
export type { GatewayDeps, Seen, TrafficOutcome } from "./deps";
export { createGateway, type Gateway } from "./gateway";
