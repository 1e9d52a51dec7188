import type { ReactNode } from "react";
import { cn } from "@/components/ui/cn";
import { Brand } from "./brand";

type EntryShellProps = {
  title: string;
  /** Under the title: where signing in leads, which step this is. */
  note?: ReactNode;
  /** Below the card, stepped back. */
  foot?: ReactNode;
  width?: "narrow" | "wide";
  children: ReactNode;
};

/** The pages people meet before the dashboard: sign-in, first run, and what went wrong. */
export function EntryShell({ title, note, foot, width = "narrow", children }: EntryShellProps) {
  return (
    <main
      className={cn(
        "mx-auto grid content-start gap-6 px-4 pt-8 pb-6 md:pt-24",
        width === "narrow" ? "max-w-100" : "max-w-160",
      )}
    >
      <Brand />
      <section className="grid gap-4 rounded-card border bg-surface p-6">
        <div>
          <h1>{title}</h1>
          {note && <div className="text-muted text-sm wrap-anywhere">{note}</div>}
        </div>
        {children}
      </section>
      {foot && <div className="text-muted text-sm">{foot}</div>}
    </main>
  );
}
