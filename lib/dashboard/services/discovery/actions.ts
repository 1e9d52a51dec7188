"use server";

import { z } from "zod";
import { action } from "@/lib/http";
import { aboutPatch } from "./view";

const Text = z.string().max(10_000);

/** Saves what the public is told of a service, and its host. */
export const saveServiceAbout = action({
  scope: "config:write",
  form: z.strictObject({
    service: z.string(),
    draft: z.strictObject({
      ...{ summary: Text, homepage: Text, categories: Text, domain: Text },
      listed: z.boolean(),
    }),
  }),
  async run({ runtime, merchant, actor, form: { service, draft } }) {
    await runtime.catalog.reviseService(merchant.slug, service, aboutPatch(draft), actor);
    return {};
  },
});
