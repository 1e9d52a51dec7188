import type { Endpoint, MerchantView, Service } from "@/lib/catalog";
import type { Visit } from "@/lib/gateway/deps";
import type { UpstreamDesk } from "@/lib/gateway/upstream-desk";
import { quietEndpoint, quietMerchant, quietService, quietUpstream } from "./quiet";

type Upstream = Service["upstream"];

/** A service of one merchant with the defaults of the configuration document. */
export function aService(
  upstream: Partial<Upstream> & { url: string },
  more: Partial<Service> = {},
): Service {
  return {
    id: "svc_api",
    merchantId: "mer_acme",
    slug: "api",
    title: "API",
    mode: "test",
    kind: "http",
    upstream: {
      ...quietUpstream,
      headers: {},
      secrets: [],
      timeoutMs: 5_000,
      ...upstream,
    },
    ...quietService,
    rails: [],
    endpoints: [],
    ...more,
  };
}

type SomeOfEndpoint = Partial<Omit<Endpoint, "options">> & { options?: Partial<Endpoint["options"]> };

export function anEndpoint(more: SomeOfEndpoint = {}): Endpoint {
  return {
    id: "ep_1",
    method: "GET",
    path: "/v1/{id}",
    shape: "/v1/{}",
    ...quietEndpoint,
    description: null,
    free: true,
    intent: "charge",
    unit: null,
    price: null,
    priceVersion: 0,
    prices: new Map(),
    ...more,
    options: {
      redeemableForSeconds: 60,
      bodyMaxBytes: 1_048_576,
      responseMaxBytes: 10_485_760,
      billable4xx: true,
      neverBilled: [],
      repeatable: false,
      paymentAuthorization: false,
      ...more.options,
    },
  };
}

export const aMerchant = (services: readonly Service[]): MerchantView => ({
  merchant: {
    id: "mer_acme",
    slug: "acme",
    name: "Acme",
    currency: "USD",
    timeZone: "UTC",
    isDemo: false,
    ...quietMerchant,
    keys: { current: "k1", all: [{ id: "k1", retiresAt: null }] },
  },
  services: new Map(services.map((service) => [service.slug, service])),
  rails: new Map(),
  connectors: new Map(),
});

type Given = Readonly<{
  service: Service;
  desk: UpstreamDesk;
  endpoint?: Endpoint;
  path?: string;
  query?: string | null;
  init?: RequestInit;
  body?: Uint8Array;
}>;

/** A request on its way through the gateway, past everything that finds and prices it. */
export function aVisit({ service, desk, endpoint = anEndpoint(), ...given }: Given): Visit {
  const { path = "/v1/7", query = null, init = {}, body = new Uint8Array() } = given;
  const target = `/pay/acme/api${path}${query === null ? "" : `?${query}`}`;
  const request = new Request(`http://farebox.test${target}`, init);
  return {
    request,
    arrival: undefined,
    requestId: "req_1",
    receivedAt: new Date(0),
    offering: {
      merchant: aMerchant([service]),
      service,
      endpoint,
      verb: request.method,
      path,
      query,
    },
    upstream: desk,
    caller: null,
    body,
    digest: null,
  };
}
