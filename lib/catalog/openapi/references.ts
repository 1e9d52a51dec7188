import { isObject } from "../faults";

const hopsMax = 20;

/** `~1` is a slash and `~0` a tilde (RFC 6901); in a fragment, more may be percent-encoded. */
function stepsOf(reference: string): string[] | null {
  try {
    const pointer = decodeURIComponent(reference.slice(1));
    if (pointer === "") return [];
    if (!pointer.startsWith("/")) return null;
    return pointer
      .slice(1)
      .split("/")
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  } catch {
    return null;
  }
}

const stepInto = (value: unknown, step: string): unknown => {
  if (Array.isArray(value)) return /^\d+$/.test(step) ? value[Number(step)] : undefined;
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
};

/** The reference that a value is, if it is one. */
export const referenceOf = (value: unknown): string | null =>
  isObject(value) && typeof value.$ref === "string" ? value.$ref : null;

/** What a value says, references within the same document followed; `undefined` when one leads nowhere. */
export function follow(root: unknown, value: unknown): unknown {
  let found = value;
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const reference = referenceOf(found);
    if (reference === null) return found;
    const steps = reference.startsWith("#") ? stepsOf(reference) : null;
    if (steps === null) return undefined;
    found = steps.reduce<unknown>(stepInto, root);
  }
  return undefined;
}
