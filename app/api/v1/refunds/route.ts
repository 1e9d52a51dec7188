import {
  CreateRefund,
  endpoint,
  listResponse,
  pageOf,
  RefundQuery,
  refundItem,
  requestRefund,
  withRange,
} from "@/lib/http";

export const POST = endpoint({
  scope: "refunds:write",
  body: CreateRefund,
  run: async (context) => Response.json(refundItem(await requestRefund(context)), { status: 202 }),
});

export const GET = endpoint({
  scope: "receipts:read",
  query: RefundQuery,
  run: async ({ runtime, query: { limit, cursor, ...filters }, ...about }) =>
    listResponse(
      await runtime.processor.listRefunds(withRange(about, filters), pageOf({ limit, cursor })),
      refundItem,
    ),
});
