import { endpoint, listBalances } from "@/lib/http";

export const GET = endpoint({
  scope: "ledger:read",
  run: async (context) => Response.json({ data: await listBalances(context), nextCursor: null }),
});
