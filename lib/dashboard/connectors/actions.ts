"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action, createShopKey, endShopKey } from "@/lib/http";
import { connectorDocumentOf } from "./view";

const Text = z.string().max(10_000);
const Secret = z.strictObject({
  state: z.enum(["secret", "kept"]),
  text: Text,
  isStored: z.boolean(),
});

const Draft = z.strictObject({
  ...{ id: Text, title: Text, enabled: z.boolean(), homologation: z.boolean() },
  kind: z.enum(["rest", "medusa", "vtex"]),
  mode: z.enum(["test", "live"]),
  methods: z
    .array(
      z.strictObject({ name: Text, rail: Text, split: z.enum(["disabled", "onAuthorize", "onCapture"]) }),
    )
    .max(100),
  ...{ notifyUrl: Text, notifySecret: Secret, acquirer: Text, partnerKey: Text, partnerToken: Secret },
  ...{ surplusAfterHours: Text, callbackHosts: Text },
});

/** Creates a connector, or saves the one that `connector` names. */
export const saveConnector = action({
  scope: "config:write",
  form: z.strictObject({ connector: z.string().nullable(), draft: Draft }),
  async run({ runtime, merchant, actor, form: { connector, draft } }) {
    const document = connectorDocumentOf(draft);
    if (connector === null) {
      await runtime.catalog.createConnector(merchant.slug, document, actor);
      const slug = encodeURIComponent(draft.id.trim());
      return { href: `/m/${merchant.slug}/connectors/${slug}?mode=${draft.mode}` };
    }
    await runtime.catalog.updateConnector(merchant.slug, connector, document, actor);
    return { href: undefined };
  },
});

/** Forgets a connector with its keys and calls; its payments stay. */
export const deleteConnector = action({
  scope: "config:write",
  form: z.strictObject({ connector: z.string() }),
  async run({ runtime, merchant, actor, form: { connector } }) {
    await runtime.catalog.deleteConnector(merchant.slug, connector, actor);
    return {};
  },
});

/** Makes a key, which is told in this answer and never again. */
export const makeShopKey = action({
  scope: "keys:write",
  form: z.strictObject({
    connector: z.string(),
    /** When the keys that live now end; empty leaves them alone. */
    overlap: z.enum(["", "0", "3600", "86400", "604800"]),
  }),
  async run({ form: { connector, overlap }, ...context }) {
    const wish = overlap === "" ? {} : { endOthersAfterSeconds: Number(overlap) };
    const made = await createShopKey({ ...context, mode: null }, { slug: connector, ...wish });
    revalidatePath(`/m/${context.merchant.slug}/connectors`, "layout");
    return made;
  },
});

/** Ends a key at once. */
export const stopShopKey = action({
  scope: "keys:write",
  form: z.strictObject({ connector: z.string(), id: z.string().max(100) }),
  async run({ form: { connector, id }, ...context }) {
    await endShopKey({ ...context, mode: null }, { slug: connector, id });
    revalidatePath(`/m/${context.merchant.slug}/connectors`, "layout");
    return {};
  },
});
