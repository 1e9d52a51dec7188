import type { Json } from "@/lib/db";
import { type ApplyDeps, applyDocument } from "./apply";
import { isObject } from "./faults";
import { hasMerchants, listMerchantRows, lockMerchant, moveUpstream } from "./store";

const upstreamPath = "/demo/upstream";
const demoSlug = "demo";

/** The merchant that an empty installation shows: a paid demo service in front of our own small upstream. */
const demoConfig = (origin: string) => ({
  version: 1,
  merchant: { slug: demoSlug, name: "Demo", currency: "USD", timeZone: "UTC" },
  rails: [{ id: "demo", kind: "demo", mode: "test", title: "Demo" }],
  services: [
    {
      slug: "weather",
      title: "Weather",
      mode: "test",
      kind: "http",
      upstream: { url: `${origin}${upstreamPath}` },
      rails: ["demo"],
      endpoints: [
        {
          method: "GET",
          path: "/v1/forecast/{city}",
          price: { amount: "0.01", currency: "USD" },
          description: "The forecast for a city",
        },
        {
          method: "GET",
          path: "/v1/stream/{city}",
          price: { amount: "0.02", currency: "USD" },
          description: "The forecast for a city, hour by hour, as server-sent events",
        },
        { method: "GET", path: "/v1/status", free: true, description: "Whether the service is up" },
      ],
    },
  ],
});

/** An address of our own demo upstream under an origin that this installation had before; `null` when it is none. */
function movedUpstream(upstream: unknown, origin: string): Json | null {
  const { url } = isObject(upstream) ? upstream : {};
  if (typeof url !== "string" || !URL.canParse(url)) return null;
  const isOurs = new URL(url).pathname === upstreamPath;
  if (!isOurs || url === `${origin}${upstreamPath}`) return null;
  return { ...(upstream as object), url: `${origin}${upstreamPath}` };
}

/**
 * Creates the demo merchant on an empty database, once however many processes start. On later starts its services
 * follow the installation to a new origin. Answers whether it was created now.
 */
export function seedDemo(deps: ApplyDeps, { origin }: { origin: string }): Promise<boolean> {
  return deps.database.transaction(async (store) => {
    await lockMerchant(store, demoSlug);
    if (!(await hasMerchants(store))) {
      const put = { actor: "system", mayCreate: true, isDemo: true };
      await applyDocument(deps, demoConfig(origin), put, store);
      return true;
    }
    const demos = (await listMerchantRows(store)).filter(({ isDemo }) => isDemo);
    for (const service of demos.flatMap(({ services }) => services)) {
      const upstream = movedUpstream(service.upstream, origin);
      if (upstream) await moveUpstream(store, service.id, upstream);
    }
    return false;
  });
}
