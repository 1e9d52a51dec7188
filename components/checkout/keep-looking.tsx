"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";

const everyMs = 2_000;

type KeepLookingProps = {
  id: string;
  /** What the page that is read shows; without it the page is shown anew once, lest it was old when it came. */
  shown?: string;
  /** Is there nothing to be paid here without a script? Then nothing is waited for without one. */
  needsScript?: boolean;
};

/** Asks whether anything has changed and then shows it. Without a script the page loads itself anew instead. */
export function KeepLooking({ id, shown, needsScript }: KeepLookingProps) {
  const { refresh } = useRouter();
  const seen = useRef("");
  useEffect(() => {
    const look = async () => {
      const answer = await fetch(`/checkout/${id}/state`, { cache: "no-store" }).catch(() => null);
      if (!answer?.ok) return;
      const { state, attemptId } = (await answer.json()) as { state: string; attemptId: string };
      const now = `${state} ${attemptId}`;
      if ((shown ?? seen.current) !== now) refresh();
      seen.current = now;
    };
    void look();
    const timer = setInterval(look, everyMs);
    window.addEventListener("pageshow", look); // shown again from the browser's memory, after Back
    return () => {
      clearInterval(timer);
      window.removeEventListener("pageshow", look);
    };
  }, [id, shown, refresh]);
  if (needsScript) return null;
  return (
    <noscript>
      <meta httpEquiv="refresh" content="4" />
    </noscript>
  );
}
