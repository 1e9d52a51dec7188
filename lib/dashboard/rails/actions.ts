"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action, replayNotice as workOnNotice } from "@/lib/http";
import { within } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { fieldsOf, type JsonSchema } from "./fields";
import { sayRun } from "./reconciliation";
import { railDocumentOf } from "./view";

const Text = z.string().max(100_000);

const Draft = z.strictObject({
  id: Text,
  title: Text,
  kind: Text,
  mode: z.enum(["test", "live"]),
  enabled: z.boolean(),
  settings: z.record(
    z.string().max(500),
    z.strictObject({ state: z.enum(["plain", "secret", "kept"]), text: Text, isStored: z.boolean() }),
  ),
});

/** Creates a rail, or saves the one that `rail` names. */
export const saveRail = action({
  scope: "config:write",
  form: z.strictObject({ rail: z.string().nullable(), draft: Draft }),
  async run({ runtime, merchant, actor, form: { rail, draft } }) {
    const kind = runtime.rails.kinds[draft.kind];
    if (!kind) throw new Problem("unprocessable", "This kind of rail is not part of this installation.");
    // safe: a schema of an object written as JSON Schema
    const schema = z.toJSONSchema(kind.config, { io: "input", unrepresentable: "any" }) as JsonSchema;
    const document = railDocumentOf(draft, fieldsOf(schema, kind.secrets));
    if (rail === null) {
      await runtime.catalog.createRail(merchant.slug, document, actor);
      return { href: `/m/${merchant.slug}/rails?mode=${draft.mode}` };
    }
    await runtime.catalog.updateRail(merchant.slug, rail, document, actor);
    return { href: undefined };
  },
});

/** Takes a rail out of new offers, or puts it back. What was paid on it is looked after either way. */
export const switchRail = action({
  scope: "config:write",
  form: z.strictObject({ rail: z.string(), enabled: z.enum(["yes", "no"]) }),
  async run({ runtime, merchant, actor, form: { rail, enabled } }) {
    const { rails } = await runtime.catalog.getConfig(merchant.slug);
    const stored = rails.find(({ id }) => id === rail);
    if (!stored) throw new Problem("not-found", `There is no rail "${rail}".`);
    const next = { ...stored, enabled: enabled === "yes" };
    await runtime.catalog.updateRail(merchant.slug, rail, next, actor);
    return {};
  },
});

const probeLimitMs = 20_000;

/** Tries the saved settings out at the rail's own network. Moves no money. */
export const testRail = action({
  scope: "config:write",
  form: z.strictObject({ rail: z.string() }),
  async run({ runtime, merchant, form: { rail } }): Promise<{ works: boolean; lines: readonly string[] }> {
    const view = (await runtime.catalog.snapshot()).findMerchantById(merchant.id);
    const connected = view && runtime.rails.find(view, rail);
    const probe = connected?.abilities.probe;
    if (!probe) return { works: false, lines: ["This rail is not connected. Save its settings again."] };
    const said = await within(probeLimitMs, (signal) =>
      probe({ key: "probe", mode: connected.mode, signal, now: () => runtime.clock.now() }),
    ).catch(() => ({ outcome: "faulty", reason: "No answer within 20 seconds." }) as const);
    return said.outcome === "works"
      ? { works: true, lines: said.says }
      : { works: false, lines: [said.reason] };
  },
});

/** Forgets a rail and its settings; what was paid on it stays in the receipts. */
export const deleteRail = action({
  scope: "config:write",
  form: z.strictObject({ rail: z.string() }),
  async run({ runtime, merchant, actor, form: { rail } }) {
    await runtime.catalog.deleteRail(merchant.slug, rail, actor);
    return {};
  },
});

/** Compares the newest payments of a rail with it now. */
export const runReconciliation = action({
  scope: "ledger:verify",
  form: z.strictObject({ rail: z.string().max(100) }),
  async run({ runtime, merchant, form: { rail } }) {
    const about = { merchantId: merchant.id, rail };
    return { said: sayRun(await runtime.processor.reconciliation.run(about)) };
  },
});

/** Asks the network once more what a callback was about. Harmless: only what the network says counts. */
export const replayNotice = action({
  scope: "refunds:write",
  form: z.strictObject({ id: z.string().max(100) }),
  async run({ form, ...context }) {
    await workOnNotice({ ...context, mode: null, params: form });
    revalidatePath(`/m/${context.merchant.slug}/rails`, "layout");
    return {};
  },
});

/** A member says why the rail is right about a difference. */
export const explainMismatch = action({
  scope: "ledger:verify",
  form: z.strictObject({
    id: z.string().max(100),
    reason: z.string().trim().min(3, "Write a reason.").max(2_000, "Use at most 2,000 characters."),
  }),
  async run({ runtime, merchant, actor, audit, form: { id, reason } }) {
    await runtime.processor.reconciliation.explain({
      merchantId: merchant.id,
      id,
      reason,
      actor: actor.actor,
    });
    await audit("mismatch.explained", `mismatch:${id}`, { after: { reason } });
    return {};
  },
});
