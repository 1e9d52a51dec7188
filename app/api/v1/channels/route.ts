import { ChannelQuery, channelItem, endpoint, listResponse, pageOf, withRange } from "@/lib/http";

export const GET = endpoint({
  scope: "receipts:read",
  query: ChannelQuery,
  run: async ({ runtime, query: { limit, cursor, ...filters }, ...about }) =>
    listResponse(
      await runtime.processor.channels.list(withRange(about, filters), pageOf({ limit, cursor })),
      channelItem,
    ),
});
