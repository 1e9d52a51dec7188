import { Readable } from "node:stream";
import { TZDate } from "@date-fns/tz";
import type { z } from "zod";
import type { Mode } from "@/lib/access";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts, Visit } from "../context";
import { csvHeader, csvRows } from "./csv";
import { receiptItem } from "./items";
import { type ExportQuery, receiptFilter } from "./query";
import type { Receipt, ReceiptFilter } from "./types";

type Batches<Row> = AsyncIterable<readonly Row[]>;

/** How rows become the bytes of a file. */
type Format<Row> = Readonly<{
  contentType: string;
  header(): string;
  rows(rows: readonly Row[], zone: string): string;
}>;

export const csvType = "text/csv; charset=utf-8; header=present";

const formats = {
  csv: {
    contentType: csvType,
    header: csvHeader,
    rows: csvRows,
  },
  ndjson: {
    contentType: "application/x-ndjson",
    header: () => "",
    rows: (receipts: readonly Receipt[]) =>
      receipts.map((receipt) => `${JSON.stringify(receiptItem(receipt))}\n`).join(""),
  },
} as const satisfies Record<string, Format<Receipt>>;

export type ExportFormat = keyof typeof formats;

const dayIn = (at: Date, zone: string): string => new TZDate(at.getTime(), zone).toISOString().slice(0, 10);

type Named = Readonly<{
  merchant: MerchantFacts;
  mode: Mode | null;
  filter: Pick<ReceiptFilter, "merchantId" | "from" | "to">;
  /** What the rows are; receipts unless it is said. */
  noun?: "receipts" | "refunds" | "channels";
}>;

/** `receipts_{merchant}_{mode}_{from}_{to}_{zone}`; an end that is open is `begin` or `end`. */
export function exportName(
  { merchant, mode, filter, noun = "receipts" }: Named,
  format: ExportFormat,
): string {
  const zone = merchant.timeZone;
  const from = filter.from ? dayIn(filter.from, zone) : "begin";
  const to = filter.to ? dayIn(filter.to, zone) : "end";
  const parts = [noun, merchant.slug, mode ?? "all", from, to, zone.replaceAll("/", "-")];
  return `${parts.join("_")}.${format}`;
}

async function* bytesOf<Row>(
  batches: AsyncIterator<readonly Row[]>,
  { header, rows }: Format<Row>,
  zone: string,
) {
  const head = header();
  if (head !== "") yield Buffer.from(head);
  try {
    for (let batch = await batches.next(); !batch.done; batch = await batches.next()) {
      const text = rows(batch.value, zone);
      if (text !== "") yield Buffer.from(text);
    }
  } finally {
    await batches.return?.(); // a reader that leaves ends the query too
  }
}

type FileName = Readonly<{ name: string; zone: string }>;

/** Rows as one file, read from the database only as fast as the caller takes it. */
export function fileResponse<Row>(batches: Batches<Row>, format: Format<Row>, named: FileName): Response {
  const bytes = bytesOf(batches[Symbol.asyncIterator](), format, named.zone);
  const body = Readable.toWeb(Readable.from(bytes, { objectMode: false })) as ReadableStream<Uint8Array>;
  return new Response(body, {
    headers: {
      "content-type": format.contentType,
      "content-disposition": `attachment; filename="${named.name}"`,
    },
  });
}

/** All receipts of a filter as one file. */
export const exportResponse = (batches: Batches<Receipt>, named: Named, format: ExportFormat): Response =>
  fileResponse(batches, formats[format] as Format<Receipt>, {
    name: exportName(named, format),
    zone: named.merchant.timeZone,
  });

type Asked = Visit<{ processor: Pick<Runtime["processor"], "receipts"> }> &
  Readonly<{ merchant: MerchantFacts; mode: Mode | null; query: z.infer<typeof ExportQuery> }>;

/** The export that was asked for, in all matching rows; that it left is on the audit. */
export async function exportReceipts(asked: Asked, format: ExportFormat): Promise<Response> {
  const { runtime, merchant, mode, query } = asked;
  const { sort: _, ...filters } = query;
  const filter = receiptFilter({ merchant, mode }, filters);
  await asked.audit("receipts.exported", `merchant:${merchant.slug}`, { after: { ...query, mode, format } });
  return exportResponse(runtime.processor.receipts.stream(filter), { merchant, mode, filter }, format);
}
