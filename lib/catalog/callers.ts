import { createHash } from "node:crypto";
import type { Callers, Service } from "./types";

const digestOf = (key: string): string => createHash("sha256").update(key).digest("hex");

/** Callers of a service never change within a snapshot, so their digests are made once. */
const known = new WeakMap<Callers, ReadonlyMap<string, string>>();

/** The name of the caller whose key this is; `null` when it is nobody's. Takes the same time whatever the key is. */
export function findCaller({ callers }: Pick<Service, "callers">, key: string): string | null {
  if (!callers) return null;
  const names =
    known.get(callers) ?? new Map(callers.keys.map((caller) => [digestOf(caller.key), caller.name]));
  known.set(callers, names);
  return names.get(digestOf(key)) ?? null;
}
