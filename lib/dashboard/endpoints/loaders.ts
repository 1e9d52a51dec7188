import { notFound } from "next/navigation";
import { addressBaseOf, crumbsOf, type Entered, enterService, priceText } from "../services/loaders";
import type { Here } from "../shell/loaders";
import type { Address, Crumb } from "../shell/view";
import { openapiOf } from "./openapi";
import { quoteFor } from "./quote";
import { versionRows } from "./versions";
import {
  type DecodedChallenge,
  type EndpointDraft,
  type EndpointFormView,
  emptyEndpoint,
  endpointDraft,
  labelOf,
  type PreviewView,
} from "./view";

type Live = NonNullable<Entered["live"]>;
type Previewed = Awaited<ReturnType<Here["runtime"]["preview"]["unpaid"]>>;

/** Codes a price can be written in: what the service's rails settle, the merchant's own and the one in use. */
function currenciesOf({ here, service, config }: Entered, inUse: string): string[] {
  const codes = service.rails.flatMap((slug) => {
    const kind = config.rails.find(({ id }) => id === slug)?.kind;
    const { currencies = [] } = (kind && here.runtime.rails.kinds[kind]) || {};
    return currencies === "any" ? everyday : currencies.map(({ code }) => code);
  });
  return [...new Set([...codes, here.merchant.currency, inUse])].sort();
}

const everyday = ["USD", "EUR", "GBP", "CHF", "JPY", "BRL", "SAT"];

function hasSessions({ here, service, config }: Entered): boolean {
  const kinds = config.rails.filter(({ id }) => service.rails.includes(id)).map(({ kind }) => kind);
  return kinds.some((kind) => here.runtime.rails.kinds[kind]?.sessions);
}

const written = (value: unknown): string => JSON.stringify(value, null, 2);

function decoded({ parameters, request, opaque }: Previewed["decoded"][number]): DecodedChallenge {
  const named = new Map(parameters);
  const parts = [...named].filter(([name]) => name !== "method").map(([name, value]) => ({ name, value }));
  return {
    method: named.get("method") ?? "",
    parts: [
      ...parts,
      { name: "request", value: written(request) },
      ...(opaque ? [{ name: "opaque", value: written(opaque) }] : []),
    ],
  };
}

async function previewOf(entered: Entered, live: Live, id: string): Promise<PreviewView | null> {
  const { here } = entered;
  const endpoint = live.endpoints.find((each) => each.id === id);
  if (!endpoint || endpoint.free) return null;
  const answer = await here.runtime.preview.unpaid(here.merchant.slug, live, endpoint);
  const { status, text, changing } = answer;
  const openapi = await openapiOf(here, live, endpoint);
  return { status: String(status), text, changing, challenges: answer.decoded.map(decoded), openapi };
}

/** Every price the endpoint has had, with the names of the members who saved them. */
async function versionsOf({ here }: Entered, id: string) {
  const { runtime, merchant } = here;
  const [versions, members] = await Promise.all([
    runtime.catalog.listPriceVersions(id),
    runtime.access.listMembers(merchant.id),
  ]);
  const names = new Map(members.map((member) => [`member:${member.id}`, member.name ?? member.email]));
  return versionRows(versions, { zone: merchant.timeZone, names });
}

async function formOf(entered: Entered, live: Live, draft: EndpointDraft) {
  const { here, service } = entered;
  const kinds = service.rails.map((slug) => here.view.rails.get(slug)?.kind);
  return {
    merchant: here.merchant.slug,
    service: service.slug,
    mode: service.mode,
    addressBase: addressBaseOf(here) + service.slug,
    draft,
    currencies: currenciesOf(entered, draft.currency),
    hasSessions: hasSessions(entered),
    quote: await quoteFor(here.runtime.preview, here.view, { sold: live, asked: draft }),
    canPayHere: kinds.includes("demo"),
    timeZone: here.merchant.timeZone,
    callers: live.callers?.keys.map(({ name }) => name) ?? [],
    mayWrite: here.may("config:write"),
  };
}

/** Where it can be tried: with test money, by whoever may. */
const tryItHref = ({ here, service }: Entered, endpoint: string): string | null =>
  service.mode === "test" && here.may("config:write") ? here.href("try-it", { endpoint }) : null;

type Page = Readonly<{
  form: EndpointFormView;
  crumbs: readonly Crumb[];
  listHref: string;
  serviceHref: string;
  label: string;
  /** What it is called, where it has a name. */
  name: string | null;
}>;

export async function loadEndpoint(address: Address, slug: string, id: string): Promise<Page> {
  const entered = await enterService(address, slug);
  const { here, service, live } = entered;
  const known = live?.endpoints.find((each) => each.id === id);
  const document =
    known && service.endpoints.find(({ method, path }) => method === known.method && path === known.path);
  if (!live || !known || !document) notFound();
  const form = await formOf(entered, live, endpointDraft(document, here.merchant.currency));
  const price = document.price ? priceText(document) : null;
  return {
    form: {
      ...form,
      stored: { method: known.method, path: known.path, price, priceVersion: known.priceVersion },
      preview: await previewOf(entered, live, id),
      versions: await versionsOf(entered, id),
      tryItHref: tryItHref(entered, id),
    },
    crumbs: crumbsOf(entered, [{ label: labelOf(known), isMono: true }]),
    listHref: here.href("services"),
    serviceHref: here.href(`services/${slug}`),
    label: labelOf(known),
    name: known.title ?? known.description,
  };
}

export async function loadNewEndpoint(address: Address, slug: string): Promise<Page> {
  const entered = await enterService(address, slug);
  const { here, service, live } = entered;
  if (!live) notFound();
  const used = service.endpoints.find(({ price }) => price)?.price?.currency;
  const form = await formOf(entered, live, emptyEndpoint(used ?? here.merchant.currency));
  return {
    form: { ...form, stored: null, preview: null, versions: [], tryItHref: null },
    crumbs: crumbsOf(entered, [{ label: "New endpoint" }]),
    listHref: here.href("services"),
    serviceHref: here.href(`services/${slug}`),
    label: "New endpoint",
    name: null,
  };
}
