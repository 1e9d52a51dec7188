import { type NextRequest, NextResponse } from "next/server";

const sessionCookies = ["farebox.session", "__Host-farebox.session"];

/**
 * Sends a browser without a session cookie to the sign-in page, to save it a round trip. Whether a cookie is worth
 * anything is for the page to find out: this redirects and never authorises.
 */
export function proxy(request: NextRequest): NextResponse {
  if (request.nextUrl.pathname.startsWith("/checkout/")) return underPolicy(request);
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead || sessionCookies.some((name) => request.cookies.has(name))) return NextResponse.next();
  const { pathname, search } = request.nextUrl;
  const signIn = new URL("/sign-in", request.url); // leaves as a path: Next drops an origin that is the request's own
  if (pathname !== "/") signIn.searchParams.set("next", `${pathname}${search}`);
  return NextResponse.redirect(signIn, 307);
}

/** A page that takes money runs no script but its own, talks to nobody else, and stands in no frame. */
function underPolicy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("referrer-policy", "same-origin");
  return response;
}

/** The dashboard's own pages by name, so that a sold address can never be among them. */
export const config = { matcher: ["/", "/m/:path*", "/account/:path*", "/checkout/:id"] };
