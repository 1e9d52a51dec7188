import { endpoint, runReconciliation } from "@/lib/http";

export const POST = endpoint({
  scope: "ledger:verify",
  run: async (context) => Response.json(await runReconciliation(context)),
});
