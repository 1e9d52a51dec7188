export { entryListSteps } from "./entries";
export { type Entry, entrySteps, type Leg } from "./entry";
export { createLedger, type Ledger, type Violation } from "./ledger";
export type { Balance, Posted } from "./store";
