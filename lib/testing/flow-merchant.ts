import type { Endpoint, MerchantView, Service, Snapshot } from "@/lib/catalog";
import type { Flow } from "@/lib/conformance";
import { Money } from "@/lib/money";
import { quietEndpoint, quietMerchant, quietService, quietUpstream } from "./quiet";

const usd = { code: "USD", exponent: 2 };

/** One endpoint for each address of the flows, at the price its challenge has to ask. */
function endpointsOf(flows: readonly Flow[]): Endpoint[] {
  const sold = flows.filter(({ path, jsonRpc }) => !jsonRpc && path !== "/openapi.json");
  return sold.map(({ path, method = "GET", request }, place) => {
    const price = request
      ? { amount: Money.format(Money.of(BigInt(request.amount), usd)), currency: "USD" }
      : null;
    return {
      id: `ep_${place}`,
      method,
      path,
      shape: path,
      ...quietEndpoint,
      description: null,
      free: price === null,
      intent: "charge",
      unit: null,
      price,
      priceVersion: price === null ? 0 : 1,
      prices: new Map(price === null ? [] : [[1, price]]),
      options: {
        redeemableForSeconds: 86_400,
        bodyMaxBytes: 1_048_576,
        responseMaxBytes: 1_048_576,
        billable4xx: true,
        neverBilled: [],
        repeatable: false,
        paymentAuthorization: false,
      },
    };
  });
}

/** A catalogue of one merchant, `flows`, whose one service, `suite`, sells what the flows ask for. */
export function flowCatalog(flows: readonly Flow[]): { snapshot(): Promise<Snapshot> } {
  const service: Service = {
    id: "svc_suite",
    merchantId: "mer_flows",
    slug: "suite",
    title: "Flows",
    mode: "test",
    kind: "http",
    ...quietService,
    upstream: { url: "http://upstream.test", headers: {}, secrets: [], timeoutMs: 5_000, ...quietUpstream },
    rails: ["scripted"],
    endpoints: endpointsOf(flows),
  };
  const view: MerchantView = {
    merchant: {
      id: "mer_flows",
      slug: "flows",
      name: "Flows",
      currency: "USD",
      timeZone: "UTC",
      isDemo: false,
      ...quietMerchant,
      keys: { current: "k1", all: [{ id: "k1", retiresAt: null }] },
    },
    services: new Map([[service.slug, service]]),
    rails: new Map(),
    connectors: new Map(),
  };
  const snapshot: Snapshot = {
    version: 1n,
    merchants: [view],
    findMerchant: (slug) => (slug === "flows" ? view : null),
    findMerchantById: (id) => (id === "mer_flows" ? view : null),
    findByDomain: () => null,
  };
  return { snapshot: async () => snapshot };
}

/** The upstream behind those addresses: it counts its calls and repeats what it was sent. */
export function flowUpstream(): { fetch: typeof globalThis.fetch; calls(): readonly string[] } {
  const calls: string[] = [];
  return {
    calls: () => calls,
    async fetch(input, init) {
      const { pathname, search } = new URL(String(input));
      const body = init?.body ? Buffer.from(init.body as Uint8Array).toString() : null; // safe: the gateway sends bytes
      calls.push(pathname);
      if (pathname === "/charge/server-error") return new Response("It is broken.", { status: 500 });
      return Response.json({ call: calls.length, path: pathname, query: search, body });
    },
  };
}
