import { ById, endpoint, GiveDestination, giveDestination, refundItem } from "@/lib/http";

export const POST = endpoint({
  scope: "refunds:write",
  params: ById,
  body: GiveDestination,
  run: async ({ params, body, ...context }) =>
    Response.json(refundItem(await giveDestination({ ...context, ...params, ...body })), { status: 202 }),
});
