import { Clock } from "lucide-react";

/** Said beside what is paid elsewhere. */
export function Waiting() {
  return (
    <p className="flex items-center gap-2 text-muted text-sm" role="status">
      <Clock className="flex-none" />
      Waiting for the payment. This page notices by itself.
    </p>
  );
}
