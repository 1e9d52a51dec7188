"use client";

import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadingBar } from "@/components/ui/loading-bar";
import { Status } from "@/components/ui/status";
import { TextLink } from "@/components/ui/text-link";
import { resultOf, type TryItView, type Verdict } from "@/lib/dashboard/try-it/view";
import { Sequence } from "./sequence";
import type { Exchange } from "./use-exchange";

type ExchangeCardProps = { view: TryItView; exchange: Exchange };

/** What the parties said to each other, and whether it is what was promised. */
export function ExchangeCard({ view, exchange }: ExchangeCardProps) {
  const { state, steps, verdict, fault } = exchange;
  const result = state === "ended" ? resultOf(verdict, fault) : null;
  return (
    <Card
      title="Exchange"
      note={steps.length > 0 ? `${steps.length} steps` : undefined}
      aside={result && <Status tone={result.tone} label={result.label} isPill />}
      body="flush"
      className="relative lg:sticky lg:top-24 lg:max-h-[calc(100dvh-7rem)] lg:overflow-y-auto"
    >
      <LoadingBar isActive={state === "running"} />
      <output className="sr-only">{result && `${result.label}. ${fault ?? verdict?.note ?? ""}`}</output>
      {state === "none" && (
        <EmptyState kind="first" title="Nothing sent yet">
          Each step stands here as it happens: the request, the 402 with its challenges, the payment, the call
          of the upstream, the receipt and what went into the ledger.
        </EmptyState>
      )}
      {(fault ?? verdict?.note) && (
        <p className="border-b px-4 pb-3 text-ink text-sm">{fault ?? verdict?.note}</p>
      )}
      {verdict && verdict.checks.length > 0 && <Checks verdict={verdict} view={view} />}
      {steps.length > 0 && <Sequence steps={steps} />}
    </Card>
  );
}

function Checks({ verdict, view }: { verdict: Verdict; view: TryItView }) {
  const { receipt, charge } = verdict;
  return (
    <div className="grid gap-2 border-b px-4 pb-3">
      <ul className="grid gap-1 text-sm" aria-label="What was promised, and what came">
        {verdict.checks.map(({ expected, came, isMet }) => (
          <li key={expected} className="grid gap-x-4 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <span className="grid grid-cols-[6rem_minmax(0,1fr)] text-ink">
              <Status
                tone={isMet ? "neutral" : "attention"}
                shape={isMet ? "check" : "alert"}
                label={isMet ? "Came" : "Differs"}
              />
              {expected}
            </span>
            <span className="text-muted max-sm:ms-24">{came}</span>
          </li>
        ))}
      </ul>
      <p className="text-sm">
        {receipt && <TextLink href={view.receiptHref.replace("{id}", receipt)}>Open the receipt</TextLink>}
        {!receipt && charge && (
          <TextLink href={view.attemptHref.replace("{id}", charge)}>Open the attempt</TextLink>
        )}
      </p>
    </div>
  );
}
