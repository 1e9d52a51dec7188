"use client";

import { useLinkStatus } from "next/link";
import { LoadingBar } from "./loading-bar";

/** Inside a link: a thin bar along the top of the window while its page is on the way. */
export function LinkPending() {
  const { pending } = useLinkStatus();
  return <LoadingBar isActive={pending} className="fixed inset-x-0 top-0 z-50" />;
}
