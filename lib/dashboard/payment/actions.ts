"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action } from "@/lib/http";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";

const Id = z.string().min(1).max(100);

type Answer = Readonly<{ outcome: string; reason?: string }>;

/** What is not done is told as it is: a member must not think that money moved. */
function refuseUnlessDone(answer: Answer): void {
  if (answer.outcome === "done") return;
  if (answer.outcome === "refused") throw new Problem("conflict", answer.reason);
  throw new Problem(
    answer.outcome === "unavailable" ? "unavailable" : "in-progress",
    answer.outcome === "unavailable"
      ? "The payment network cannot be reached. Nothing has moved."
      : "The payment network has not said yet. The page shows what came of it.",
  );
}

/** Takes what is held of a payment, or a part of it. */
export const captureHeld = action({
  scope: "refunds:write",
  form: z.strictObject({
    payment: Id,
    key: Id,
    amount: z.string().trim().max(80).optional(),
    final: z.literal("yes").optional(),
  }),
  async run({ runtime, merchant, audit, form: { payment: id, key, amount: written, final } }) {
    const { payments } = runtime.processor;
    const payment = await payments.retrieve({ merchantId: merchant.id, id });
    const amount = written ? Money.parse(written, payment.amount.currency) : undefined;
    if (amount === null || (amount && amount.units <= 0n)) {
      const message = `Write an amount of ${payment.amount.currency.code}, such as ${Money.format(payment.amount)}.`;
      throw new Problem("unprocessable", message, { errors: [{ path: "amount", message }] });
    }
    const wish = { merchantId: merchant.id, id, key, ...(amount ? { amount } : {}) };
    refuseUnlessDone(await payments.capture({ ...wish, ...(final || !amount ? { final: true } : {}) }));
    await audit("payment.captured", `charge:${id}`, {
      after: { amount: amount ? Money.format(amount) : "all", final: final === "yes" || !amount },
    });
    revalidatePath(`/m/${merchant.slug}`, "layout");
    return {};
  },
});

/** Ends a payment, or lets go what is held of it. */
export const voidHeld = action({
  scope: "refunds:write",
  form: z.strictObject({ payment: Id }),
  async run({ runtime, merchant, audit, form: { payment: id } }) {
    refuseUnlessDone(await runtime.processor.payments.void({ merchantId: merchant.id, id }));
    await audit("payment.voided", `charge:${id}`);
    revalidatePath(`/m/${merchant.slug}`, "layout");
    return {};
  },
});
