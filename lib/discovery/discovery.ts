import type { Catalog, MerchantView, Snapshot } from "@/lib/catalog";
import { errorText, type Log, sha256 } from "@/lib/kit";
import { Problem, problemResponse } from "@/lib/problems";
import { type Listing, listingOf, type RailsOf } from "./listing";
import { renderLlms } from "./llms";
import { type About, renderOpenApi } from "./openapi";

export type Discovery = Readonly<{
  /** Is this the path of a document of ours, whether or not there is such a merchant? */
  owns(path: string): boolean;
  /** Answers a path that {@link Discovery.owns} names. Never throws. */
  handle(request: Request, path?: string): Promise<Response>;
}>;

type Options = Readonly<{
  /** `PUBLIC_ORIGIN`: every address comes from it, whatever the request says. */
  origin: string;
  catalog: Pick<Catalog, "snapshot">;
  rails: RailsOf;
  log: Log;
}>;

const place = /^(?:\/pay\/(?<merchant>[^/]+))?\/(?<name>openapi\.json|llms\.txt)$/;
const types = {
  "openapi.json": "application/json",
  "llms.txt": "text/plain; charset=utf-8",
} as const;
type Name = keyof typeof types;

type Rendered = Readonly<{ text: string; etag: string; bytes: number }>;

const cors = { "access-control-allow-origin": "*", "access-control-expose-headers": "ETag" };

function headersOf(name: Name, { etag, bytes }: Rendered): Record<string, string> {
  return {
    ...cors,
    "content-type": types[name],
    "content-length": String(bytes),
    "cache-control": "public, max-age=300",
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

/** What is sold here, told the way the gateway charges it (`contracts/discovery.md`). */
export function createDiscovery({ origin, catalog, rails, log }: Options): Discovery {
  // A snapshot never changes, so what was made of one, or of a merchant in it, holds as long as it does.
  const made = new WeakMap<MerchantView | Snapshot, Map<Name, Rendered>>();

  function render(of: MerchantView | Snapshot, name: Name): Rendered {
    const known = made.get(of) ?? new Map<Name, Rendered>();
    made.set(of, known);
    const found = known.get(name);
    if (found) return found;
    const { about, listings } = "merchant" in of ? ofMerchant(of) : ofOrigin(of);
    const text = name === "llms.txt" ? renderLlms(about, listings) : renderOpenApi(about, listings);
    const etag = `"${sha256(text).toString("base64url")}"`;
    const rendered = { text, etag, bytes: Buffer.byteLength(text) };
    known.set(name, rendered);
    return rendered;
  }

  function ofMerchant(view: MerchantView): { about: About; listings: Listing[] } {
    const { name, slug } = view.merchant;
    return { about: { origin, title: name, base: `/pay/${slug}` }, listings: [listingOf(view, rails)] };
  }

  /** Test money is nobody's business but the merchant's, so the whole origin tells what is live. */
  function ofOrigin({ merchants }: Snapshot): { about: About; listings: Listing[] } {
    const isPublic = ({ mode }: { mode: string }) => mode === "live";
    const sorted = [...merchants].sort((a, b) => (a.merchant.slug < b.merchant.slug ? -1 : 1));
    const listings = sorted.map((view) => listingOf(view, rails, { isPublic }));
    return { about: { origin, title: new URL(origin).host, base: "" }, listings };
  }

  async function answer(request: Request, path: string): Promise<Response> {
    if (request.method === "OPTIONS") return preflight();
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw new Problem("method-not-allowed", "This document is read with GET.", {
        headers: { allow: "GET, HEAD, OPTIONS" },
      });
    }
    const { merchant, name } = place.exec(path)?.groups ?? {};
    const snapshot = await catalog.snapshot();
    const of = merchant === undefined ? snapshot : snapshot.findMerchant(merchant);
    if (!of || name === undefined) throw new Problem("not-found");
    const rendered = render(of, name as Name); // safe: the pattern names both documents and no other
    const headers = headersOf(name as Name, rendered);
    if (isKnown(request, rendered.etag)) {
      const { "content-length": _length, "content-type": _type, ...rest } = headers;
      return new Response(null, { status: 304, headers: rest });
    }
    return new Response(request.method === "HEAD" ? null : rendered.text, { headers });
  }

  return {
    owns: (path) => place.test(path),
    async handle(request, path = new URL(request.url).pathname) {
      try {
        return await answer(request, path);
      } catch (error) {
        if (!Problem.is(error)) log("error", "discovery.fault", { path, error: errorText(error) });
        const refusal = problemResponse(error, { headers: cors });
        return request.method === "HEAD" ? new Response(null, refusal) : refusal;
      }
    },
  };
}
