import type { Connector } from "@/lib/catalog";
import { errorText, newId } from "@/lib/kit";
import { logCall } from "../connectors/calls";
import type { ShopDeps } from "../deps";
import { hasCardNumber } from "../redact";
import { answeredOnce } from "./frozen";
import { authenticate, panRefused, readJson, readKey } from "./read";
import { type Answer, Refusal, refusalAnswer, refusalOf } from "./refusal";
import { matchRoute, type Route } from "./routes";

const base = "/api/processor/v1";

type Visit = Readonly<{ request: Request; url: URL; path: string; requestId: string }>;
type Heard = { connector?: Connector; path?: string; body?: unknown };

/** What a refusal tells; a fault of ours tells nothing and goes to the log. */
function told(deps: ShopDeps, error: unknown, { requestId, url }: Visit): Answer {
  const refusal = refusalOf(error);
  if (!refusal) deps.log("error", "shop.fault", { requestId, error: errorText(error) });
  const instance = hasCardNumber(url.pathname) ? base : url.pathname;
  const fault = new Refusal(
    "server_fault",
    "It is recorded under the request id. Ask again with the same key.",
  );
  return refusalAnswer(refusal ?? fault, { requestId, instance });
}

function routeOf({ request, path }: Visit): { id: string; route: Route } {
  const matched = matchRoute(path);
  if (!matched) throw new Refusal("not_found", "There is nothing at this address.");
  const route = Object.hasOwn(matched.methods, request.method) ? matched.methods[request.method] : undefined;
  if (route) return { id: matched.id, route };
  const allow = Object.keys(matched.methods).join(", ");
  throw new Refusal("method_not_allowed", `This address takes ${allow}.`, { allow });
}

/** Who asks → what for → with which key → done once. What was heard is noted on the way, for the list of calls. */
async function answer(deps: ShopDeps, visit: Visit, heard: Heard): Promise<Answer> {
  const { request, url, path, requestId } = visit;
  const connector = await authenticate(deps, request.headers);
  heard.connector = connector;
  const shown = [url.pathname, ...url.searchParams.values(), request.headers.get("idempotency-key") ?? ""];
  if (shown.some(hasCardNumber)) throw panRefused();
  heard.path = `${path}${url.search}`;
  if (!connector.enabled) throw new Refusal("connector_off", "This connector is switched off.");
  const { id, route } = routeOf(visit);
  const body = route.hasBody ? await readJson(request) : undefined;
  heard.body = body;
  const given = route.keyed ? readKey(request.headers, route.keyed.isNeeded) : url.searchParams.get("key");
  const about = { connector, requestId, id, body, key: given ?? "" };
  const run = (): Promise<Answer> => route.run(deps, about).catch((error) => told(deps, error, visit));
  if (!route.keyed || given === null) return await run();
  const where = { connectorId: connector.id, operation: route.keyed.operation, key: given };
  return await answeredOnce(deps, { ...where, path, body }, run);
}

function responseOf({ status, body, headers }: Answer, requestId: string): Response {
  const all = {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-request-id": requestId,
    ...headers,
  };
  return new Response(body, { status, headers: all });
}

/** `/api/processor/v1`: payments for any shop, over whichever rail. */
export async function handleRest(deps: ShopDeps, request: Request): Promise<Response> {
  const requestId = newId("rq");
  const url = new URL(request.url);
  const path = url.pathname.slice(base.length).replace(/\/$/, "");
  const visit = { request, url, path, requestId };
  const at = deps.clock.now();
  const begun = performance.now();
  const heard: Heard = {};
  const said = await answer(deps, visit, heard).catch((error) => told(deps, error, visit));
  if (heard.connector)
    await logCall(deps, {
      connectorId: heard.connector.id,
      at,
      method: request.method,
      path: heard.path ?? "/",
      status: said.status,
      durationMs: performance.now() - begun,
      requestId,
      request: heard.body ?? null,
      response: JSON.parse(said.body),
    });
  return responseOf(said, requestId);
}
