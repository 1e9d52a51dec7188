"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action, endLink, makeLink } from "@/lib/http";
import { Problem } from "@/lib/problems";
import { screenHref } from "../shell/view";

const text = (max: number) => z.string().trim().max(max, `Use at most ${max} characters.`);
const dayMs = 24 * 60 * 60_000;

const Making = z.strictObject({
  mode: z.enum(["test", "live"]),
  key: z.string().min(16).max(100),
  kind: z.enum(["amount", "endpoint"]),
  description: text(200),
  amount: text(80).optional(),
  currency: text(20).optional(),
  service: text(100).optional(),
  path: text(2_000).optional(),
  uses: text(10),
  days: z.enum(["", "1", "7", "30", "90"]),
});

/** Whole numbers only; what is none is refused where it stands. */
function usesOf(written: string): number | undefined {
  if (written === "") return undefined;
  if (/^\d{1,6}$/.test(written)) return Number(written);
  const errors = [{ path: "uses", message: "Write a whole number, or leave it empty." }];
  throw new Problem("unprocessable", undefined, { errors });
}

/** Makes a payment link, as the management API does. */
export const createLink = action({
  scope: "links:write",
  form: Making,
  async run({ form, ...context }) {
    const { mode, key, kind, description, amount = "", currency = "", service = "", path = "", days } = form;
    const uses = usesOf(form.uses);
    const { runtime, merchant } = context;
    const body = {
      ...(kind === "amount" ? { amount: { amount, currency } } : { endpoint: { service, path } }),
      ...(description === "" ? {} : { description }),
      ...(uses === undefined ? {} : { uses }),
      ...(days === "" ? {} : { expiresAt: new Date(runtime.clock.now().getTime() + Number(days) * dayMs) }),
    };
    const link = await makeLink({ ...context, mode, key, body });
    revalidatePath(`/m/${merchant.slug}/receipts/links`, "layout");
    const place = { merchant: merchant.slug, mode };
    return { href: screenHref(place, `receipts/links/${encodeURIComponent(link.id)}`) };
  },
});

/** Ends a link at once. */
export const endPaymentLink = action({
  scope: "links:write",
  form: z.strictObject({ id: text(100) }),
  async run({ form: { id }, ...context }) {
    await endLink({ ...context, mode: null, id });
    revalidatePath(`/m/${context.merchant.slug}/receipts/links`, "layout");
    return {};
  },
});
