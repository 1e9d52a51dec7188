import { type NextRequest, NextResponse } from "next/server";

const sessionCookies = ["farebox.session", "__Host-farebox.session"];

/**
 * Sends a browser without a session cookie to the sign-in page, to save it a round trip. Whether a cookie is worth
 * anything is for the page to find out: this redirects and never authorises.
 */
export function proxy(request: NextRequest): NextResponse {
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead || sessionCookies.some((name) => request.cookies.has(name))) return NextResponse.next();
  const { pathname, search } = request.nextUrl;
  const signIn = new URL("/sign-in", request.url); // leaves as a path: Next drops an origin that is the request's own
  if (pathname !== "/") signIn.searchParams.set("next", `${pathname}${search}`);
  return NextResponse.redirect(signIn, 307);
}

/** The dashboard's own pages by name, so that a sold address can never be among them. */
export const config = { matcher: ["/", "/m/:path*", "/account/:path*"] };
