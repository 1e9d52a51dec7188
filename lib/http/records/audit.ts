import type { Access } from "@/lib/access";
import { Problem } from "@/lib/problems";
import { listResponse, readCursor, writeCursor } from "../page";
import { auditItem } from "./items";

type Asked = Readonly<{
  runtime: { access: Access };
  merchant: { id: string } | null;
  query: { limit: number; cursor?: string | undefined };
}>;

/** The position is the number of the last entry shown. */
function positionOf(cursor: string): bigint {
  const position = readCursor(cursor);
  if (/^\d{1,18}$/.test(position)) return BigInt(position);
  throw new Problem("bad-request", "This cursor is of another list. Use a nextCursor of this one.");
}

/** Who changed what, newest first. */
export async function listAudit({ runtime, merchant, query: { limit, cursor } }: Asked): Promise<Response> {
  const entries = await runtime.access.audit.list({
    ...(merchant ? { merchantId: merchant.id } : {}),
    ...(cursor === undefined ? {} : { before: positionOf(cursor) }),
    limit: limit + 1,
  });
  const data = entries.slice(0, limit);
  const last = entries.length > limit ? data.at(-1) : undefined;
  return listResponse({ data, nextCursor: last ? writeCursor(last.seq.toString()) : null }, auditItem);
}
