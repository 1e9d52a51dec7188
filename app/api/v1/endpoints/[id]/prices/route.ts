import { ById, endpoint, listPrices } from "@/lib/http";

export const GET = endpoint({
  scope: "config:read",
  params: ById,
  run: async ({ params: { id }, ...about }) => Response.json(await listPrices(about, id)),
});
