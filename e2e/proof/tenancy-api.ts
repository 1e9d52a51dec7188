import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { systemClock } from "@/lib/kit";
import { origin } from "./ground";
import type { Caller, TenancyWorld } from "./tenancy-world";

type Handler = (request: Request, route: { params: Promise<unknown> }) => Promise<Response>;
type Route = Readonly<{ path: string; method: string; parameters: readonly string[]; handler: Handler }>;
type Answered = Readonly<{ status: number; text: string; asked: string }>;

const verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const root = resolve("app/api/v1");

/** Every handler of the management API, from the files themselves, so that a new one cannot be left out. */
async function findRoutes(): Promise<Route[]> {
  const files = (await readdir(root, { recursive: true })).filter((file) => /(^|\/)route\.ts$/.test(file));
  const routes: Route[] = [];
  for (const file of files.sort()) {
    const module = (await import(pathToFileURL(resolve(root, file)).href)) as Record<string, Handler>;
    const path = `/${file.replace(/\/?route\.ts$/, "")}`;
    const parameters = [...path.matchAll(/\[(?:\.\.\.)?(\w+)\]/g)].map(([, name]) => name ?? "");
    for (const method of verbs) {
      const handler = module[method];
      if (handler) routes.push({ path, method, parameters, handler });
    }
  }
  return routes;
}

async function ask(
  { path, method, parameters, handler }: Route,
  caller: Caller,
  { id = "none", query = "" }: { id?: string; query?: string } = {},
): Promise<Answered> {
  const address = `${path.replace(/\[[^\]]+\]/g, id)}${query}`;
  const isRead = method === "GET" || method === "HEAD";
  const body = JSON.stringify({ receiptId: id, reason: "tenancy" });
  const answer = await handler(
    new Request(`${origin}/api/v1${address}`, {
      method,
      headers: { ...caller.headers, "idempotency-key": `tenancy-${caller.name}-${address}` },
      ...(isRead ? {} : { body }),
    }),
    { params: Promise.resolve(Object.fromEntries(parameters.map((name) => [name, id]))) },
  );
  return { status: answer.status, text: await answer.text(), asked: address + body };
}

/**
 * Lets a minute pass whenever it is asked to: how often somebody may call is not what is examined here, and the calls of
 * one route stay below the limit of a minute. The clock goes back to the true time afterwards.
 */
async function inItsOwnMinutes<T>(work: (pass: () => void) => Promise<T>): Promise<T> {
  const { now } = systemClock;
  let passedMs = 0;
  Object.assign(systemClock, { now: () => new Date(now().getTime() + passedMs) });
  try {
    return await work(() => {
      passedMs += 60_000;
    });
  } finally {
    Object.assign(systemClock, { now });
  }
}

export type Tried = { calls: number; violations: string[] };

/** Every route for everybody who might ask: nothing of the other merchant, or of the other mode, answers. */
export const tryApi = (world: TenancyWorld): Promise<Tried & { routes: number }> =>
  inItsOwnMinutes((pass) => tryRoutes(world, pass));

async function tryRoutes(
  { own, other, callers }: TenancyWorld,
  pass: () => void,
): Promise<Tried & { routes: number }> {
  const tried: Tried = { calls: 0, violations: [] };
  const routes = await findRoutes();
  const answers = new Map<Route, number[]>();

  const hold = async (
    route: Route,
    caller: Caller,
    {
      allowed,
      secrets,
      ...how
    }: { allowed: readonly number[] | null; secrets: readonly string[]; id?: string; query?: string },
  ) => {
    const { status, text, asked } = await ask(route, caller, how);
    tried.calls += 1;
    const what = `${route.method} ${route.path}${how.query ?? ""} for ${how.id ?? "none"} by ${caller.name}`;
    if (status >= 500 || status === 429) tried.violations.push(`${what}: ${status}.`);
    else if (allowed && !allowed.includes(status))
      tried.violations.push(`${what}: ${status}, not ${allowed.join(" or ")}.`);
    const leaked = secrets.find((secret) => !asked.includes(secret) && text.includes(secret));
    if (leaked) tried.violations.push(`${what}: the answer holds ${leaked}.`);
    return status;
  };

  for (const route of routes) {
    pass();
    const isNone = route.path.includes("[...");
    const refused = (status: number) => (isNone ? [404] : [status]);
    const foreign = { secrets: other.names };
    const seen: number[] = [];
    seen.push(await hold(route, callers.own, { allowed: null, ...foreign }));
    for (const id of route.parameters.length > 0 ? own.names : [])
      seen.push(await hold(route, callers.own, { allowed: null, ...foreign, id }));
    answers.set(route, seen);

    const ids = route.parameters.length > 0 || route.method !== "GET" ? other.names : ["none"];
    for (const id of ids) {
      const isTheirs = route.parameters.length > 0;
      await hold(route, callers.own, { allowed: isTheirs ? [403, 404, 422] : null, ...foreign, id });
      await hold(route, callers.owner, {
        allowed: [404],
        ...foreign,
        id,
        query: `?merchant=${other.slug}`,
      });
    }
    await hold(route, callers.own, { allowed: [404], ...foreign, query: `?merchant=${other.slug}` });
    await hold(route, callers.own, { allowed: refused(403), ...foreign, query: "?mode=live" });
    await hold(route, callers.live, { allowed: null, secrets: [...other.names, ...ofTestMode(own.names)] });
    await hold(route, callers.live, { allowed: refused(403), ...foreign, query: "?mode=test" });
    await hold(route, callers.narrow, { allowed: refused(403), ...foreign });
    await hold(route, callers.nobody, { allowed: isNone ? [404] : [401], ...foreign });
    await hold(route, callers.unknown, { allowed: isNone ? [404] : [401], ...foreign });
    const query = `?merchant=${own.slug}`;
    const mayRead = route.method === "GET" ? null : refused(403);
    await hold(route, callers.viewer, { allowed: mayRead, ...foreign, query });
    await hold(route, callers.viewer, { allowed: [404], ...foreign, query: `?merchant=${other.slug}` });
  }
  for (const [route, seen] of answers) {
    const isNone = route.path.includes("[...");
    if (route.method === "GET" && !isNone && !seen.includes(200))
      tried.violations.push(`GET ${route.path} never answered its own merchant: nothing was tried.`);
  }
  return { ...tried, routes: routes.length };
}

/** What belongs to one mode: receipts, charges, refunds and events, not the merchant itself. */
export const ofTestMode = (names: readonly string[]): string[] =>
  names.filter((name) => /^(?:rc|ch|rf|evt|pg)_/.test(name));
