import { redirect } from "next/navigation";
import { showAmount } from "@/lib/money";
import { payerMark, sampleOf, sampleText } from "@/lib/runtime";
import { labelOf, parametersOf } from "../endpoints/view";
import { addressBaseOf } from "../services/loaders";
import { examplePath } from "../shell/first-payment";
import { enter, type Here, type MerchantView } from "../shell/loaders";
import { type Address, readParameter, screenHref } from "../shell/view";
import type { TryItEndpoint, TryItView } from "./view";

type Service = NonNullable<ReturnType<MerchantView["services"]["get"]>>;
type Endpoint = Service["endpoints"][number];

const priceOf = ({ price, unit }: Endpoint): string => {
  if (!price) return "free";
  const amount = showAmount(price.amount, price.currency);
  return unit ? `${amount} per ${unit}` : amount;
};

/** What stands in a path at first: the description's own example, else a word that reads well. */
function sampleFor({ operation }: Endpoint, name: string): string {
  const described = operation?.parameters?.find((each) => each.in === "path" && each.name === name);
  return described?.schema === undefined ? examplePath(`{${name}}`) : sampleText(name, described.schema);
}

/** The parameters that a request cannot do without. */
function queryOf({ operation }: Endpoint): string {
  const needed = operation?.parameters?.filter((each) => each.in === "query" && each.required) ?? [];
  return new URLSearchParams(needed.map(({ name, schema }) => [name, sampleText(name, schema)])).toString();
}

function bodyOf({ method, operation }: Endpoint): string {
  if (!["POST", "PUT", "PATCH"].includes(method)) return "";
  const described = Object.entries(operation?.requestBody?.content ?? {});
  const json = described.find(([type]) => type.includes("json"))?.[1];
  if (!json) return "{}";
  return JSON.stringify(json.example ?? sampleOf(json.schema), null, 2);
}

function endpointOf(service: Service, endpoint: Endpoint, hasDemo: boolean): TryItEndpoint {
  const parameters = parametersOf(endpoint.path);
  return {
    id: endpoint.id,
    service: service.slug,
    method: endpoint.method,
    path: endpoint.path,
    label: `${labelOf(endpoint)}, ${priceOf(endpoint)}`,
    isFree: endpoint.free,
    canPay: hasDemo || endpoint.free,
    parameters,
    samples: Object.fromEntries(parameters.map((name) => [name, sampleFor(endpoint, name)])),
    query: queryOf(endpoint),
    body: bodyOf(endpoint),
  };
}

const hasDemo = ({ view, runtime }: Here, service: Service): boolean =>
  runtime.env.demo && service.rails.some((slug) => view.rails.get(slug)?.kind === "demo");

/** The services in test mode and what can be asked of them; live mode has no console. */
export async function loadTryIt(address: Address): Promise<TryItView> {
  const here = await enter(address, "config:write");
  const { merchant, mode } = here;
  const asked = readParameter(address.query, "endpoint");
  if (mode === "live") {
    redirect(screenHref({ merchant: merchant.slug, mode: "test" }, "try-it", { endpoint: asked }));
  }
  const services = [...here.view.services.values()]
    .filter((service) => service.mode === "test" && service.kind === "http" && service.endpoints.length > 0)
    .map((service) => ({
      slug: service.slug,
      title: service.title,
      endpoints: service.endpoints.map((endpoint) => endpointOf(service, endpoint, hasDemo(here, service))),
    }));
  const all = services.flatMap(({ endpoints }) => endpoints);
  const chosen = all.find(({ id }) => id === asked) ?? all.find(({ isFree }) => !isFree) ?? all[0];
  return {
    merchant: merchant.slug,
    services,
    chosen: chosen?.id ?? null,
    addressBase: addressBaseOf(here),
    receiptHref: here.href("receipts/{id}"),
    attemptHref: here.href("receipts/attempts/{id}"),
    newServiceHref: here.href("services/new"),
    payerMark,
  };
}
