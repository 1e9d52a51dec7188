import { Problem } from "@/lib/problems";
import { type ApplyDeps, applyEdit, type By, type Changed } from "./apply";
import { type ConnectorEdits, connectorEdits } from "./connectors/edits";
import { drop, keepName, placeOfItem, put } from "./edit-parts";
import { isObject } from "./faults";
import { keepSecrets } from "./kept";
import { endpointKey } from "./rows";
import type { ConfigDocument, EndpointDocument, MerchantDocument, ServiceDocument } from "./schema";

export type EndpointName = Readonly<{ method: string; path: string }>;

export type EndpointPatch = Readonly<{ name: EndpointName; patch: unknown }>;
type Patch<T> = { readonly [K in keyof T]?: T[K] | null };

/** Writes of single objects, for the dashboard. Fault paths are relative to the object that was sent. */
export type Edits = Readonly<{
  /** Keys that are left out stay as they are; `null` takes one away. */
  saveMerchant(merchant: string, values: Patch<Omit<MerchantDocument, "slug">>, by: By): Promise<Changed>;
  /** A service as the document writes it. */
  createService(merchant: string, service: unknown, by: By): Promise<Changed>;
  /** The whole service; without an `endpoints` key its endpoints stay as they are. */
  updateService(merchant: string, slug: string, service: unknown, by: By): Promise<Changed>;
  /** Some keys of a service, and of its `upstream`: those left out stay, `null` takes one away. */
  reviseService(merchant: string, slug: string, patch: unknown, by: By): Promise<Changed>;
  deleteService(merchant: string, slug: string, by: By): Promise<Changed>;
  /** A new endpoint, or the one that takes the place of `replaces`. */
  saveEndpoint(
    merchant: string,
    service: string,
    edit: { endpoint: unknown; replaces?: EndpointName | undefined },
    by: By,
  ): Promise<Changed>;
  /** Some keys of an endpoint: those left out stay, `null` takes one away. */
  reviseEndpoint(merchant: string, service: string, edit: EndpointPatch, by: By): Promise<Changed>;
  deleteEndpoint(merchant: string, service: string, endpoint: EndpointName, by: By): Promise<Changed>;
  createRail(merchant: string, rail: unknown, by: By): Promise<Changed>;
  updateRail(merchant: string, slug: string, rail: unknown, by: By): Promise<Changed>;
  deleteRail(merchant: string, slug: string, by: By): Promise<Changed>;
}> &
  ConnectorEdits;

const servicePlace = ({ services }: ConfigDocument, slug: string) =>
  placeOfItem(services, (service) => service.slug === slug, `service "${slug}"`);

const railPlace = ({ rails }: ConfigDocument, slug: string) =>
  placeOfItem(rails, (rail) => rail.id === slug, `rail "${slug}"`);

function endpointPlace(config: ConfigDocument, service: number, endpoint: EndpointName): number {
  const { endpoints = [] } = config.services[service] ?? {};
  const key = endpointKey(endpoint);
  const name = `endpoint ${endpoint.method} ${endpoint.path}`;
  return placeOfItem(endpoints, (other) => endpointKey(other) === key, name);
}

/** What was, with the keys that are given; `null` takes one away. */
function patched(before: object, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  return Object.fromEntries(Object.entries({ ...before, ...patch }).filter(([, value]) => value !== null));
}

/** Secrets of the object that is replaced, which may have had another name. */
const keptOf = (value: unknown, before: unknown) => keepSecrets(value, before, { at: "", faults: [] });

/** The document with other endpoints in one service. */
function withEndpoints(config: ConfigDocument, place: number, endpoints: readonly unknown[]): unknown {
  return { ...config, services: put(config.services, place, { ...config.services[place], endpoints }) };
}

const endpointsOf = ({ services }: ConfigDocument, place: number) => services[place]?.endpoints ?? [];

function withoutRail(config: ConfigDocument, slug: string): unknown {
  const place = railPlace(config, slug);
  const users = config.services.filter(({ rails }) => rails.includes(slug)).map((service) => service.slug);
  const shops = config.connectors
    .filter(({ methods }) => methods.some(({ rail }) => rail === slug))
    .map(({ id }) => id);
  const refuse = (what: string, names: string[]) => {
    if (names.length === 0) return;
    const detail = `These ${what} still name it: ${names.join(", ")}. Take it off them first.`;
    throw new Problem("conflict", detail);
  };
  refuse("services", users);
  refuse("connectors", shops);
  return { ...config, rails: drop(config.rails, place) };
}

function replaceService(
  deps: ApplyDeps,
  [merchant, slug]: readonly [merchant: string, slug: string],
  { make, actor }: By & Readonly<{ make(before: ServiceDocument | undefined): unknown }>,
): Promise<Changed> {
  return applyEdit(deps, merchant, {
    actor,
    next(config) {
      const place = servicePlace(config, slug);
      return { ...config, services: put(config.services, place, make(config.services[place])) };
    },
    at: (config) => `services[${servicePlace(config, slug)}]`,
  });
}

type ServiceEdits = Pick<Edits, "createService" | "updateService" | "reviseService" | "deleteService">;

const serviceEdits = (deps: ApplyDeps): ServiceEdits => ({
  createService: (merchant, service, { actor }) =>
    applyEdit(deps, merchant, {
      actor,
      next: (config) => ({ ...config, services: [...config.services, service] }),
      at: ({ services }) => `services[${services.length}]`,
    }),
  updateService: (merchant, slug, service, { actor }) =>
    replaceService(deps, [merchant, slug], {
      actor,
      make(before) {
        const named = keepName(service, "slug", slug);
        return isObject(named) ? { endpoints: before?.endpoints ?? [], ...named } : named;
      },
    }),
  reviseService: (merchant, slug, patch, { actor }) =>
    replaceService(deps, [merchant, slug], {
      actor,
      make(before) {
        const named = keepName(patch, "slug", slug);
        if (!isObject(named) || !before || !("upstream" in named)) return patched(before ?? {}, named);
        return patched(before, { ...named, upstream: patched(before.upstream, named.upstream) });
      },
    }),
  deleteService: (merchant, slug, { actor }) =>
    applyEdit(deps, merchant, {
      actor,
      next: (config) => ({ ...config, services: drop(config.services, servicePlace(config, slug)) }),
      at: () => "",
    }),
});

type EndpointEdit = Readonly<{
  replaces?: EndpointName | undefined;
  make(before: EndpointDocument | undefined): unknown;
}>;

function saveEndpoint(
  deps: ApplyDeps,
  [merchant, service]: readonly [merchant: string, service: string],
  { make, replaces, actor }: EndpointEdit & By,
): Promise<Changed> {
  const locate = (config: ConfigDocument) => {
    const place = servicePlace(config, service);
    const endpoints = endpointsOf(config, place);
    return { place, endpoints, slot: replaces ? endpointPlace(config, place, replaces) : endpoints.length };
  };
  return applyEdit(deps, merchant, {
    actor,
    next(config) {
      const { place, endpoints, slot } = locate(config);
      const before = endpoints[slot];
      return withEndpoints(config, place, put(endpoints, slot, keptOf(make(before), before)));
    },
    at(config) {
      const { place, slot } = locate(config);
      return `services[${place}].endpoints[${slot}]`;
    },
  });
}

type EndpointEdits = Pick<Edits, "saveEndpoint" | "reviseEndpoint" | "deleteEndpoint">;

const endpointEdits = (deps: ApplyDeps): EndpointEdits => ({
  saveEndpoint: (merchant, service, { endpoint, replaces }, { actor }) =>
    saveEndpoint(deps, [merchant, service], { replaces, make: () => endpoint, actor }),
  reviseEndpoint: (merchant, service, { name, patch }, { actor }) =>
    saveEndpoint(deps, [merchant, service], {
      replaces: name,
      make: (before) => patched(before ?? {}, patch),
      actor,
    }),
  deleteEndpoint: (merchant, service, endpoint, { actor }) =>
    applyEdit(deps, merchant, {
      actor,
      next(config) {
        const place = servicePlace(config, service);
        const slot = endpointPlace(config, place, endpoint);
        return withEndpoints(config, place, drop(endpointsOf(config, place), slot));
      },
      at: () => "",
    }),
});

const railEdits = (deps: ApplyDeps): Pick<Edits, "createRail" | "updateRail" | "deleteRail"> => ({
  createRail: (merchant, rail, { actor }) =>
    applyEdit(deps, merchant, {
      actor,
      next: (config) => ({ ...config, rails: [...config.rails, rail] }),
      at: ({ rails }) => `rails[${rails.length}]`,
    }),
  updateRail: (merchant, slug, rail, { actor }) =>
    applyEdit(deps, merchant, {
      actor,
      next: (config) => ({
        ...config,
        rails: put(config.rails, railPlace(config, slug), keepName(rail, "id", slug)),
      }),
      at: (config) => `rails[${railPlace(config, slug)}]`,
    }),
  deleteRail: (merchant, slug, { actor }) =>
    applyEdit(deps, merchant, { actor, next: (config) => withoutRail(config, slug), at: () => "" }),
});

export const createEdits = (deps: ApplyDeps): Edits => ({
  saveMerchant: (slug, values, { actor }) =>
    applyEdit(deps, slug, {
      actor,
      next: (config) => ({ ...config, merchant: patched(config.merchant, { ...values, slug }) }),
      at: () => "merchant",
    }),
  ...serviceEdits(deps),
  ...endpointEdits(deps),
  ...railEdits(deps),
  ...connectorEdits(deps),
});
