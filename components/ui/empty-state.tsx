import type { ReactNode } from "react";
import { cn } from "./cn";

type EmptyStateProps = {
  /** "first": nothing exists yet. "no-match": the filters leave nothing. "not-allowed": a permission is missing. */
  kind: "first" | "no-match" | "not-allowed";
  title: string;
  /** One sentence: why it is empty, the filters in force, or who can grant the permission. */
  children?: ReactNode;
  /** One next step; primary only on first use. */
  action?: ReactNode;
  className?: string;
};

/** Left aligned, one sentence, one step; the three kinds are never confused. */
export function EmptyState({ kind, title, children, action, className }: EmptyStateProps) {
  return (
    <div data-empty={kind} className={cn("grid justify-items-start gap-2 px-4 py-6", className)}>
      <h2 className="text-base">{title}</h2>
      {children && <div className="max-w-[75ch] text-muted text-sm">{children}</div>}
      {action && <div className="mt-1 flex flex-wrap gap-2">{action}</div>}
    </div>
  );
}
