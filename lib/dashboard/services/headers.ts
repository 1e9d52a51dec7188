import type { FieldFault } from "../forms/view";

/**
 * One header that is sent upstream. "kept" is a secret that is stored and never shown; "secret" is one being typed,
 * `isStored` when it takes the place of a stored one.
 */
export type HeaderDraft = Readonly<{
  key: number;
  name: string;
  value: string;
  state: "plain" | "secret" | "kept";
  isStored: boolean;
}>;

const headerId = (place: number, part: "name" | "value"): string => `header-${place}-${part}`;

/** Field ids of one header row. */
export const headerIds = (place: number) => ({
  name: headerId(place, "name"),
  value: headerId(place, "value"),
});

/** What the document cannot say by itself: a record holds each header once, and none without a name. */
export function headerFaults(headers: readonly HeaderDraft[]): FieldFault[] {
  const seen = new Set<string>();
  return headers.flatMap(({ name }, place) => {
    const key = name.trim().toLowerCase();
    if (key === "") {
      return [{ path: headerId(place, "name"), message: "Write the header's name, or remove the line." }];
    }
    if (seen.has(key)) return [{ path: headerId(place, "name"), message: "This header is set twice." }];
    seen.add(key);
    return [];
  });
}

export function headerValue({ state, value }: HeaderDraft): string | { $secret: string | null } {
  if (state === "plain") return value;
  return { $secret: state === "kept" ? null : value };
}

type Masked = string | Readonly<{ $secret: string | null }>;

/** Stored headers as they are edited; secret ones are kept and never shown. */
export const headersDraft = (headers: Readonly<Record<string, Masked>>): HeaderDraft[] =>
  Object.entries(headers).map(([name, value], key) => ({
    ...{ key, name, value: typeof value === "string" ? value : "" },
    state: typeof value === "string" ? "plain" : "kept",
    isStored: typeof value !== "string",
  }));

export const isHeaderPath = (path: string, name: string): boolean =>
  path === `upstream.headers.${name}` ||
  path.startsWith(`upstream.headers.${name}.`) ||
  path.startsWith(`upstream.headers[${JSON.stringify(name)}]`);
