import { ById, endpoint, evidenceFile, scopeOf } from "@/lib/http";

export const GET = endpoint({
  scope: "receipts:read",
  params: ById,
  async run({ runtime, params: { id }, ...about }) {
    const { receipts } = runtime.processor;
    return evidenceFile(await receipts.evidence({ ...scopeOf(about), merchantId: about.merchant.id, id }));
  },
});
