import { actOnChannel, ById, channelItem, endpoint } from "@/lib/http";

export const POST = endpoint({
  scope: "channels:write",
  params: ById,
  run: async (context) => Response.json(channelItem(await actOnChannel("settle", context)), { status: 202 }),
});
