import { findCaller, type Service } from "@/lib/catalog";
import { Problem } from "@/lib/problems";
import { realmOf } from "@/lib/protocol";

/**
 * Who calls a service that hands out keys to its callers: the name of the key, or 401 before any price is named
 * (`contracts/mpp.md` §4). `null` for a service that asks nobody.
 */
export function callerOf(service: Service, request: Request, origin: string): string | null {
  if (!service.callers) return null;
  const [, token] = /^Bearer +([^\s,]+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  const name = token === undefined ? null : findCaller(service, token);
  if (name !== null) return name;
  throw new Problem(
    "unauthenticated",
    "This service is for callers it knows. Send the key you were given as Authorization: Bearer <key>; payments go in Payment-Authorization.",
    { headers: { "www-authenticate": `Bearer realm="${realmOf(origin)}"` } },
  );
}
