"use server";

import { z } from "zod";
import { action } from "@/lib/http";
import { Problem } from "@/lib/problems";
import { headerFaults } from "../view";
import { authKinds, type Tested, type UpstreamDraft, upstreamPatch } from "./view";

const Text = z.string().max(10_000);
const Line = z.string().max(2_048);
const Secret = z.string().max(65_536);

const Draft: z.ZodType<UpstreamDraft> = z.strictObject({
  url: Text,
  auth: z.strictObject({
    kind: z.enum(authKinds),
    name: Line,
    secret: Secret,
    secretState: z.enum(["secret", "kept"]),
    storedKind: z.enum(authKinds),
  }),
  headers: z
    .array(
      z.strictObject({
        ...{ key: z.int(), name: Text, value: Secret, isStored: z.boolean() },
        state: z.enum(["plain", "secret", "kept"]),
      }),
    )
    .max(100),
  ...{ timeoutMs: Line, connectTimeoutMs: Line, retries: Line, concurrency: Line, queueMs: Line },
  ...{ hasBreaker: z.boolean(), failures: Line, windowSeconds: Line, openSeconds: Line },
  ...{ requestPass: Text, requestDrop: Text, responsePass: Text, responseDrop: Text, responseSet: Text },
  ...{ hasCors: z.boolean(), corsOrigins: Text, corsHeaders: Text },
});

/** Saves where a service comes from and how it is called; everything else of it stays. */
export const saveUpstream = action({
  scope: "config:write",
  form: z.strictObject({ service: z.string(), draft: Draft }),
  async run({ runtime, merchant, actor, form: { service, draft } }) {
    const errors = headerFaults(draft.headers);
    if (errors.length > 0) throw new Problem("unprocessable", undefined, { errors });
    await runtime.catalog.reviseService(merchant.slug, service, upstreamPatch(draft), actor);
    return {};
  },
});

/** Asks the stored address once and says what came of it. */
export const testUpstream = action({
  scope: "config:write",
  form: z.strictObject({ service: z.string() }),
  async run({ runtime, merchant, form }): Promise<{ tested: Tested }> {
    const sold = (await runtime.catalog.snapshot()).findMerchant(merchant.slug)?.services.get(form.service);
    if (!sold) throw new Problem("not-found", "This service cannot be read any more.");
    const test = await runtime.testUpstream(sold);
    if (!test.reached) return { tested: { isReached: false, words: test.why } };
    const answered = `It answered ${test.status} in ${test.ms} ms.`;
    if (test.status === 401 || test.status === 403) {
      return { tested: { isReached: false, words: `${answered} Look at the credential.` } };
    }
    const note = test.status >= 400 ? " An address without anything at its root may say so." : "";
    return { tested: { isReached: test.status < 500, words: answered + note } };
  },
});
