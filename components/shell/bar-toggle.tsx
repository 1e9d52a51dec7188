"use client";

import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { useSyncExternalStore } from "react";

const isShrunk = () => document.documentElement.dataset.bar === "icons";

function onChange(notify: () => void) {
  const observer = new MutationObserver(notify);
  observer.observe(document.documentElement, { attributeFilter: ["data-bar"] });
  return () => observer.disconnect();
}

/** Shrinks the left bar to icons and back; a cookie keeps the choice, so that the server draws it right at once. */
export function BarToggle() {
  const shrunk = useSyncExternalStore(onChange, isShrunk, () => false);

  function toggle() {
    const next = shrunk ? "full" : "icons";
    document.documentElement.dataset.bar = next;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing from browsers we support
    document.cookie = `farebox_bar=${next}; Path=/; Max-Age=31536000; SameSite=Lax`;
  }

  return (
    <button
      type="button"
      onClick={toggle}
      aria-expanded={!shrunk}
      title={shrunk ? "Widen the bar" : "Shrink the bar"}
      className="mt-auto hidden h-8 w-full items-center gap-2 rounded-control px-2 text-muted text-sm hover:bg-hover hover:text-ink focus-visible:-outline-offset-2 lg:flex"
    >
      {shrunk ? <PanelLeftOpen /> : <PanelLeftClose />}
      <span className="icons:sr-only">{shrunk ? "Widen the bar" : "Shrink the bar"}</span>
    </button>
  );
}
