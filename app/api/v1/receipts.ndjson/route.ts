import { ExportQuery, endpoint, exportReceipts } from "@/lib/http";

export const GET = endpoint({
  scope: "receipts:export",
  query: ExportQuery,
  run: (context) => exportReceipts(context, "ndjson"),
});
