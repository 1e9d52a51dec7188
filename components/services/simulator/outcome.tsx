import { Amount } from "@/components/ui/amount";
import { cn } from "@/components/ui/cn";
import type { Outcome } from "@/lib/dashboard/endpoints/simulator/view";

/** What the request costs, on each rail, and how the rules came to it. */
export function OutcomeView({ outcome }: { outcome: Outcome }) {
  const offered = outcome.rows.filter(({ isOffered }) => isOffered);
  const left = outcome.rows.filter(({ isOffered }) => !isOffered);
  return (
    <div className="grid gap-4 border-t p-4 sm:grid-cols-[minmax(8rem,2fr)_minmax(0,5fr)]">
      <div className="grid content-start gap-1">
        <span className="text-muted text-xs">This request</span>
        <strong
          className={cn(
            "num font-regular text-ink wrap-anywhere",
            outcome.kind === "priced" ? "text-2xl" : "text-xl",
          )}
        >
          {outcome.headline}
        </strong>
        <span className="text-sm">{outcome.detail}</span>
        {offered.length > 0 && (
          <ul className="mt-1 grid gap-0.5 text-sm">
            {offered.map(({ rail, title, asked }) => (
              <li key={rail} className="flex flex-wrap items-baseline gap-x-2">
                <span className="text-muted">{title}</span>
                {asked && <Amount {...asked} places={outcome.places} />}
              </li>
            ))}
          </ul>
        )}
        {left.map(({ rail, title, why }) => (
          <p key={rail} className="text-muted text-xs">
            Not on {title}: {why}
          </p>
        ))}
      </div>
      <ol className="grid content-start gap-1.5 text-sm" aria-label="How the price came about">
        {outcome.trace.map(({ key, title, matched, words }) => (
          <li key={key} className="grid gap-x-3 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
            <span className={matched ? "font-medium text-ink" : "text-muted"}>
              {title}
              <span className="sr-only">{matched ? ", applied" : ", did not apply"}</span>
            </span>
            <span className={cn("wrap-anywhere", matched ? "text-ink" : "text-muted")}>{words}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
