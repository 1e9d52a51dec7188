"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { visitorAction } from "@/lib/http";

const text = (max: number) => z.string().trim().min(1).max(max, `Use at most ${max} characters.`);

/** The payer says where a refund goes that waits for it. The token in the address is what they may act by. */
export const sayWhereTo = visitorAction({
  form: z.strictObject({
    token: text(100),
    refundId: text(100),
    destination: z.string().trim().min(1, "Say where the money goes.").max(4_096, "This is too long."),
  }),
  async run({ runtime, requestId, network, form }) {
    const { refund } = await runtime.processor.publicReceipts.directRefund(form);
    await runtime.access.audit.append(null, {
      merchantId: refund.merchantId,
      actor: "payer",
      act: "refund.directed",
      object: `refund:${refund.id}`,
      after: { destination: refund.destination },
      network,
      requestId,
    });
    revalidatePath("/receipt/[token]", "page");
    return {};
  },
});
