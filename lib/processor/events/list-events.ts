import { Problem } from "@/lib/problems";
import type { Inside, Mode } from "../deps";
import { type EventFilter, findEvents } from "./store";

export type OwnEvent = Readonly<{
  seq: bigint;
  id: string;
  mode: Mode;
  type: string;
  object: string;
  data: Record<string, unknown>;
  at: Date;
}>;

const isNumber = /^\d{1,18}$/;

/** What happened, in the order of its numbers. */
export async function listEvents(
  { database }: Inside,
  { merchantId, mode, type, from, to, after }: EventFilter,
  { limit = 50, cursor }: { limit?: number; cursor?: string | null } = {},
): Promise<{ data: readonly OwnEvent[]; nextCursor: string | null }> {
  if (cursor && !isNumber.test(cursor)) {
    throw new Problem("bad-request", "This cursor is not one of this list. Begin at the first page.");
  }
  const isForward = after !== undefined;
  const start = cursor ? BigInt(cursor) : after;
  const take = Math.min(Math.max(limit, 1), 200);
  const about = {
    merchantId,
    ...(mode ? { mode } : {}),
    ...(type ? { type } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
  const rows = await findEvents(database.client, about, {
    order: isForward ? "asc" : "desc",
    beyond: start ?? null,
    limit: take + 1,
  });
  const data = rows.slice(0, take).map((row) => ({
    seq: row.seq,
    id: row.id,
    mode: row.mode === "live" ? ("live" as const) : ("test" as const),
    type: row.type,
    object: row.object,
    data: row.data as Record<string, unknown>,
    at: row.at,
  }));
  return { data, nextCursor: rows.length > take ? (data.at(-1)?.seq.toString() ?? null) : null };
}
