"use client";

import { Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";

/** Copies the invoice; the text stands beside it for browsers that do not allow that, or run no script. */
export function CopyInvoice({ text }: { text: string }) {
  const [said, setSaid] = useState("");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("The browser did not allow copying. Select the text below instead.");
    }
  }
  return (
    <>
      <Button size="touch" onClick={copy}>
        <Copy />
        Copy invoice
      </Button>
      <span role="status" className="text-center text-muted text-sm empty:hidden">
        {said}
      </span>
      <details className="text-sm">
        <summary className="cursor-pointer text-muted">Show the invoice as text</summary>
        <p className="mono mt-2 text-xs wrap-anywhere select-all">{text}</p>
      </details>
    </>
  );
}
