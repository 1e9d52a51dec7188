"use client";

import { EntryShell } from "@/components/shell/entry-shell";
import { Button } from "@/components/ui/button";

type ErrorPageProps = { error: Error & { digest?: string }; reset: () => void };

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <EntryShell
      title="This page could not be shown"
      foot={
        error.digest && (
          <>
            Reference for the log: <span className="mono">{error.digest}</span>
          </>
        )
      }
    >
      <p className="text-sm">
        Something broke while it was being put together. Nothing was changed or paid by that.
      </p>
      <Button variant="primary" size="medium" onClick={reset}>
        Try again
      </Button>
    </EntryShell>
  );
}
