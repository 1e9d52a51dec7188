import {
  canonicalPath,
  type Endpoint,
  type MerchantView,
  matchEndpoint,
  type Service,
  type Snapshot,
} from "@/lib/catalog";
import { Problem } from "@/lib/problems";

/** What is sold at an address, and the exact path that is matched, priced and forwarded. */
export type Offering = Readonly<{
  merchant: MerchantView;
  service: Service;
  endpoint: Endpoint;
  /** Upper case; HEAD is sold as GET. */
  verb: string;
  /** Path below the service as received: canonical, so the same bytes go upstream. */
  path: string;
  /** Raw query without `?`, byte for byte; `null` when there is none. */
  query: string | null;
}>;

const verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Bytes a query may have (RFC 3986 §3.4, and what clients send unescaped); others are not forwarded unchanged. */
const plainQuery = /^[\x21\x23-\x3b\x3d\x3f-\x7e]*$/;

const nothingSold = "Nothing is sold at this address. See /pay/{merchant}/openapi.json for what is.";

function serviceAt(
  snapshot: Snapshot,
  path: string,
): { merchant: MerchantView; service: Service; rest: string } {
  const [, root, merchantSlug = "", serviceSlug = "", ...rest] = path.split("/");
  const merchant = root === "pay" ? snapshot.findMerchant(merchantSlug) : null;
  const service = merchant?.services.get(serviceSlug);
  if (!merchant || service?.kind !== "http") throw new Problem("not-found", nothingSold);
  return { merchant, service, rest: `/${rest.join("/")}` };
}

/** The service an address is about, whatever stands behind it. */
export function findService(snapshot: Snapshot, path: string): Service | null {
  try {
    return serviceAt(snapshot, path).service;
  } catch {
    return null;
  }
}

/** Methods a preflight may name for a path; unknown paths get the same answer as known ones. */
export function methodsAt(snapshot: Snapshot, path: string): readonly string[] {
  try {
    const { service, rest } = serviceAt(snapshot, path);
    const canonical = canonicalPath(rest);
    const found = canonical.ok ? matchEndpoint(service, "OPTIONS", canonical) : null;
    return found?.kind === "no-method" ? [...found.allow, "OPTIONS"] : [...verbs, "OPTIONS"];
  } catch {
    return [...verbs, "OPTIONS"];
  }
}

/** A parameter of the payer's beside ours of the same name: which one an upstream believes, nobody can say. */
function refuseOurParameter({ upstream }: Service, query: string | null): void {
  const ours = upstream.query?.name.toLowerCase();
  if (ours === undefined || query === null) return;
  for (const [name] of new URLSearchParams(query.replaceAll(";", "&"))) {
    if (name.toLowerCase().replace(/\[.*$/s, "") === ours) {
      throw new Problem(
        "bad-request",
        "The query has a parameter that the service sets itself; leave it out.",
      );
    }
  }
}

/** Finds what is sold at an address. What no endpoint names is refused, never free. */
export function findOffering(
  snapshot: Snapshot,
  method: string,
  { path, query }: { path: string; query: string | null },
): Offering {
  if (!verbs.includes(method)) throw new Problem("method-not-allowed", `${verbs.join(", ")} are taken here.`);
  if (query !== null && !plainQuery.test(query)) {
    throw new Problem("bad-request", "The query has characters that must be percent-encoded.");
  }
  const { merchant, service, rest } = serviceAt(snapshot, path);
  const canonical = canonicalPath(rest);
  if (!canonical.ok)
    throw new Problem("bad-request", `The path cannot be served as sent: ${canonical.reason}`);

  const verb = method === "HEAD" ? "GET" : method;
  const found = matchEndpoint(service, verb, canonical);
  switch (found.kind) {
    case "match":
      refuseOurParameter(service, query);
      return { merchant, service, endpoint: found.endpoint, verb, path: canonical.path, query };
    case "no-method":
      throw new Problem("method-not-allowed", `This address takes ${found.allow.join(", ")}.`, {
        headers: { allow: found.allow.join(", ") },
      });
    case "no-path":
      throw new Problem("not-found", nothingSold);
  }
}
