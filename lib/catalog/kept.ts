import { complain, isObject, readPart, type To, under } from "./faults";
import { Secret } from "./schema-parts";
import { isSecret } from "./secrets";

/** Items of a list are known by their names, so that moving one keeps its secrets. */
function partnerOf(item: unknown, place: number, stored: unknown): unknown {
  if (!Array.isArray(stored)) return undefined;
  if (!isObject(item)) return stored[place];
  const key = "id" in item ? "id" : "name";
  if (!(key in item)) return stored[place];
  return stored.find((other) => isObject(other) && other[key] === item[key]);
}

/** The tree with each `{"$secret": null}` replaced by what is stored at the same place of the same kind of thing. */
export function keepSecrets(value: unknown, stored: unknown, to: To): unknown {
  if (isSecret(value)) {
    if (value.$secret !== null) return value;
    if (isSecret(stored) && stored.$secret !== null) return stored;
    complain(to, 'Nothing readable is stored to be kept; write {"$secret": "…"}.');
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item, place) => keepSecrets(item, partnerOf(item, place, stored), under(to, place)));
  }
  if (!isObject(value)) return value;
  const isOfKind = isObject(stored) && stored.kind === value.kind;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      keepSecrets(item, isOfKind && Object.hasOwn(stored, key) ? stored[key] : undefined, under(to, key)),
    ]),
  );
}

/** Secrets stand where `isPlace` says and nowhere else; there, nothing but a secret stands. */
export function checkSecretPlaces(
  tree: unknown,
  isPlace: (steps: readonly PropertyKey[]) => boolean,
  to: To,
): void {
  const check = (value: unknown, steps: readonly PropertyKey[]): void => {
    const here = under(to, ...steps);
    if (isPlace(steps)) {
      if (!isSecret(value)) complain(here, 'Write {"$secret": "…"}; a secret is never taken as plain text.');
      else readPart(Secret, value, here);
    } else if (isObject(value) && "$secret" in value) {
      complain(here, "This is no secret; write the value itself.");
    } else if (Array.isArray(value)) {
      for (const [place, item] of value.entries()) check(item, [...steps, place]);
    } else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) check(item, [...steps, key]);
    }
  };
  check(tree, []);
}

/** Every `url` below here obeys the same guard as an upstream's (`security.md` EG6). */
export function checkUrls(value: unknown, checkAddress: (url: string) => string | null, to: To): void {
  if (Array.isArray(value)) {
    for (const [place, item] of value.entries()) checkUrls(item, checkAddress, under(to, place));
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const refusal = key === "url" && typeof item === "string" ? checkAddress(item) : null;
      if (refusal) complain(under(to, key), refusal);
      else checkUrls(item, checkAddress, under(to, key));
    }
  }
}
