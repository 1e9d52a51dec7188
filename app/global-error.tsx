"use client";

import { EntryShell } from "@/components/shell/entry-shell";
import { Button } from "@/components/ui/button";
import "./globals.css";

type GlobalErrorProps = { error: Error & { digest?: string }; reset: () => void };

/** Stands in for the whole document when even the root layout failed. */
export default function GlobalError({ error, reset }: GlobalErrorProps) {
  return (
    <html lang="en" dir="ltr">
      <body>
        <title>Error · Farebox</title>
        <EntryShell
          title="Farebox could not show this page"
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
      </body>
    </html>
  );
}
