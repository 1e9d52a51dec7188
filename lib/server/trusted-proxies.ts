import ipaddr from "ipaddr.js";
import type { IsTrustedProxy } from "./arrival";

/** Whether an address lies in one of the CIDR ranges; what is no address lies in none. */
export function trustedProxies(ranges: readonly string[]): IsTrustedProxy {
  const parsed = ranges.map((range) => ipaddr.parseCIDR(range));
  if (parsed.length === 0) return () => false;
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return parsed.some((range) => range[0].kind() === address.kind() && address.match(range));
  };
}
