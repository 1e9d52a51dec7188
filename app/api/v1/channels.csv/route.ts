import { ChannelExportQuery, endpoint, exportChannels } from "@/lib/http";

export const GET = endpoint({
  scope: "receipts:export",
  query: ChannelExportQuery,
  run: (context) => exportChannels(context),
});
