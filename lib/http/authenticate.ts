import { networkOf, type Who } from "@/lib/access";
import { Problem } from "@/lib/problems";
import type { DoorRuntime } from "./context";
import { refuseCrossSite } from "./same-origin";
import { addressOf, cookieName, memberOfToken } from "./session";

const challenge = { "www-authenticate": 'Bearer realm="farebox"' };

/** The cookie's value as it was set; ours hold no character that a browser would quote. */
function cookieOf(header: string | null, name: string): string | undefined {
  const line = header?.split(";").find((part) => part.trim().startsWith(`${name}=`));
  return line?.trim().slice(name.length + 1);
}

/** The key in `Authorization: Bearer …`; `null` when there is no such header. */
function bearerOf(headers: Headers): string | null {
  const header = headers.get("authorization");
  if (header === null) return null;
  const key = /^bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
  if (key) return key;
  throw new Problem("unauthenticated", "Send the key as: Authorization: Bearer fbx_…", {
    headers: challenge,
  });
}

/**
 * Who asks: whoever holds the key, or else the member whose session the browser sends along. A browser's request
 * counts only when our own pages made it.
 */
export async function authenticate(runtime: DoorRuntime, request: Request): Promise<Who> {
  const key = bearerOf(request.headers);
  if (key !== null) {
    const who = await runtime.access.authenticateKey(key);
    if (who) return who;
    const detail =
      "This key is unknown, has ended or has expired. Create one under Keys, or with npm run farebox -- create-key.";
    throw new Problem("unauthenticated", detail, { headers: challenge });
  }
  const token = cookieOf(request.headers.get("cookie"), cookieName("session", runtime.env.publicOrigin));
  const member = await memberOfToken(runtime, token);
  if (!member) throw new Problem("unauthenticated", undefined, { headers: challenge });
  refuseCrossSite(request, runtime.env.publicOrigin);
  return member;
}

/** The caller's network, as the audit names it. */
export const networkOfHeaders = (headers: Pick<Headers, "get">): string =>
  networkOf(addressOf(headers.get("x-forwarded-for")));
