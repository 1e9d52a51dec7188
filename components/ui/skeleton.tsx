import { cn } from "./cn";

/** A quiet bar in the place and size of text that is on its way. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("block h-3 rounded-[2px] bg-sunken", className)} />;
}
