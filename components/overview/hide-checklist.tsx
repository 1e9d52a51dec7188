"use client";

import { useRouter } from "next/navigation";
import { Button } from "@/components/ui/button";
import { checklistCookie } from "@/lib/dashboard/overview/view";

/** Puts the checklist away in this browser. */
export function HideChecklist({ merchant }: { merchant: string }) {
  const router = useRouter();
  const hide = () => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing from browsers we support
    document.cookie = `${checklistCookie(merchant)}=hidden; Path=/; Max-Age=31536000; SameSite=Lax`;
    router.refresh();
  };
  return (
    <Button variant="ghost" onClick={hide}>
      Hide
    </Button>
  );
}
