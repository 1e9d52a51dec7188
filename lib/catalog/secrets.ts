import { type Seal, SealFault } from "@/lib/kit";
import { isObject } from "./faults";

/** A value of a document that is encrypted at rest. `null` means: not told, or cannot be read. */
export type SecretValue = { $secret: string | null };

export const isSecret = (value: unknown): value is SecretValue =>
  isObject(value) && Object.keys(value).length === 1 && "$secret" in value;

/** The envelope of `{"$sealed": "v1.…"}`, the form in which a secret is stored. */
function envelopeOf(value: unknown): string | null {
  const { $sealed } = isObject(value) ? value : {};
  return typeof $sealed === "string" ? $sealed : null;
}

/** Copies a JSON tree; `change` may put something else in place of an object (`undefined` leaves it). */
function rewrite(value: unknown, change: (value: unknown, path: string) => unknown, path = ""): unknown {
  const changed = change(value, path);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((item, place) => rewrite(item, change, `${path}.${place}`));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      rewrite(item, change, path === "" ? key : `${path}.${key}`),
    ]),
  );
}

/** Where an envelope belongs: it opens in this column, key, row and merchant only. */
export type Place = Readonly<{
  table: "rail" | "service" | "endpoint" | "connector";
  column: string;
  row: string;
  merchant: string;
}>;

const aboutOf = ({ table, column, row, merchant }: Place, path: string): string =>
  `${table}|${column}.${path}|${row}|${merchant}`;

/** The tree as it is stored: each secret an envelope. */
export const sealTree = (seal: Seal, place: Place, tree: unknown): unknown =>
  rewrite(tree, (value, path) =>
    isSecret(value) ? { $sealed: seal.seal(value.$secret ?? "", aboutOf(place, path)) } : undefined,
  );

/** The tree as a document holds it: secrets opened, and `{"$secret": null}` for one that cannot be. */
export const openTree = (seal: Seal, place: Place, tree: unknown): unknown =>
  rewrite(tree, (value, path) => {
    const envelope = envelopeOf(value);
    if (envelope === null) return undefined;
    try {
      return { $secret: seal.open(envelope, aboutOf(place, path)) };
    } catch (error) {
      if (error instanceof SealFault) return { $secret: null };
      throw error;
    }
  });

/**
 * The stored tree with each envelope sealed anew that an older secret made. One that no secret opens stays as it is, so
 * that it can be read again when its secret comes back.
 */
export function resealTree(
  seal: Seal,
  place: Place,
  tree: unknown,
): { tree: unknown; moved: number; unreadable: number } {
  let moved = 0;
  let unreadable = 0;
  const resealed = rewrite(tree, (value, path) => {
    const envelope = envelopeOf(value);
    if (envelope === null || seal.isCurrent(envelope)) return undefined;
    try {
      const about = aboutOf(place, path);
      const $sealed = seal.seal(seal.open(envelope, about), about);
      moved += 1;
      return { $sealed };
    } catch (error) {
      if (!(error instanceof SealFault)) throw error;
      unreadable += 1;
      return value;
    }
  });
  return { tree: resealed, moved, unreadable };
}

/** The tree for other eyes: no secret in it. */
export const maskTree = (tree: unknown): unknown =>
  rewrite(tree, (value) => (isSecret(value) ? { $secret: null } : undefined));

/** The tree for whoever works with it: secrets as plain text. `null` when one of them cannot be read. */
export function plainTree(tree: unknown): unknown {
  let isWhole = true;
  const plain = rewrite(tree, (value) => {
    if (!isSecret(value)) return undefined;
    if (value.$secret === null) isWhole = false;
    return value.$secret;
  });
  return isWhole ? plain : null;
}
