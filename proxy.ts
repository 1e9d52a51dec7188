import { type NextRequest, NextResponse } from "next/server";
import { needsSession, policyOf } from "./app/page-policy";

const sessionCookies = ["farebox.session", "__Host-farebox.session"];
const hostForm = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Gives every page its policy, and sends a browser without a session cookie to the sign-in page, to save it a round
 * trip. Whether a cookie is worth anything is for the page to find out: this redirects and never authorises.
 */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const isRead = request.method === "GET" || request.method === "HEAD";
  const isKnown = sessionCookies.some((name) => request.cookies.has(name));
  if (!isRead || isKnown || !needsSession(pathname)) return underPolicy(request);
  const signIn = new URL("/sign-in", request.url); // leaves as a path: Next drops an origin that is the request's own
  if (pathname !== "/") signIn.searchParams.set("next", `${pathname}${search}`);
  return NextResponse.redirect(signIn, 307);
}

/** Next reads the nonce from the request's own policy and writes it on the scripts of the page. */
function underPolicy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const named = request.headers.get("host") ?? "";
  const host = hostForm.test(named) ? named : "'none'"; // nothing but a host may stand in a policy
  const policy = policyOf({ pathname: request.nextUrl.pathname, host, nonce });
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("referrer-policy", "same-origin");
  response.headers.set("x-content-type-options", "nosniff");
  return response;
}

/** Every page, and no address that is sold or answers programs: those have headers of their own. */
export const config = {
  matcher: [
    "/((?!(?:pay|mcp|api|demo|_next)(?:/|$)|checkout/(?!payments/[^/]+$)[^/]+/|(?:checkout|livez|readyz|metrics|openapi\\.json|llms\\.txt|icon\\.svg)$).*)",
  ],
};
