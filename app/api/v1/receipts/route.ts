import { endpoint, listResponse, pageOf, ReceiptQuery, receiptFilter, receiptItem } from "@/lib/http";

export const GET = endpoint({
  scope: "receipts:read",
  query: ReceiptQuery,
  async run({ runtime, query: { limit, cursor, sort, ...filters }, ...about }) {
    const page = pageOf({ limit, cursor, sort });
    return listResponse(
      await runtime.processor.receipts.list(receiptFilter(about, filters), page),
      receiptItem,
    );
  },
});
