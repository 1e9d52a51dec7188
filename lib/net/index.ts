export { capStream, readAtMost } from "./bytes";
export type { Resolve } from "./connector";
export { createGuardedFetch, type GuardedFetch, type GuardedNet } from "./guarded-fetch";
export { createGuardedSocket, type GuardedSocket, type OpenSocket } from "./guarded-socket";
export type { DispatchLocal } from "./local";
export { NetError, type NetFault } from "./net-error";
export type { GuardedInit } from "./outgoing";
export { createScrubber, type Scrubber, scrub } from "./scrub";
