import type { Arrival } from "./arrival";

/**
 * The origin that a visit is answered under: realm and every emitted address come from it. It is that of a custom
 * domain when the request came to one, and the installation's own in every other case, whatever `Host` says.
 */
export const originOf = (arrival: Arrival | undefined, publicOrigin: string): string =>
  arrival?.origin ?? publicOrigin;
