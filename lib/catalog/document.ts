import { z } from "zod";
import type { FieldFault } from "@/lib/problems";
import { readConnector, type StoredConnectors } from "./connectors/read-connector";
import { domainsOf } from "./domains";
import { firstOfEach, isObject, listOf, placeOf, placeWithin, readPart, unstorable } from "./faults";
import { checkSecretPlaces, checkUrls } from "./kept";
import { findKind, type RailKind, type RailKinds, readRail, type StoredRails } from "./read-rail";
import { type NamedRail, readService, type ServiceContext, type StoredServices } from "./read-service";
import type { MerchantTerms } from "./readers";
import { type ConfigDocument, Document, type MerchantDocument } from "./schema";
import { limits, Mode } from "./schema-parts";

export type DocumentContext = Readonly<{
  railKinds: RailKinds;
  /** What is stored now, so that `{"$secret": null}` can keep it. */
  stored: Readonly<{ rails: StoredRails; services: StoredServices; connectors?: StoredConnectors }>;
  /** Why a host name cannot be bound here; `null` when it can. */
  checkDomain?: ((host: string) => string | null) | undefined;
}> &
  Pick<ServiceContext, "priceOnRails" | "readers" | "checkAddress">;

export type ReadDocument =
  | Readonly<{ ok: true; document: ConfigDocument }>
  | Readonly<{ ok: false; errors: readonly FieldFault[] }>;

function checkUnique(
  list: readonly unknown[],
  key: "id" | "slug",
  to: { at: string; faults: FieldFault[] },
): void {
  const seen = new Map<unknown, number>();
  for (const [place, item] of list.entries()) {
    const name = isObject(item) ? item[key] : undefined;
    if (typeof name !== "string") continue;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, place);
    else {
      const message = `${to.at}[${first}] is called "${name}" already.`;
      to.faults.push({ path: placeOf(to.at, [place, key]), message });
    }
  }
}

const Rates = z.record(z.string(), z.string());

const limitsWith =
  (kind: RailKind, settings: Record<string, unknown>): NamedRail["limitsOf"] =>
  (currency) =>
    kind.limitsOf?.(currency, settings) ?? null;

/** Rails by name, as far as each could be read, for the services that name them. */
function namedRails(rails: readonly unknown[], kinds: RailKinds): Map<string, NamedRail> {
  const named = new Map<string, NamedRail>();
  for (const rail of rails) {
    const { id, kind, mode, settings } = isObject(rail) ? rail : {};
    if (typeof id !== "string") continue;
    const rates = isObject(settings) ? Rates.safeParse(settings.rates).data : undefined;
    const known = findKind(kinds, kind);
    const limitsOf = known?.limitsOf && limitsWith(known, isObject(settings) ? settings : {});
    named.set(id, { slug: id, mode: Mode.safeParse(mode).data ?? null, kind: known, rates, limitsOf });
  }
  return named;
}

/** The merchant as cases are tried for it, its rates judged; `null` when something is wrong with them. */
function readMerchant(
  { currency, timeZone, rates }: MerchantDocument,
  { readers, checkAddress }: DocumentContext,
  faults: FieldFault[],
): MerchantTerms | null {
  if (rates === undefined) return { currency, timeZone, rates: null };
  const to = { at: "merchant.rates", faults };
  const before = faults.length;
  checkSecretPlaces(rates, () => false, to);
  checkUrls(rates, checkAddress, to);
  if (faults.length > before) return null;
  const reading = readers.readRates(rates);
  if (reading.ok) return { currency, timeZone, rates: reading.value };
  faults.push(...reading.faults.map(({ path, message }) => ({ path: placeWithin(to.at, path), message })));
  return null;
}

/** A host name leads to one place. */
function checkDomains(document: unknown, check: DocumentContext["checkDomain"], faults: FieldFault[]): void {
  const seen = new Map<string, string>();
  for (const [at, host] of domainsOf(document)) {
    const first = seen.get(host);
    const message = first ? `${first} is bound to it already.` : check?.(host);
    if (message) faults.push({ path: `${at}.domain`, message });
    if (!first) seen.set(host, at);
  }
}

/** The sum of what is told about operations has to fit into one document. */
function checkSizes(services: readonly unknown[], faults: FieldFault[]): void {
  const endpoints = services.flatMap((service) => listOf(service, "endpoints"));
  if (endpoints.length > limits.endpoints) {
    faults.push({ path: "services", message: `Use at most ${limits.endpoints} endpoints in all services.` });
  }
  const bytes = endpoints.reduce<number>((sum, endpoint) => {
    const { operation } = isObject(endpoint) ? endpoint : {};
    return operation === undefined ? sum : sum + Buffer.byteLength(JSON.stringify(operation));
  }, 0);
  if (bytes > limits.operationBytes) {
    const message = `"operation" of all endpoints has at most ${limits.operationBytes / 1024} KiB together.`;
    faults.push({ path: "services", message });
  }
}

/** Shops, held against the rails of the same document. */
function readConnectors(
  value: unknown,
  { stored, checkAddress }: DocumentContext,
  { rails, faults }: { rails: ReadonlyMap<string, NamedRail>; faults: FieldFault[] },
): ConfigDocument["connectors"] {
  const list = listOf(value, "connectors");
  const railModes = new Map([...rails].map(([slug, { mode }]) => [slug, mode]));
  const context = { railModes, stored: stored.connectors ?? new Map(), checkAddress };
  checkUnique(list, "id", { at: "connectors", faults });
  return list
    .map((item, place) => readConnector(item, context, { at: `connectors[${place}]`, faults }))
    .filter((connector) => connector !== null);
}

/**
 * Reads a configuration document: the whole document with its secrets known, or everything that is wrong with it at
 * once. Each part is read on its own, so one bad part hides no other.
 */
export function readDocument(value: unknown, context: DocumentContext): ReadDocument {
  const faults = unstorable(value, "");
  if (faults.length > 0) return { ok: false, errors: faults };

  const document = readPart(Document, value, { at: "", faults });
  const railList = listOf(value, "rails");
  const serviceList = listOf(value, "services");

  const { checkAddress } = context;
  const railContext = { kinds: context.railKinds, stored: context.stored.rails, checkAddress };
  const rails = railList.map((rail, place) => readRail(rail, railContext, { at: `rails[${place}]`, faults }));
  checkUnique(railList, "id", { at: "rails", faults });

  const serviceContext = {
    rails: namedRails(railList, context.railKinds),
    stored: context.stored.services,
    priceOnRails: context.priceOnRails,
    readers: context.readers,
    merchant: document && readMerchant(document.merchant, context, faults),
    checkAddress,
  };
  const services = serviceList.map((service, place) =>
    readService(service, serviceContext, { at: `services[${place}]`, faults }),
  );
  checkUnique(serviceList, "slug", { at: "services", faults });
  checkSizes(serviceList, faults);
  const connectors = readConnectors(value, context, { rails: serviceContext.rails, faults });
  checkDomains(value, context.checkDomain, faults);

  if (!document || faults.length > 0) return { ok: false, errors: firstOfEach(faults) };
  return {
    ok: true,
    document: {
      ...document,
      rails: rails.filter((rail) => rail !== null),
      services: services.filter((service) => service !== null),
      connectors,
    },
  };
}
