"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { toast } from "sonner";
import { isSame, type Refusal, type Saved } from "@/lib/dashboard/forms/view";

type DraftOptions<T> = {
  /** What is stored; a page that loads again gives the form a new key when this has changed. */
  stored: T;
  /** A server action. */
  save: (input: Readonly<Record<string, unknown>>) => Promise<Saved>;
  /** What is sent beside `draft`: the merchant, and what the draft is a draft of. */
  about: Readonly<Record<string, unknown>>;
  /** What the toast says: "Weather saved." */
  done: (draft: T) => string;
};

const unsent: Refusal = {
  detail: "The server did not answer. What you typed is still here; saving again is safe.",
};

/** A form whose text outlives every failure: it is state of the page, sent as one draft, and kept until it is saved. */
export function useDraft<T>({ stored, save, about, done }: DraftOptions<T>) {
  const router = useRouter();
  const [draft, setDraft] = useState(stored);
  const [saved, setSaved] = useState(stored);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isSaving, startSaving] = useTransition();

  function submit() {
    if (isSaving) return;
    startSaving(async () => {
      const answer = await save({ ...about, draft }).catch(() => ({ ok: false as const, problem: unsent }));
      if (!answer.ok) {
        setRefusal(answer.problem);
        return;
      }
      setRefusal(null);
      setSaved(draft);
      toast.success(done(draft));
      if (answer.href) router.push(answer.href);
      else router.refresh();
    });
  }

  return {
    draft,
    change: (part: Partial<T>) => setDraft((before) => ({ ...before, ...part })),
    discard: () => {
      setDraft(saved);
      setRefusal(null);
    },
    submit,
    isSaving,
    isChanged: !isSame(draft, saved),
    refusal,
  };
}
