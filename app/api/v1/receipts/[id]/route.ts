import { ById, endpoint, receiptDetail, scopeOf } from "@/lib/http";

export const GET = endpoint({
  scope: "receipts:read",
  params: ById,
  async run({ runtime, params: { id }, ...about }) {
    const { receipts } = runtime.processor;
    return Response.json(
      receiptDetail(await receipts.get({ ...scopeOf(about), merchantId: about.merchant.id, id })),
    );
  },
});
