"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action } from "@/lib/http";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";

const text = (max: number) => z.string().trim().max(max, `Use at most ${max} characters.`);

const Refund = z.strictObject({
  receiptId: text(100),
  key: z.string().min(1).max(100),
  amount: text(100).optional(),
  reason: text(50),
  note: text(500).optional(),
});

/** Sends money back: all that is left, or the amount that was written. */
export const refund = action({
  scope: "refunds:write",
  form: Refund,
  async run({ runtime, merchant, actor, form }) {
    const { processor } = runtime;
    const receipt = await processor.receipts.get({ merchantId: merchant.id, id: form.receiptId });
    const amount = form.amount === undefined ? undefined : Money.parse(form.amount, receipt.amount.currency);
    if (amount === null) {
      const message = `Write an amount of ${receipt.amount.currency.code}, such as ${Money.format(receipt.amount)}.`;
      throw new Problem("unprocessable", message, { errors: [{ path: "amount", message }] });
    }
    const made = await processor.requestRefund({
      merchantId: merchant.id,
      receiptId: receipt.id,
      ...(amount ? { amount } : {}),
      reason: form.reason,
      ...(form.note ? { note: form.note } : {}),
      key: form.key,
      actor: actor.actor,
    });
    revalidatePath(`/m/${merchant.slug}`, "layout");
    return { refundId: made.id };
  },
});

/** Sends a failed refund again, under the key it had, so that it cannot pay twice. */
export const retryRefund = action({
  scope: "refunds:write",
  form: z.strictObject({ id: text(100) }),
  async run({ runtime, merchant, actor, form }) {
    await runtime.processor.retryRefund({ merchantId: merchant.id, id: form.id, actor: actor.actor });
    revalidatePath(`/m/${merchant.slug}`, "layout");
    return {};
  },
});

/** What becomes of a payment that was not served. */
export const chooseRemedy = action({
  scope: "refunds:write",
  form: z.strictObject({
    receiptId: text(100),
    remedy: z.enum(["deliver", "keep"]),
    reason: text(500).optional(),
  }),
  async run({ runtime, merchant, actor, form }) {
    const { receiptId, remedy, reason } = form;
    if (remedy === "keep" && !reason) {
      const message = "Say why the payment is kept.";
      throw new Problem("unprocessable", message, { errors: [{ path: "reason", message }] });
    }
    await runtime.processor.chooseRemedy({
      merchantId: merchant.id,
      receiptId,
      remedy,
      ...(reason ? { reason } : {}),
      actor: actor.actor,
    });
    revalidatePath(`/m/${merchant.slug}`, "layout");
    return {};
  },
});
