import { ById, endpoint, noticeItem, replayNotice } from "@/lib/http";

export const POST = endpoint({
  scope: "refunds:write",
  params: ById,
  run: async (context) => Response.json(noticeItem(await replayNotice(context)), { status: 202 }),
});
