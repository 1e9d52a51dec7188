import { ById, endpoint, linkDetail, scopeOf } from "@/lib/http";

export const GET = endpoint({
  scope: "receipts:read",
  params: ById,
  async run({ runtime, params: { id }, ...about }) {
    const link = await runtime.checkouts.links.get({
      ...scopeOf(about),
      merchantId: about.merchant.id,
      id,
    });
    return Response.json(linkDetail(link));
  },
});
