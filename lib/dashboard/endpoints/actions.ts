"use server";

import { z } from "zod";
import { action } from "@/lib/http";
import { Problem } from "@/lib/problems";
import { quoteFor } from "./quote";
import { byteUnits, endpointDocumentOf, type Measure, timeUnits } from "./view";

const Text = z.string().max(10_000);
const measure = (units: readonly { value: string }[]): z.ZodType<Measure> =>
  z.strictObject({ value: Text, unit: z.enum(units.map(({ value }) => value)) });

const Terms = z.enum(["fixed", "session", "free"]);
const Draft = z.strictObject({
  method: Text,
  path: Text,
  description: Text,
  terms: Terms,
  amount: Text,
  currency: Text,
  unit: Text,
  redeemable: measure(timeUnits),
  bodyMax: measure(byteUnits),
  responseMax: measure(byteUnits),
  billable4xx: z.boolean(),
  paymentAuthorization: z.boolean(),
});
const Name = z.strictObject({ method: Text, path: Text });

/** What the form leaves out when it is empty. Keys that the form does not show stay as they are. */
const notWritten = { description: null, free: null, intent: null, unit: null, price: null };

/** Creates an endpoint, or saves the one that `replaces` names. */
export const saveEndpoint = action({
  scope: "config:write",
  form: z.strictObject({ service: z.string(), replaces: Name.nullable(), draft: Draft }),
  async run({ runtime, merchant, actor, form: { service, replaces, draft } }) {
    const endpoint = endpointDocumentOf(draft);
    if (replaces) {
      const patch = { ...notWritten, ...endpoint };
      await runtime.catalog.reviseEndpoint(merchant.slug, service, { name: replaces, patch }, actor);
    } else await runtime.catalog.saveEndpoint(merchant.slug, service, { endpoint }, actor);

    const saved = (await runtime.catalog.snapshot()).findMerchant(merchant.slug)?.services.get(service);
    const { method, path } = endpoint;
    const found = saved?.endpoints.find((each) => each.method === method && each.path === path);
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
