import { cn } from "./cn";

/** A quiet bar in the place and size of text that is on its way. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("block h-3 rounded-[2px] bg-sunken", className)} />;
}

/** Rows of a table that is on its way, with the table's own geometry. */
export function SkeletonRows({ rows, label = "Loading" }: { rows: number; label?: string }) {
  return (
    <div aria-busy="true">
      <span role="status" className="sr-only">
        {label}
      </span>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never change places
        <div key={index} className="flex h-row items-center gap-4 border-b px-4 last:border-0">
          <Skeleton className="w-24" />
          <Skeleton className="w-16" />
          <Skeleton className="flex-1" />
        </div>
      ))}
    </div>
  );
}
