import { ById, endpoint, refundItem, scopeOf } from "@/lib/http";

export const GET = endpoint({
  scope: "receipts:read",
  params: ById,
  async run({ runtime, params: { id }, ...about }) {
    const refund = await runtime.processor.getRefund({
      ...scopeOf(about),
      merchantId: about.merchant.id,
      id,
    });
    return Response.json(refundItem(refund));
  },
});
