import { ById, endpoint, listPrices, RollBackBody, rollBackPrice } from "@/lib/http";

export const GET = endpoint({
  scope: "config:read",
  params: ById,
  run: async ({ params: { id }, ...about }) => Response.json(await listPrices(about, id)),
});

export const POST = endpoint({
  scope: "config:write",
  params: ById,
  body: RollBackBody,
  run: async ({ params: { id }, ...about }) => Response.json(await rollBackPrice(about, id)),
});
