import { isObject, listOf } from "./faults";

/** Host names of a document, each with the part that it is bound to. */
export function domainsOf(document: unknown): [at: string, host: string][] {
  const { merchant } = isObject(document) ? document : {};
  const services = listOf(document, "services").map(
    (service, place) => [`services[${place}]`, service] as const,
  );
  return [["merchant", merchant] as const, ...services].flatMap(([at, part]) =>
    isObject(part) && typeof part.domain === "string" ? [[at, part.domain] as [string, string]] : [],
  );
}
