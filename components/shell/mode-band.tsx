import { FlaskConical } from "lucide-react";

/** The one full-width band; on screen and on paper it says that no real money moves. */
export function ModeBand() {
  return (
    <p className="flex min-h-8 items-center gap-2 border-attention-line border-b bg-test-soft px-4 py-1 text-sm text-test md:px-6">
      <FlaskConical />
      <span>
        <b className="text-test">Test mode.</b> No real money moves on this page.{" "}
        <span className="max-md:hidden">Exports and prints carry the word “test”.</span>
      </span>
    </p>
  );
}
