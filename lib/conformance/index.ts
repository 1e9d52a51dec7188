export type { Flow } from "./flow";
export { flows } from "./flows";
export { type CaseResult, linesOf, type Report, totalOf } from "./report";
export { runChecks } from "./run-checks";
export { runFlows } from "./run-flows";
export type { Payer } from "./visit";
export { openCallbackDesk } from "./vtex/callback-desk";
export { homologateVtex, timedLinesOf } from "./vtex/run";
export type { CallbackDesk, Called, Pair } from "./vtex/visit";
