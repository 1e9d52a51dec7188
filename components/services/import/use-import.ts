"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { toast } from "sonner";
import {
  failureOf,
  type ImportDraft,
  type ImportFailure,
  type ImportPlan,
  type ImportSource,
  type ImportView,
  importBody,
} from "@/lib/dashboard/services/import/view";

type Read = Readonly<{ source: ImportSource; plan: ImportPlan }>;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

async function send(
  address: string,
  body: unknown,
): Promise<{ plan: ImportPlan } | { failure: ImportFailure }> {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
  const said: unknown = await answer?.json().catch(() => null);
  return answer?.ok ? { plan: said as ImportPlan } : { failure: failureOf(said) }; // safe: our own answer
}

/** Reads a description, holds what is decided about it, and imports it: all of it, or nothing. */
export function useImport(view: ImportView) {
  const router = useRouter();
  const empty: ImportDraft = {
    ...{ excluded: [], removed: [], amount: "", currency: view.currency, own: {}, free: [] },
  };
  const [read, setRead] = useState<Read | null>(null);
  const [draft, setDraft] = useState(empty);
  const [failure, setFailure] = useState<ImportFailure | null>(null);
  const [isReading, startReading] = useTransition();
  const [isImporting, startImporting] = useTransition();
  return {
    read,
    draft,
    failure,
    isReading,
    isImporting,
    change: (part: Partial<ImportDraft>) => setDraft((before) => ({ ...before, ...part })),
    look: (source: ImportSource) =>
      startReading(async () => {
        const answer = await send(`${view.importPath}&dryRun=1`, importBody(source, null));
        setDraft(empty);
        setFailure("failure" in answer ? answer.failure : null);
        setRead("plan" in answer ? { source, plan: answer.plan } : null);
      }),
    startOver: () => {
      setRead(null);
      setFailure(null);
    },
    importAll: () =>
      startImporting(async () => {
        if (!read) return;
        const answer = await send(view.importPath, importBody(read.source, draft));
        if ("failure" in answer) return setFailure(answer.failure);
        const { creates, updates, gone } = answer.plan;
        const removed = gone.filter((each) => each.removed).length;
        const parts = [
          `${counted(creates.length, "endpoint")} added`,
          ...(updates.length > 0 ? [`${updates.length} changed`] : []),
          ...(removed > 0 ? [`${removed} taken off sale`] : []),
        ];
        toast.success(`${parts.join(", ")}.`);
        router.push(view.serviceHref);
      }),
  };
}

export type Importing = ReturnType<typeof useImport>;
