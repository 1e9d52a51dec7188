import { cn } from "./cn";

/** A thin moving line over data that stays in place while newer data is on the way. */
export function LoadingBar({ isActive, className }: { isActive: boolean; className?: string }) {
  if (!isActive) return null;
  return (
    <span
      aria-hidden
      className={cn("block h-0.5 overflow-hidden motion-reduce:bg-accent print:hidden", className)}
    >
      <span className="block h-full w-1/4 animate-[thin-bar_1.2s_linear_infinite] bg-accent motion-reduce:w-full" />
    </span>
  );
}
