"use client";

import { useEffect } from "react";
import { seenCookie } from "@/lib/dashboard/overview/view";

/** Tells the checklist on the overview that a receipt has been looked at. */
export function MarkSeen() {
  useEffect(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing from browsers we support
    document.cookie = `${seenCookie}=1; Path=/; Max-Age=31536000; SameSite=Lax`;
  }, []);
  return null;
}
