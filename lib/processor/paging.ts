import { base64url, utf8 } from "@/lib/kit";
import { Problem } from "@/lib/problems";

export type Sort = "-createdAt" | "createdAt" | "-amount" | "amount";
/** `limit` is at most 200 and 50 when absent. */
export type PageRequest = Readonly<{ limit?: number; cursor?: string | null; sort?: Sort }>;
/** `position` counts the first row from 1 within all that match. */
export type Page<T> = Readonly<{
  data: readonly T[];
  nextCursor: string | null;
  previousCursor: string | null;
  position: number;
}>;

export type Order = "asc" | "desc";
/** Where a page begins: behind the row with this value and id, in the order it is read. */
export type Edge<V> = Readonly<{ value: V; id: string; order: Order }>;

type Place = Readonly<{ sort: Sort; value: string; id: string; back: boolean }>;

const write = ({ sort, value, id, back }: Place): string =>
  base64url.encode(JSON.stringify([sort, value, id, back ? 1 : 0]));

function read(cursor: string, sort: Sort): Place {
  try {
    const [ownSort, value, id, back, ...rest] = JSON.parse(
      utf8(base64url.decode(cursor) ?? new Uint8Array()) ?? "",
    );
    const isOurs =
      ownSort === sort &&
      typeof value === "string" &&
      typeof id === "string" &&
      rest.length === 0 &&
      value.length < 100;
    if (isOurs) return { sort, value, id, back: back === 1 };
  } catch {
    // Not JSON: not ours, and refused below like every other text that is not.
  }
  throw new Problem("bad-request", "This cursor is not one of this list. Begin at the first page.");
}

const opposite = (order: Order): Order => (order === "asc" ? "desc" : "asc");

type Source<T, V> = Readonly<{
  valueOf(row: T): V;
  idOf(row: T): string;
  parse(text: string): V | null;
  print(value: V): string;
  /** Rows behind an edge, or from the beginning, in one order. */
  fetch(ask: { order: Order; after: Edge<V> | null; limit: number }): Promise<readonly T[]>;
  /** How many rows stand before this one in the list's own order. */
  countBefore(edge: Edge<V>): Promise<number>;
}>;

/** One page of a list that stays stable while rows are added: it continues behind a row, not at a number. */
export async function readPage<T, V>(request: PageRequest, source: Source<T, V>): Promise<Page<T>> {
  const sort = request.sort ?? "-createdAt";
  const order: Order = sort.startsWith("-") ? "desc" : "asc";
  const limit = Math.min(Math.max(Math.trunc(request.limit ?? 50), 1), 200);
  const place = request.cursor ? read(request.cursor, sort) : null;
  const direction = place?.back ? opposite(order) : order;
  const value = place && source.parse(place.value);
  if (place && value === null) throw new Problem("bad-request", "This cursor is not one of this list.");
  const after = place && value !== null ? { value, id: place.id, order: direction } : null;

  const found = await source.fetch({ order: direction, after, limit: limit + 1 });
  const kept = found.slice(0, limit);
  const data = place?.back ? kept.toReversed() : kept;
  const hasMore = found.length > limit;
  const first = data[0];
  const last = data.at(-1);
  const cursorAt = (row: T | undefined, back: boolean): string | null =>
    row === undefined
      ? null
      : write({ sort, value: source.print(source.valueOf(row)), id: source.idOf(row), back });
  const before =
    place && first
      ? await source.countBefore({ value: source.valueOf(first), id: source.idOf(first), order })
      : 0;
  return {
    data,
    nextCursor: place?.back || hasMore ? cursorAt(last, false) : null,
    previousCursor: before > 0 ? cursorAt(first, true) : null,
    position: before + 1,
  };
}

export const times = {
  parse: (text: string): Date | null => (Number.isNaN(Date.parse(text)) ? null : new Date(text)),
  print: (at: Date): string => at.toISOString(),
};
