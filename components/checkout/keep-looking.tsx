"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";

const everyMs = 2_000;

/** Asks whether anything has changed and then shows it. Without a script the page loads itself anew instead. */
export function KeepLooking({ id }: { id: string }) {
  const { refresh } = useRouter();
  const seen = useRef<string | null>(null);
  useEffect(() => {
    const look = async () => {
      const answer = await fetch(`/checkout/${id}/state`, { cache: "no-store" }).catch(() => null);
      if (!answer?.ok) return;
      const { state, attemptId } = (await answer.json()) as { state: string; attemptId: string };
      const now = `${state} ${attemptId}`;
      if (seen.current !== null && seen.current !== now) refresh();
      seen.current = now;
    };
    void look();
    const timer = setInterval(look, everyMs);
    return () => clearInterval(timer);
  }, [id, refresh]);
  return (
    <noscript>
      <meta httpEquiv="refresh" content="4" />
    </noscript>
  );
}
