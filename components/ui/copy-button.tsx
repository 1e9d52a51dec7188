"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "./icon-button";

type CopyButtonProps = {
  /** What goes to the clipboard, whole and unformatted. */
  value: string;
  /** What it is: "receipt id", "command". */
  what: string;
  size?: "small" | "medium";
  className?: string;
};

type Outcome = "idle" | "copied" | "refused";

/** Copies and says so politely; when the browser refuses, it says that too. */
export function CopyButton({ value, what, size = "small", className }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<Outcome>("idle");
  useEffect(() => {
    if (outcome === "idle") return;
    const timer = setTimeout(() => setOutcome("idle"), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setOutcome("copied");
    } catch {
      setOutcome("refused");
    }
  }

  return (
    <>
      <IconButton label={`Copy ${what}`} size={size} onClick={copy} className={className}>
        {outcome === "copied" ? <Check className="text-good" /> : <Copy />}
      </IconButton>
      <span role="status" className="sr-only">
        {outcome === "copied" && "Copied"}
        {outcome === "refused" && "The browser did not allow copying. Select the text instead."}
      </span>
    </>
  );
}
