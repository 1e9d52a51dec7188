import type { Here } from "../shell/loaders";
import type { PreviewView } from "./view";

type Sold = Readonly<{ slug: string; listed: boolean; paused: boolean; callers: unknown }>;
type Told = Readonly<{ method: string; path: string; listed: boolean; paused: boolean }>;
type Paths = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const shapeOf = (path: string): string => path.replace(/\{[^}]*\}/g, "{}");

/** Why discovery is silent about an endpoint; `null` when it tells of it. */
function silence({ merchant }: Here, service: Sold, endpoint: Told): string | null {
  if (!merchant.listed) return "Discovery does not tell of this merchant.";
  if (service.callers !== null)
    return "A service with caller keys is private: discovery does not tell of it.";
  if (!service.listed || !endpoint.listed) return "It is not listed, so discovery does not tell of it.";
  return service.paused || endpoint.paused ? "It is paused, so discovery does not tell of it." : null;
}

/** What the merchant's `openapi.json` says of one endpoint, read from the document itself. */
export async function openapiOf(here: Here, service: Sold, endpoint: Told): Promise<PreviewView["openapi"]> {
  const silent = silence(here, service, endpoint);
  if (silent) return { text: null, note: silent };
  const { runtime, merchant } = here;
  const address = `/pay/${merchant.slug}/openapi.json`;
  const answer = await runtime.discovery.handle(new Request(runtime.env.publicOrigin + address), address);
  if (!answer.ok) return { text: null, note: "The document cannot be read right now." };
  const { paths } = (await answer.json()) as { paths: Paths }; // safe: our own document
  const shape = shapeOf(`/pay/${merchant.slug}/${service.slug}${endpoint.path}`);
  const method = endpoint.method.toLowerCase();
  const [template, item] =
    Object.entries(paths).find(([path, each]) => shapeOf(path) === shape && method in each) ?? [];
  if (!template || !item) return { text: null, note: "The document has no room to tell of it apart." };
  return {
    text: JSON.stringify({ [template]: { [method]: item[method] } }, null, 2),
    note: "As it is published in openapi.json, as saved.",
  };
}
