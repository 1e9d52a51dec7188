export type { Arrival } from "./arrival";
export type { PlainAnswer } from "./demands";
export type { GatewayDeps, Seen, TrafficOutcome } from "./deps";
export { createGateway, type Gateway } from "./gateway";
