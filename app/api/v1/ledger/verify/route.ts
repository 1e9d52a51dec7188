import { openEndpoint, verifyRecords } from "@/lib/http";

export const POST = openEndpoint({
  scope: "ledger:verify",
  run: async (context) => Response.json(await verifyRecords(context)),
});
