import type { FieldFault } from "@/lib/problems";
import { firstOfEach, isObject, listOf, placeOf, readPart, unstorable } from "./faults";
import { findKind, type RailKinds, readRail, type StoredRails } from "./read-rail";
import { type NamedRail, readService, type ServiceContext, type StoredHeaders } from "./read-service";
import { type ConfigDocument, Document, limits, Mode } from "./schema";

export type DocumentContext = Readonly<{
  railKinds: RailKinds;
  /** What is stored now, so that `{"$secret": null}` can keep it. */
  stored: Readonly<{ rails: StoredRails; headers: StoredHeaders }>;
}> &
  Pick<ServiceContext, "priceOnRails" | "checkAddress">;

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

/** Rails by name, as far as each could be read, for the services that name them. */
function namedRails(rails: readonly unknown[], kinds: RailKinds): Map<string, NamedRail> {
  const named = new Map<string, NamedRail>();
  for (const rail of rails) {
    const { id, kind, mode } = isObject(rail) ? rail : {};
    if (typeof id !== "string") continue;
    named.set(id, { slug: id, mode: Mode.safeParse(mode).data ?? null, kind: findKind(kinds, kind) });
  }
  return named;
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
    stored: context.stored.headers,
    priceOnRails: context.priceOnRails,
    checkAddress,
  };
  const services = serviceList.map((service, place) =>
    readService(service, serviceContext, { at: `services[${place}]`, faults }),
  );
  checkUnique(serviceList, "slug", { at: "services", faults });
  if (serviceList.flatMap((service) => listOf(service, "endpoints")).length > limits.endpoints) {
    faults.push({ path: "services", message: `Use at most ${limits.endpoints} endpoints in all services.` });
  }

  if (!document || faults.length > 0) return { ok: false, errors: firstOfEach(faults) };
  return {
    ok: true,
    document: {
      ...document,
      rails: rails.filter((rail) => rail !== null),
      services: services.filter((service) => service !== null),
    },
  };
}
