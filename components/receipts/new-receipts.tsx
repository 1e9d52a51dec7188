"use client";

import { ArrowUp } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState, useTransition } from "react";
import { Button } from "@/components/ui/button";

const everyMs = 10_000;
const countedMost = 200;

/** How many receipts the list would show besides those it shows; `null` when nobody can say. */
async function countNew(href: string): Promise<number | null> {
  try {
    const response = await fetch(`${href}&limit=${countedMost}`, { headers: { accept: "application/json" } });
    if (!response.ok) return null;
    const { data }: { data: readonly unknown[] } = await response.json();
    return data.length;
  } catch {
    return null;
  }
}

/** "12 new": rows do not jump under the reader's hand; they come when asked for. */
export function NewReceipts({ href }: { href: string }) {
  const router = useRouter();
  const [count, setCount] = useState(0);
  const [isPending, startTransition] = useTransition();

  useEffect(() => {
    setCount(0);
    const timer = setInterval(async () => {
      if (document.visibilityState !== "visible") return;
      const found = await countNew(href);
      if (found !== null) setCount(found);
    }, everyMs);
    return () => clearInterval(timer);
  }, [href]);

  const shown = `${count >= countedMost ? `${countedMost} or more` : count} new`;
  return (
    <span role="status">
      {count > 0 && (
        <Button isPending={isPending} onClick={() => startTransition(() => router.refresh())}>
          <ArrowUp />
          {shown}
        </Button>
      )}
    </span>
  );
}
