"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action, deleteLogo, logoBytesMax, saveLogo } from "@/lib/http";
import { Problem } from "@/lib/problems";
import { ratesTwice, type SettingsDraft, settingsPatch } from "./view";

const Text = z.string().max(10_000);

const Draft: z.ZodType<SettingsDraft> = z.strictObject({
  ...{ name: Text, timeZone: Text },
  about: z.strictObject({
    ...{ summary: Text, homepage: Text, categories: Text, domain: Text },
    listed: z.boolean(),
  }),
  colour: Text,
  rates: z
    .array(
      z.strictObject({
        ...{ key: z.int(), unit: Text, currency: Text, kind: z.enum(["fixed", "source"]), rate: Text },
        ...{ url: Text, pointer: Text, refreshSeconds: Text, maxAgeSeconds: Text },
      }),
    )
    .max(200),
});

/** Saves what a merchant is called, what the public is told, and the rates that prices are converted by. */
export const saveSettings = action({
  scope: "config:write",
  form: z.strictObject({ draft: Draft }),
  async run({ runtime, merchant, actor, form: { draft } }) {
    const errors = ratesTwice(draft.rates).map((place) => ({
      path: `rate-${place}`,
      message: "Another line has the rate of this pair.",
    }));
    if (errors.length > 0) throw new Problem("unprocessable", undefined, { errors });
    await runtime.catalog.saveMerchant(merchant.slug, settingsPatch(draft), actor);
    return {};
  },
});

/** Puts a picture on the pages for payers. */
export const changeLogo = action({
  scope: "config:write",
  form: z.strictObject({
    logo: z
      .instanceof(File)
      .refine(({ size }) => size > 0, "Choose a picture.")
      .refine(({ size }) => size <= logoBytesMax, "Use a picture of at most 256 KiB."),
  }),
  async run({ form: { logo }, ...context }) {
    const bytes = new Uint8Array(await logo.arrayBuffer());
    await saveLogo({ ...context, bytes });
    revalidatePath(`/m/${context.merchant.slug}/settings`);
    return {};
  },
});

/** Takes it away again. */
export const removeLogo = action({
  scope: "config:write",
  form: z.strictObject({}),
  async run(context) {
    await deleteLogo(context);
    revalidatePath(`/m/${context.merchant.slug}/settings`);
    return {};
  },
});
