"use server";

import { z } from "zod";
import { action } from "@/lib/http";
import { Problem } from "@/lib/problems";
import { headerFaults, serviceDocumentOf, settingsDocumentOf } from "./view";

const Text = z.string().max(10_000);

const Draft = z.strictObject({
  title: Text,
  slug: Text,
  mode: z.enum(["test", "live"]),
  url: Text,
  timeoutMs: Text,
  headers: z
    .array(
      z.strictObject({
        key: z.int(),
        name: Text,
        value: z.string().max(65_536),
        state: z.enum(["plain", "secret", "kept"]),
        isStored: z.boolean(),
      }),
    )
    .max(100),
  rails: z.array(Text).max(100),
});

/** Creates a service, or saves name, mode and rails of the one that `service` names; everything else stays. */
export const saveService = action({
  scope: "config:write",
  form: z.strictObject({ service: z.string().nullable(), draft: Draft, isImported: z.boolean() }),
  async run({ runtime, merchant, actor, form: { service, draft, isImported } }) {
    const errors = headerFaults(draft.headers);
    if (errors.length > 0) throw new Problem("unprocessable", undefined, { errors });
    if (service === null) {
      await runtime.catalog.createService(merchant.slug, serviceDocumentOf(draft), actor);
      const next = isImported ? "/import" : "";
      return { href: `/m/${merchant.slug}/services/${draft.slug.trim()}${next}?mode=${draft.mode}` };
    }
    await runtime.catalog.reviseService(merchant.slug, service, settingsDocumentOf(draft), actor);
    return { href: undefined };
  },
});

/** Stops or resumes selling; what was paid stays redeemable. */
export const pauseService = action({
  scope: "config:write",
  form: z.strictObject({ service: z.string(), paused: z.boolean() }),
  async run({ runtime, merchant, actor, form: { service, paused } }) {
    await runtime.catalog.reviseService(merchant.slug, service, { paused }, actor);
    return {};
  },
});

/** Takes a service off sale for good; its receipts stay. */
export const deleteService = action({
  scope: "config:write",
  form: z.strictObject({ service: z.string() }),
  async run({ runtime, merchant, actor, form: { service } }) {
    await runtime.catalog.deleteService(merchant.slug, service, actor);
    return {};
  },
});
