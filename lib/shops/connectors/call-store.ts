import { type Store, sql } from "@/lib/db";

const keptMax = 100;

export type CallRow = Awaited<ReturnType<typeof listCalls>>[number];

export type NewCall = Readonly<{
  connectorId: string;
  at: Date;
  method: string;
  path: string;
  status: number;
  durationMs: number;
  requestId: string;
  request: string | null;
  response: string | null;
}>;

/** Adds a call and forgets those before the last hundred, in one statement. */
export async function insertCall(store: Store, call: NewCall): Promise<void> {
  const { connectorId, at, method, path, status, durationMs, requestId, request, response } = call;
  await store.$executeRaw(sql`
    with old as (
      delete from connector_call where connector_id = ${connectorId} and id < (
        select id from connector_call where connector_id = ${connectorId} order by id desc offset ${keptMax - 2}::int limit 1
      )
    )
    insert into connector_call (connector_id, at, method, path, status, duration_ms, request_id, request, response)
    values (${connectorId}, ${at}::timestamptz, ${method}, ${path}, ${status}::int, ${durationMs}::int, ${requestId}, ${request}, ${response})`);
}

export const listCalls = (store: Store, connectorId: string, take = keptMax) =>
  store.connectorCall.findMany({ where: { connectorId }, orderBy: { id: "desc" }, take });

/** The last call of each connector. */
export const listLastCalls = (store: Store, connectorIds: readonly string[]) =>
  store.connectorCall.findMany({
    where: { connectorId: { in: [...connectorIds] } },
    orderBy: [{ connectorId: "asc" }, { id: "desc" }],
    distinct: ["connectorId"],
    select: { connectorId: true, at: true, status: true, method: true, path: true, durationMs: true },
  });
