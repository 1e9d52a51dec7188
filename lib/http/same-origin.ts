import { Problem } from "@/lib/problems";

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Is this the origin of our own pages? On a loopback installation its other loopback names are the same place. */
export function isOwnOrigin(origin: string | null, publicOrigin: string): boolean {
  if (origin === publicOrigin) return true;
  if (!origin || !URL.canParse(origin)) return false;
  const [theirs, ours] = [new URL(origin), new URL(publicOrigin)];
  const isLoopback = loopback.has(ours.hostname) && loopback.has(theirs.hostname);
  return (
    isLoopback && theirs.protocol === ours.protocol && theirs.port === ours.port && theirs.origin === origin
  );
}

/**
 * Refuses what another site's page made the browser send. A browser names the origin of every write; a read is
 * refused when the browser says that it was asked for from elsewhere.
 */
export function refuseCrossSite(
  { method, headers }: Pick<Request, "method" | "headers">,
  publicOrigin: string,
): void {
  const isRead = method === "GET" || method === "HEAD";
  const isOwn = isRead
    ? ["same-origin", "none", null].includes(headers.get("sec-fetch-site"))
    : isOwnOrigin(headers.get("origin"), publicOrigin);
  if (!isOwn) throw new Problem("cross-site");
}
