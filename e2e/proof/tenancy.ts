import { installRuntime } from "@/lib/runtime";
import type { Ground } from "./ground";
import type { Part, Try } from "./part";

/** Everybody asks for what is not theirs, at every address there is. */
async function tenancy(ground: Ground): Promise<Try> {
  const [{ openTenancy }, { tryPages }, { tryApi }] = await Promise.all([
    import("./tenancy-world"),
    import("./tenancy-pages"),
    import("./tenancy-api"),
  ]);
  installRuntime(ground.runtime);
  const world = await openTenancy(ground);
  const api = await tryApi(world);
  const pages = await tryPages(world);
  return {
    size: `${api.routes} routes, ${pages.loaders} loaders, ${pages.actions} actions`,
    counts: { calls: api.calls + pages.calls, "names of another merchant": world.other.names.length },
    violations: [...api.violations, ...pages.violations],
  };
}

export const tenancyParts: readonly Part[] = [
  { name: "tenancy", what: "what belongs to others", run: (ground) => tenancy(ground) },
];
