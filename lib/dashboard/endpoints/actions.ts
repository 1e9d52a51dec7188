"use server";

import { z } from "zod";
import { action } from "@/lib/http";
import { Problem } from "@/lib/problems";
import type { Runtime } from "@/lib/runtime";
import { Described, Draft, Name, Terms, Text } from "./draft-form";
import { quoteFor } from "./quote";
import { rulesDocument, rulesDraft } from "./rules/view";
import { simulateDraft } from "./simulator/simulate";
import { type EndpointDraft, endpointDocumentOf, isSameValue } from "./view";

/** What the form leaves out when it is empty. Keys that the form does not show stay as they are. */
const notWritten = {
  ...{ title: null, summary: null, description: null, free: null, intent: null, unit: null, price: null },
  ...{ rules: null, minimum: null, maximum: null, meter: null, cases: null },
};

type Place = Readonly<{ merchant: string; service: string; name: z.infer<typeof Name> }>;

async function storedEndpoint(runtime: Runtime, { merchant, service, name }: Place) {
  const config = await runtime.catalog.getConfig(merchant);
  return config.services
    .find(({ slug }) => slug === service)
    ?.endpoints.find(({ method, path }) => method === name.method && path === name.path);
}

type Stored = NonNullable<Awaited<ReturnType<typeof storedEndpoint>>>;

/** Kept cases that would not be there any more as they were. */
function changedCases({ cases = [] }: Stored, draft: EndpointDraft): unknown[] {
  return cases.filter((kept) => !draft.cases.some((other) => isSameValue(kept, other)));
}

/** Rules that nobody touched stay as they are written, however the form would write them. */
function patchOf(stored: Stored, draft: EndpointDraft): Record<string, unknown> {
  const endpoint = endpointDocumentOf(draft);
  const { rules = [] } = stored;
  const asIs = rulesDocument(rulesDraft(rules), stored.price?.currency ?? draft.currency);
  const isUntouched = rules.length > 0 && isSameValue(asIs, endpoint.rules);
  return { ...notWritten, ...endpoint, ...(isUntouched ? { rules } : {}) };
}

/** Creates an endpoint, or saves the one that `replaces` names. */
export const saveEndpoint = action({
  scope: "config:write",
  form: z.strictObject({ service: z.string(), replaces: Name.nullable(), draft: Draft }),
  async run({ runtime, merchant, actor, audit, form: { service, replaces, draft } }) {
    const { catalog } = runtime;
    const reason = draft.reason.trim();
    const name = { method: draft.method, path: draft.path.trim() };
    if (replaces) {
      const stored = await storedEndpoint(runtime, { merchant: merchant.slug, service, name: replaces });
      if (!stored) throw new Problem("not-found", "This endpoint is not there any more.");
      const changed = changedCases(stored, draft);
      if (changed.length > 0 && reason === "") {
        const message = "A kept case changes with this. Write why that is right.";
        throw new Problem("unprocessable", undefined, { errors: [{ path: "reason", message }] });
      }
      const patch = patchOf(stored, draft);
      await catalog.reviseEndpoint(merchant.slug, service, { name: replaces, patch }, actor);
      if (changed.length > 0) {
        const object = `endpoint:${service} ${name.method} ${name.path}`;
        const after = { cases: draft.cases, reason };
        await audit("price-cases.changed", object, { before: { cases: changed }, after });
      }
    } else {
      const endpoint = endpointDocumentOf(draft);
      await catalog.saveEndpoint(merchant.slug, service, { endpoint }, actor);
    }

    const saved = (await catalog.snapshot()).findMerchant(merchant.slug)?.services.get(service);
    const found = saved?.endpoints.find(({ method, path }) => method === name.method && path === name.path);
    const base = `/m/${merchant.slug}/services/${service}`;
    const mode = saved ? `?mode=${saved.mode}` : "";
    return { href: found ? `${base}/endpoints/${found.id}${mode}` : `${base}${mode}` };
  },
});

/** Takes an endpoint off sale; its receipts stay. */
export const deleteEndpoint = action({
  scope: "config:write",
  form: z.strictObject({ service: z.string(), method: Text, path: Text }),
  async run({ runtime, merchant, actor, form: { service, ...name } }) {
    await runtime.catalog.deleteEndpoint(merchant.slug, service, name, actor);
    return {};
  },
});

/** Puts an earlier price and its rules back, as a new version. */
export const rollBackPrice = action({
  scope: "config:write",
  form: z.strictObject({ service: z.string(), endpoint: Name, version: z.int().min(1) }),
  async run({ runtime, merchant, actor, form: { service, endpoint, version } }) {
    await runtime.catalog.rollBack(merchant.slug, service, { endpoint, version }, actor);
    return {};
  },
});

/** What each rail would ask for a price that is still being typed. Reads only. */
export const quoteEndpoint = action({
  scope: "config:read",
  form: z.strictObject({ service: z.string(), terms: Terms, amount: Text, currency: Text }),
  async run({ runtime, merchant, form: { service, ...asked } }) {
    const view = (await runtime.catalog.snapshot()).findMerchant(merchant.slug);
    const sold = view?.services.get(service);
    if (!view || !sold) throw new Problem("not-found", "This service cannot be read any more.");
    return { quote: await quoteFor(runtime.preview, view, { sold, asked }) };
  },
});

/** What a described request would cost with terms that are still being typed. A hook is asked; nothing is taken. */
export const simulateEndpoint = action({
  scope: "config:write",
  form: z.strictObject({
    service: z.string(),
    replaces: Name.nullable(),
    draft: Draft,
    request: Described,
  }),
  async run({ runtime, merchant, form }) {
    return { simulated: await simulateDraft(runtime, merchant.slug, form) };
  },
});
