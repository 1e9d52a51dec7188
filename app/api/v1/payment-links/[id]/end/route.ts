import { ById, endLink, endpoint, linkItem } from "@/lib/http";

export const POST = endpoint({
  scope: "links:write",
  params: ById,
  run: async ({ params, ...context }) => Response.json(linkItem(await endLink({ ...context, ...params }))),
});
