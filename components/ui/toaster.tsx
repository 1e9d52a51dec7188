"use client";

import { CircleCheck, Info, OctagonX, TriangleAlert } from "lucide-react";
import { Toaster as Sonner } from "sonner";

const classNames = {
  toast:
    "flex w-full items-center gap-3 rounded-card bg-raised px-4 py-3 text-body text-sm shadow-float forced-colors:border",
  title: "font-regular text-ink",
  description: "text-muted text-xs",
  content: "min-w-0 flex-1",
  actionButton: "text-accent hover:underline underline-offset-2",
  cancelButton: "text-muted hover:text-ink",
};

/** Where toasts appear; call `toast` from "sonner". A toast is never the only trace of what it says. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      duration={6000}
      toastOptions={{ unstyled: true, classNames }}
      icons={{
        success: <CircleCheck className="text-good" />,
        error: <OctagonX className="text-failed" />,
        warning: <TriangleAlert className="text-attention" />,
        info: <Info className="text-muted" />,
      }}
    />
  );
}
