"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action } from "@/lib/http";

const ById = z.strictObject({ id: z.string().min(1).max(200) });

/** Closes a channel: nothing more is spent on it, and what is left goes back to the payer. */
export const closeChannel = action({
  scope: "channels:write",
  form: ById,
  async run({ runtime, merchant, actor, form, audit }) {
    const { channels } = runtime.processor;
    const channel = await channels.closeByMerchant({
      merchantId: merchant.id,
      id: form.id,
      actor: actor.actor,
    });
    await audit("channel.close", `channel:${form.id}`, { after: { status: channel.status } });
    revalidatePath(`/m/${merchant.slug}`, "layout");
    return { status: channel.status, refundState: channel.refundState };
  },
});

/** Has what is spent on a channel brought in before it closes. */
export const settleChannel = action({
  scope: "channels:write",
  form: ById,
  async run({ runtime, merchant, actor, form, audit }) {
    const { channels } = runtime.processor;
    const channel = await channels.settle({ merchantId: merchant.id, id: form.id, actor: actor.actor });
    await audit("channel.settle", `channel:${form.id}`, { after: { status: channel.status } });
    revalidatePath(`/m/${merchant.slug}`, "layout");
    return {};
  },
});
