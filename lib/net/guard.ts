import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { createNetworks } from "./networks";
import { refusedPorts } from "./ports";

export type GuardOptions = Readonly<{
  /** Networks (CIDR) that may be reached besides public addresses. */
  allowPrivateNetworks: readonly string[];
  /** Our public origin: never an upstream of ourselves. */
  ownOrigin?: string;
  /** Ports this process serves (listener, embedded database): refused on every address of this machine. */
  ownPorts?: () => readonly number[];
}>;

/** `target` is the path and query as they were written: what was priced is what is asked for. */
type Read = { url: URL; target: string };

export type Guard = Readonly<{
  /** Judges an address as it is written. `fault` is a sentence for whoever typed it. */
  readUrl(text: string): Read | { fault: string };
  /** Judges an address that is about to be, or has been, connected to. */
  faultOf(address: string, port: number): string | null;
  /** Loopback addresses that are allowed, for `localhost`, which is never asked of a name server (RFC 6761 §6.3). */
  loopback(): string[];
}>;

/** Parsers differ on these; the WHATWG one drops or turns them, and the host read is not the host seen. */
const ambiguous = /[\s\\\p{Cc}\p{Cf}]/u;

/** Scheme and host as every parser reads them, then path and query. */
const plainUrl = /^https?:\/\/[^/?#]+([^#]*)/i;

const loopbackAddresses = ["127.0.0.1", "::1"];

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");
const portOf = (url: URL): number => Number(url.port || (url.protocol === "https:" ? 443 : 80));
export const isLocalhost = (host: string): boolean => host === "localhost" || host.endsWith(".localhost");

function parse(text: string): Read | { fault: string } {
  if (ambiguous.test(text)) {
    return { fault: "The address holds spaces, backslashes or control characters." };
  }
  if (!URL.canParse(text)) return { fault: "The address is not a complete URL." };
  const url = new URL(text);
  const written = plainUrl.exec(text)?.[1];
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return { fault: "Only http and https addresses can be called." };
  }
  if (url.username || url.password) {
    return { fault: "The address holds a user name or password; put it into a header." };
  }
  if (url.hostname.endsWith(".")) return { fault: "The host ends in a dot." };
  if (refusedPorts.has(portOf(url))) return { fault: `Port ${portOf(url)} is not for HTTP.` };
  if (written === undefined) return { fault: "The address is not a complete URL." };
  const isAscii = /^[\x21-\x7e]*$/.test(written);
  const target = isAscii ? written.replace(/^(?!\/)/, "/") : url.pathname + url.search;
  return { url, target };
}

function isThisMachine(address: string): boolean {
  if (/^127\.|^::1$|^::ffff:127\.|^0\.0\.0\.0$|^::$/.test(address)) return true;
  return Object.values(networkInterfaces()).some((list) => list?.some((each) => each.address === address));
}

/** The rules of who may be called, in one place: `security.md` 2.6. */
export function createGuard({ allowPrivateNetworks, ownOrigin, ownPorts }: GuardOptions): Guard {
  const judge = createNetworks(allowPrivateNetworks);

  function faultOf(address: string, port: number): string | null {
    const verdict = judge(address);
    if (verdict === "metadata") return "The address belongs to a cloud's metadata service.";
    if (verdict === "private") return "The address is not public, and no allowed private network holds it.";
    if (ownPorts?.().includes(port) && isThisMachine(address)) return "The address is Farebox itself.";
    return null;
  }

  const loopback = () => loopbackAddresses.filter((address) => judge(address) === "allowed");

  return {
    faultOf,
    loopback,
    readUrl(text) {
      const parsed = parse(text);
      if ("fault" in parsed) return parsed;
      const { url, target } = parsed;
      if (ownOrigin !== undefined && url.origin === new URL(ownOrigin).origin) {
        return { fault: "The address is Farebox itself." };
      }
      const host = hostOf(url);
      const literals = isIP(host) !== 0 ? [host] : isLocalhost(host) ? loopback() : null;
      if (literals?.length === 0) {
        return { fault: "The address is not public, and no allowed private network holds it." };
      }
      const faults = literals?.map((address) => faultOf(address, portOf(url))) ?? [];
      const fault = faults.find((each) => each !== null);
      return fault ? { fault } : { url, target };
    },
  };
}
