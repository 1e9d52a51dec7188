import { Skeleton } from "@/components/ui/skeleton";

/** The place of the form while it is on its way. */
export function CardPlaceholder() {
  return (
    <div className="grid min-h-56 content-start gap-4" role="status">
      <span className="sr-only">The card form is being loaded.</span>
      <Skeleton className="h-touch" />
      <div className="grid grid-cols-2 gap-4">
        <Skeleton className="h-touch" />
        <Skeleton className="h-touch" />
      </div>
      <Skeleton className="h-touch" />
    </div>
  );
}
