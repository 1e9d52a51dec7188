import type { Bound, Catalog, MerchantView, Snapshot } from "@/lib/catalog";
import { type Clock, errorText, type Log, sha256, systemClock } from "@/lib/kit";
import { Problem, problemResponse } from "@/lib/problems";
import { type Catalogue, catalogueOf } from "./catalogue";
import { isMoving, type ListingDeps, listingsOf } from "./listing";
import { renderLlms } from "./llms";
import { renderOpenApi } from "./openapi";
import { type Site, siteOfDomain, siteOfMerchant, siteOfOrigin } from "./site";

/** A custom domain that a request came to, as it is configured; never what a header says. */
export type OnDomain = Readonly<{ origin: string; bound: Bound }>;

export type Discovery = Readonly<{
  /** Is this the path of a document of ours, whether or not there is such a merchant? */
  owns(path: string, domain?: OnDomain): boolean;
  /** Answers a path that {@link Discovery.owns} names. Never throws. */
  handle(request: Request, path?: string, domain?: OnDomain): Promise<Response>;
  /** The same for people: of one merchant, or of all that are listed; `null` where there is none to tell of. */
  catalogue(merchant: string | null): Promise<Catalogue | null>;
}>;

type Options = ListingDeps &
  Readonly<{
    /** `PUBLIC_ORIGIN`: every address comes from it, whatever the request says. */
    origin: string;
    catalog: Pick<Catalog, "snapshot">;
    log: Log;
    clock?: Clock;
  }>;

const place = /^(?:\/pay\/(?<merchant>[^/]+))?\/(?<name>openapi\.json|llms\.txt)$/;
const types = {
  "openapi.json": "application/json",
  "llms.txt": "text/plain; charset=utf-8",
} as const;
type Name = keyof typeof types;
/** The same on a custom domain. */
const documents = new Set(Object.keys(types).map((name) => `/${name}`));

type Rendered = Readonly<{ text: string; etag: string; bytes: number; maxAge: number }>;

/** How long a document may be kept, and one whose prices move with rates or the hour. */
const maxAgeUsual = 300;
const maxAgeMoving = 60;
/** A document that moves is made anew at most this often. */
const movingMs = 1_000;

const cors = { "access-control-allow-origin": "*", "access-control-expose-headers": "ETag" };

function headersOf(name: Name, { etag, bytes, maxAge }: Rendered): Record<string, string> {
  return {
    ...cors,
    "content-type": types[name],
    "content-length": String(bytes),
    "cache-control": `public, max-age=${maxAge}`,
    etag,
    "x-content-type-options": "nosniff",
  };
}

/** Does the caller hold these very bytes (RFC 9110 §13.1.2)? */
function isKnown(request: Request, etag: string): boolean {
  const held = request.headers.get("if-none-match");
  return held?.split(",").some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, ""))) ?? false;
}

const preflight = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...cors,
      "access-control-allow-methods": "GET, HEAD, OPTIONS",
      "access-control-allow-headers": "If-None-Match",
      "access-control-max-age": "600",
    },
  });

type Kept = { until: number; made: Promise<unknown> };

/** Makes listings and documents, and keeps each as long as what it was made of holds. */
function createPress(deps: ListingDeps, clock: Clock) {
  // A snapshot never changes, so what was made of one, or of a merchant in it, holds as long as it does.
  const made = new WeakMap<Told["of"], Map<string, Kept>>();

  function keep<T>({ of, site }: Told, what: string, make: () => Promise<T>): Promise<T> {
    const known = made.get(of) ?? new Map<string, Kept>();
    made.set(of, known);
    const key = `${what} ${site.origin}${site.base} ${site.service?.slug ?? ""}`;
    const now = clock.now().getTime();
    const found = known.get(key);
    if (found && found.until > now) return found.made as Promise<T>; // safe: each word is kept by one caller
    const fresh = make();
    known.set(key, { until: isMoving(site) ? now + movingMs : Number.POSITIVE_INFINITY, made: fresh });
    fresh.catch(() => known.delete(key));
    return fresh;
  }

  const listings = (told: Told) => keep(told, "listings", () => listingsOf(deps, told.site));

  async function render(told: Told, name: Name): Promise<Rendered> {
    const { site } = told;
    const listed = await listings(told);
    const text = name === "llms.txt" ? renderLlms(site, listed) : renderOpenApi(site, listed);
    const etag = `"${sha256(text).toString("base64url")}"`;
    return {
      text,
      etag,
      bytes: Buffer.byteLength(text),
      maxAge: isMoving(site) ? maxAgeMoving : maxAgeUsual,
    };
  }

  return { listings, document: (told: Told, name: Name) => keep(told, name, () => render(told, name)) };
}

type Told = Readonly<{ of: MerchantView | Snapshot; site: Site }>;

/** What a path names, and where it is told from; an unlisted merchant is told like one that does not exist. */
function siteAt(
  snapshot: Snapshot,
  {
    merchant,
    domain,
    origin,
  }: { merchant: string | undefined; domain: OnDomain | undefined; origin: string },
): Told {
  if (!domain && merchant === undefined) return { of: snapshot, site: siteOfOrigin(origin, snapshot) };
  const view = domain ? domain.bound.merchant : snapshot.findMerchant(merchant ?? "");
  if (!view?.merchant.listed) throw new Problem("not-found");
  return {
    of: view,
    site: domain ? siteOfDomain(domain.origin, domain.bound) : siteOfMerchant(origin, view),
  };
}

/** What is sold here, told the way the gateway charges it (`contracts/discovery.md`). */
export function createDiscovery({ origin, catalog, log, clock = systemClock, ...deps }: Options): Discovery {
  const press = createPress(deps, clock);

  async function answer(request: Request, path: string, domain: OnDomain | undefined): Promise<Response> {
    if (request.method === "OPTIONS") return preflight();
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw new Problem("method-not-allowed", "This document is read with GET.", {
        headers: { allow: "GET, HEAD, OPTIONS" },
      });
    }
    const { merchant, name } = place.exec(path)?.groups ?? {};
    if (name === undefined) throw new Problem("not-found");
    const told = siteAt(await catalog.snapshot(), { merchant, domain, origin });
    const rendered = await press.document(told, name as Name); // safe: the pattern names both documents and no other
    const headers = headersOf(name as Name, rendered);
    if (isKnown(request, rendered.etag)) {
      const { "content-length": _length, "content-type": _type, ...rest } = headers;
      return new Response(null, { status: 304, headers: rest });
    }
    return new Response(request.method === "HEAD" ? null : rendered.text, { headers });
  }

  return {
    async catalogue(merchant) {
      const snapshot = await catalog.snapshot();
      if (merchant !== null && !snapshot.findMerchant(merchant)?.merchant.listed) return null;
      const told = siteAt(snapshot, { merchant: merchant ?? undefined, domain: undefined, origin });
      return catalogueOf(told.site, await press.listings(told));
    },
    owns: (path, domain) => (domain ? documents.has(path) : place.test(path)),
    async handle(request, path = new URL(request.url).pathname, domain = undefined) {
      try {
        return await answer(request, path, domain);
      } catch (error) {
        if (!Problem.is(error)) log("error", "discovery.fault", { path, error: errorText(error) });
        const refusal = problemResponse(error, { headers: cors });
        return request.method === "HEAD" ? new Response(null, refusal) : refusal;
      }
    },
  };
}
