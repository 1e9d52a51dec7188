import { endpoint, exportRefunds, RefundExportQuery } from "@/lib/http";

export const GET = endpoint({
  scope: "receipts:export",
  query: RefundExportQuery,
  run: (context) => exportRefunds(context),
});
