import { showAmount } from "@/lib/money";

type SoldEndpoint = Readonly<{
  method: string;
  path: string;
  free: boolean;
  intent: string;
  price: { amount: string; currency: string } | null;
}>;
type SoldService = Readonly<{
  slug: string;
  title: string;
  mode: string;
  kind: string;
  rails: readonly string[];
  endpoints: readonly SoldEndpoint[];
}>;
type Seller = Readonly<{ origin: string; merchant: string; services: Iterable<SoldService> }>;

const examples: Readonly<Record<string, string>> = { city: "berlin", id: "1" };

/** A path that can be asked for: each parameter has an example in its place. */
export const examplePath = (pattern: string): string =>
  pattern
    .replace(/\{([^}.]+)(?:\.\.\.)?\}/g, (_, name: string) => examples[name] ?? name)
    .replace(/\*+/g, "example");

/** The command that makes a first payment in test mode; `null` while nothing is priced that it could pay for. */
export function findFirstPayment({ origin, merchant, services }: Seller) {
  for (const service of services) {
    if (service.mode !== "test" || service.kind !== "http" || service.rails.length === 0) continue;
    const endpoint = service.endpoints.find(
      ({ method, free, intent, price }) => method === "GET" && !free && intent === "charge" && price,
    );
    if (!endpoint?.price) continue;
    const address = `${origin}/pay/${merchant}/${service.slug}${examplePath(endpoint.path)}`;
    return {
      command: `npm run farebox -- pay ${address}`,
      price: showAmount(endpoint.price.amount, endpoint.price.currency),
      service: service.title,
    };
  }
  return null;
}
