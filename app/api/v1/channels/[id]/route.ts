import { ById, channelDetail, endpoint, scopeOf } from "@/lib/http";

export const GET = endpoint({
  scope: "receipts:read",
  params: ById,
  async run({ runtime, params: { id }, ...about }) {
    const channel = await runtime.processor.channels.get({
      ...scopeOf(about),
      merchantId: about.merchant.id,
      id,
    });
    return Response.json(channelDetail(channel));
  },
});
