"use server";

import { z } from "zod";
import { action } from "@/lib/http";
import { Problem } from "@/lib/problems";
import { presetService, presets } from "@/lib/runtime";

const Text = z.string().max(10_000);

const Draft = z.strictObject({
  ...{ title: Text, slug: Text, url: Text, key: Text, callAmount: Text, unitAmount: Text, currency: Text },
  mode: z.enum(["test", "live"]),
  rails: z.array(Text).max(100),
});

/** Creates a service with the endpoints of a preset, priced together. */
export const createFromPreset = action({
  scope: "config:write",
  form: z.strictObject({ preset: z.string(), draft: Draft }),
  async run({ runtime, merchant, actor, form }) {
    const preset = presets.find(({ id }) => id === form.preset);
    if (!preset) throw new Problem("not-found", "There is no such preset.");
    const { draft } = form;
    const view = (await runtime.catalog.snapshot()).findMerchant(merchant.slug);
    const kinds = draft.rails.map((slug) => view?.rails.get(slug)?.kind ?? "");
    const { currency } = draft;
    const call = { amount: draft.callAmount.trim(), currency };
    const unit = { amount: draft.unitAmount.trim(), currency };
    const service = presetService(preset, {
      ...{ slug: draft.slug.trim(), title: draft.title.trim(), mode: draft.mode, rails: draft.rails },
      key: draft.key === "" ? null : draft.key,
      price: { call, unit },
      sessions: kinds.some((kind) => runtime.rails.kinds[kind]?.sessions === true),
      url: draft.url.trim(),
    });
    await runtime.catalog.createService(merchant.slug, service, actor);
    return { href: `/m/${merchant.slug}/services/${draft.slug.trim()}?mode=${draft.mode}` };
  },
});
