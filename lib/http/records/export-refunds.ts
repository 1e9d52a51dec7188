import type { z } from "zod";
import type { Mode } from "@/lib/access";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts, Visit } from "../context";
import { refundCsv } from "./csv";
import { csvType, exportName, fileResponse } from "./export";
import { type RefundExportQuery, withRange } from "./query";
import type { Refund } from "./types";

type ListRefunds = Runtime["processor"]["listRefunds"];
const rowsPerBatch = 200;

/** Every refund of a filter, newest first, one page in memory at a time. */
export async function* allRefunds(
  list: ListRefunds,
  filter: Parameters<ListRefunds>[0],
): AsyncIterable<readonly Refund[]> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ListRefunds>> = await list(filter, { limit: rowsPerBatch, cursor });
    yield page.data;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

type Asked = Visit<{ processor: Pick<Runtime["processor"], "listRefunds"> }> &
  Readonly<{ merchant: MerchantFacts; mode: Mode | null; query: z.infer<typeof RefundExportQuery> }>;

/** The refunds that were asked for, in all matching rows; that they left is on the audit. */
export async function exportRefunds(asked: Asked): Promise<Response> {
  const { runtime, merchant, mode, query } = asked;
  const filter = withRange({ merchant, mode }, query);
  await asked.audit("refunds.exported", `merchant:${merchant.slug}`, { after: { ...query, mode } });
  return fileResponse(
    allRefunds(runtime.processor.listRefunds, filter),
    { contentType: csvType, ...refundCsv },
    { name: exportName({ merchant, mode, filter, noun: "refunds" }, "csv"), zone: merchant.timeZone },
  );
}
