import type { Mode } from "@/lib/access";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts, Visit } from "../context";
import { scopeOf } from "./query";

type Asked = Visit<{
  processor: Pick<Runtime["processor"], "publicReceipts">;
  env: Readonly<{ publicOrigin: string }>;
}> &
  Readonly<{ merchant: MerchantFacts; mode: Mode | null; id: string }>;

const named = ({ merchant, mode, id }: Pick<Asked, "merchant" | "mode" | "id">) => ({
  ...scopeOf({ merchant, mode }),
  merchantId: merchant.id,
  receiptId: id,
});

/** Whether a receipt can be read without signing in, and since when. The address itself is told when it is made. */
export async function publicReceiptItem(asked: Omit<Asked, "actor" | "audit">) {
  const { receipts, publicReceipts } = asked.runtime.processor as Runtime["processor"];
  const receipt = await receipts.get({ ...scopeOf(asked), merchantId: asked.merchant.id, id: asked.id });
  const standing = await publicReceipts.find({ ...named(asked), mode: receipt.mode });
  return { receiptId: receipt.id, isPublic: standing !== null, createdAt: standing?.createdAt ?? null };
}

/** Makes the address of a receipt, which is told this once. */
export async function makePublicReceipt(asked: Asked): Promise<{ address: string; createdAt: Date }> {
  const { runtime, actor, id } = asked;
  const { token, createdAt } = await runtime.processor.publicReceipts.publish({
    ...named(asked),
    actor: actor.actor,
  });
  await asked.audit("receipt.published", `receipt:${id}`);
  return { address: `${runtime.env.publicOrigin}/receipt/${token}`, createdAt };
}

/** Ends the address of a receipt at once; without one nothing happens. */
export async function endPublicReceipt(asked: Asked): Promise<void> {
  const { runtime, actor, id } = asked;
  const isEnded = await runtime.processor.publicReceipts.unpublish({ ...named(asked), actor: actor.actor });
  if (isEnded) await asked.audit("receipt.unpublished", `receipt:${id}`);
}
