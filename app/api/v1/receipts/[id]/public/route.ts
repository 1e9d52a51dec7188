import { ById, endPublicReceipt, endpoint, makePublicReceipt, publicReceiptItem } from "@/lib/http";

export const GET = endpoint({
  scope: "receipts:read",
  params: ById,
  run: async ({ params, ...context }) => Response.json(await publicReceiptItem({ ...context, ...params })),
});

export const POST = endpoint({
  scope: "refunds:write",
  params: ById,
  run: async ({ params, ...context }) =>
    Response.json(await makePublicReceipt({ ...context, ...params }), { status: 201 }),
});

export const DELETE = endpoint({
  scope: "refunds:write",
  params: ById,
  async run({ params, ...context }) {
    await endPublicReceipt({ ...context, ...params });
    return new Response(null, { status: 204 });
  },
});
