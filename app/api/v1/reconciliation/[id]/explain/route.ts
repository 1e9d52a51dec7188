import { ById, ExplainMismatch, endpoint, explainMismatch } from "@/lib/http";

export const POST = endpoint({
  scope: "ledger:verify",
  params: ById,
  body: ExplainMismatch,
  run: async (context) => Response.json(await explainMismatch(context)),
});
