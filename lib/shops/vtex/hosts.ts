import type { Connector } from "@/lib/catalog";

const vtexHosts = ["*.vtexpayments.com.br", "*.vtexcommercestable.com.br", "*.myvtex.com"];

/** Only there the suite's plain addresses, cards and empty credentials count; a live connector never is one. */
export const isHomologation = ({ mode, homologation }: Pick<Connector, "mode" | "homologation">): boolean =>
  mode === "test" && homologation;

function covers(listed: unknown, { hostname, host }: URL): boolean {
  if (typeof listed !== "string") return false;
  return listed.startsWith("*.")
    ? hostname.endsWith(listed.slice(1))
    : listed === hostname || listed === host;
}

/** May this address be told the end of a payment, or be sent a browser? Hosts of VTEX, and those the merchant listed. */
export function mayCall(connector: Connector, address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || url.username || url.password || url.hash) return false;
  const listed = Array.isArray(connector.settings.callbackHosts) ? connector.settings.callbackHosts : [];
  const isListed = listed.some((host) => covers(host, url));
  if (url.protocol === "http:") return isListed && isHomologation(connector);
  return url.protocol === "https:" && (isListed || vtexHosts.some((host) => covers(host, url)));
}

/** May a buyer be sent back there? The shop has a name of its own; a test shop need not have a certificate. */
export function mayReturn(connector: Pick<Connector, "mode">, address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || url.username || url.password) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && connector.mode === "test");
}

/** What may be shown of an address whose query is a secret. */
export const hostOf = (address: unknown): string | undefined =>
  typeof address === "string" && URL.canParse(address) ? new URL(address).host : undefined;
