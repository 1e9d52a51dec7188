import type { ReactNode } from "react";

/** A key of the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className="rounded-[4px] border bg-sunken px-1 font-sans text-muted text-xs">{children}</kbd>;
}
