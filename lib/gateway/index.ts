export type { Arrival } from "./arrival";
export { challengesFor, paymentRequired } from "./challenge";
export type { GatewayDeps, TrafficOutcome } from "./deps";
export { createGateway, type Gateway } from "./gateway";
