import type { ReactNode } from "react";
import { cn } from "./cn";

type FactsProps = {
  /** `value` "—" means not applicable; links and `Identifier` are welcome as values. */
  facts: readonly { label: string; value: ReactNode }[];
  className?: string;
};

/** Names and values, one line each. */
export function Facts({ facts, className }: FactsProps) {
  return (
    <dl className={cn("grid text-sm", className)}>
      {facts.map(({ label, value }) => (
        <div
          key={label}
          className="grid min-h-8 grid-cols-[7rem_minmax(0,1fr)] items-center gap-2 border-t py-1 first:border-0"
        >
          <dt className="text-muted">{label}</dt>
          <dd className="min-w-0 text-ink wrap-anywhere [&>.inline-flex]:flex [&>.inline-flex]:justify-between">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
