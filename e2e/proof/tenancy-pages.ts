import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { origin } from "./ground";
import { inRequest } from "./next-request";
import { ofTestMode, type Tried } from "./tenancy-api";
import type { Caller, Side, TenancyWorld } from "./tenancy-world";

type Loader = (...given: unknown[]) => Promise<unknown>;
type Found = Readonly<{ name: string; run: Loader }>;

const root = resolve("lib/dashboard");

async function exportsOf(
  file: "loaders.ts" | "actions.ts",
  isWanted: (name: string) => boolean,
): Promise<Found[]> {
  const rooms = await readdir(root, { recursive: true });
  const found: Found[] = [];
  for (const path of rooms.filter((each) => each.endsWith(`/${file}`)).sort()) {
    const module = (await import(pathToFileURL(resolve(root, path)).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (typeof value === "function" && isWanted(name))
        found.push({ name: `${path.split("/")[0]}.${name}`, run: value as Loader }); // safe: it is a function
    }
  }
  return found;
}

/** How a page ended: with what it shows, or with how Next was told to leave it. */
async function open(caller: Caller, run: () => Promise<unknown>): Promise<{ end: string; text: string }> {
  try {
    const view = await inRequest({ origin, ...caller.headers }, run);
    const text = JSON.stringify(view, (_, value) => (typeof value === "bigint" ? String(value) : value));
    return { end: "shown", text: text ?? "" };
  } catch (error) {
    const { digest = "", slug = "", message } = error as { digest?: string; slug?: string; message: string };
    if (digest.startsWith("NEXT_REDIRECT")) return { end: "redirect", text: digest };
    if (digest.startsWith("NEXT_HTTP_ERROR_FALLBACK;404")) return { end: "not-found", text: "" };
    return { end: slug || `fault: ${message}`, text: "" };
  }
}

/** Pages without sign-in: what is sold, and what an address that cannot be guessed leads to. Their own tests hold them. */
const isForAnybody = (name: string): boolean =>
  /^(?:catalogue|checkout|payment-page|public-receipt)\./.test(name);

/** Every loader of the dashboard and every action: a member of one merchant meets nothing of another. */
export async function tryPages(world: TenancyWorld): Promise<Tried & { loaders: number; actions: number }> {
  const tried: Tried = { calls: 0, violations: [] };
  const loaders = await exportsOf("loaders.ts", (name) => name.startsWith("load"));
  const actions = await exportsOf("actions.ts", () => true);
  for (const loader of loaders.filter(({ name }) => !isForAnybody(name)))
    await tryLoader(world, loader, tried);
  for (const action of actions) await tryAction(world, action, tried);
  return { ...tried, loaders: loaders.length, actions: actions.length };
}

/** What a loader takes behind the address: nothing, one thing of the merchant's, or a service and a thing of it. */
function thingsFor({ name, run }: Found, side: Side, services: readonly string[]): unknown[][] {
  if (name === "shell.loadShell") return [[{ breadcrumb: [] }]];
  if (run.length < 2) return [[]];
  if (run.length === 2) return [...side.names, ...services, "demo"].map((thing) => [thing]);
  return services.flatMap((service) => side.names.map((thing) => [service, thing]));
}

async function tryLoader({ own, other, callers }: TenancyWorld, loader: Found, tried: Tried) {
  const isEntry = loader.name.startsWith("entry."); // signing in and setting up are about no merchant
  const hold = async (
    caller: Caller,
    slug: string,
    { mode = "test", things = [], allowed = null }: Visit,
  ): Promise<string> => {
    const address = { merchant: slug, path: loader.name, query: { mode } };
    const { end, text } = await open(caller, () => loader.run(...(isEntry ? [] : [address]), ...things));
    tried.calls += 1;
    const what = `${loader.name} of ${slug} with ${JSON.stringify(things)} by ${caller.name}`;
    if (end.startsWith("fault")) tried.violations.push(`${what}: ${end}.`);
    if (allowed && !isEntry && !allowed.includes(end))
      tried.violations.push(`${what}: ${end}, not ${allowed.join(" or ")}.`);
    const secrets = mode === "live" ? [...other.names, ...ofTestMode(own.names)] : other.names;
    const leaked = secrets.find(
      (secret) => !things.includes(secret) && secret !== slug && text.includes(secret),
    );
    if (leaked) tried.violations.push(`${what}: the page holds ${leaked}.`);
    return end;
  };
  const ends = new Set<string>();
  for (const things of thingsFor(loader, own, [own.service]))
    ends.add(await hold(callers.owner, own.slug, { things }));
  const [first = []] = thingsFor(loader, own, [own.service]);
  for (const things of thingsFor(loader, other, [own.service, other.service])) {
    const isTheirs = things.some((thing) => other.names.includes(String(thing)));
    if (isTheirs) await hold(callers.owner, own.slug, { things, allowed: ["not-found", "redirect"] });
    await hold(callers.owner, other.slug, { things, allowed: ["not-found"] });
  }
  await hold(callers.owner, own.slug, { things: first, mode: "live" });
  await hold(callers.viewer, own.slug, { things: first });
  await hold(callers.viewer, other.slug, { things: first, allowed: ["not-found"] });
  await hold(callers.nobody, own.slug, { things: first, allowed: ["redirect"] });
  if (!isEntry && !ends.has("shown"))
    tried.violations.push(`${loader.name} showed its own merchant nothing (${[...ends].join(", ")}).`);
}

type Visit = Readonly<{ mode?: string; things?: readonly unknown[]; allowed?: readonly string[] | null }>;

async function tryAction({ own, other, callers }: TenancyWorld, { name, run }: Found, tried: Tried) {
  if (name.startsWith("entry.") || name === "account.leave" || isForAnybody(name)) return; // about no merchant
  for (const [caller, slug, code] of [
    [callers.owner, other.slug, "not-found"],
    [callers.nobody, own.slug, "unauthenticated"],
  ] as const) {
    tried.calls += 1;
    const { end, text } = await open(caller, () => run({ merchant: slug }));
    if (end !== "shown" || !text.includes(`"code":"${code}"`))
      tried.violations.push(
        `${name} of ${slug} by ${caller.name}: ${end} ${text.slice(0, 200)}, not ${code}.`,
      );
  }
}
