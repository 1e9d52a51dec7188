import { Plus, X } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "./cn";

export const chipStyle =
  "inline-flex h-control max-w-full items-center gap-1 rounded-control border border-line-control px-2 text-sm whitespace-nowrap";

/** A filter in force: its name steps back, its value stands out, and one press takes it away. */
export function Chip({ name, value, removeHref }: { name: string; value: string; removeHref: string }) {
  return (
    <span className={cn(chipStyle, "bg-sunken pe-1 text-ink")}>
      <span className="text-muted">{name}</span>
      <span className="truncate" title={value}>
        {value}
      </span>
      <Link
        href={removeHref}
        aria-label={`Remove filter ${name} ${value}`}
        className="grid size-6 flex-none place-items-center rounded-control text-muted hover:bg-hover hover:text-ink"
      >
        <X className="size-3.5" />
      </Link>
    </span>
  );
}

/** The dashed chip that adds one; wrap it in whatever opens the choice. */
export function ChipAdd({ children }: { children: ReactNode }) {
  return (
    <span className={cn(chipStyle, "border-dashed text-muted")}>
      <Plus className="size-3.5" />
      {children}
    </span>
  );
}
