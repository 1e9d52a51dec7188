"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action, endPublicReceipt, makePublicReceipt } from "@/lib/http";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";

const text = (max: number) => z.string().trim().max(max, `Use at most ${max} characters.`);

const Refund = z.strictObject({
  receiptId: text(100),
  key: z.string().min(1).max(100),
  amount: text(100).optional(),
  reason: text(50),
  note: text(500).optional(),
  destination: text(4_096).optional(),
});

/** Sends money back: all that is left, or the amount that was written. */
export const refund = action({
  scope: "refunds:write",
  form: Refund,
  async run({ runtime, merchant, actor, form, audit }) {
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
      ...(form.destination ? { destination: form.destination } : {}),
      key: form.key,
      actor: actor.actor,
    });
    const { reason, note, destination } = form;
    const wished = { refund: made.id, amount: Money.format(made.amount), reason, note, destination };
    await audit("refund.requested", `receipt:${receipt.id}`, { after: wished });
    revalidatePath(`/m/${merchant.slug}`, "layout");
    return { refundId: made.id };
  },
});

/** Says where a waiting refund goes, which sends it. */
export const directRefund = action({
  scope: "refunds:write",
  form: z.strictObject({ id: text(100), destination: text(4_096).min(1, "Say where the money goes.") }),
  async run({ runtime, merchant, actor, form, audit }) {
    const given = { merchantId: merchant.id, ...form, actor: actor.actor };
    const { destination } = await runtime.processor.giveDestination(given);
    await audit("refund.directed", `refund:${form.id}`, { after: { destination } });
    revalidatePath(`/m/${merchant.slug}`, "layout");
    return {};
  },
});

const ByReceipt = z.strictObject({ receiptId: text(100) });

/** Makes the address under which the payer reads the receipt; it is told this once. */
export const publishReceipt = action({
  scope: "refunds:write",
  form: ByReceipt,
  async run({ form, ...context }) {
    const { address } = await makePublicReceipt({ ...context, mode: null, id: form.receiptId });
    revalidatePath(`/m/${context.merchant.slug}`, "layout");
    return { address };
  },
});

/** Ends that address at once. */
export const unpublishReceipt = action({
  scope: "refunds:write",
  form: ByReceipt,
  async run({ form, ...context }) {
    await endPublicReceipt({ ...context, mode: null, id: form.receiptId });
    revalidatePath(`/m/${context.merchant.slug}`, "layout");
    return {};
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
