import { endpoint, listReconciliation } from "@/lib/http";

export const GET = endpoint({
  scope: "ledger:read",
  run: async (context) => Response.json({ data: await listReconciliation(context), nextCursor: null }),
});
