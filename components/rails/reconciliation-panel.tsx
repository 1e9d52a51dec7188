import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts } from "@/components/ui/facts";
import { Status } from "@/components/ui/status";
import { TextLink } from "@/components/ui/text-link";
import type { MismatchView, ReconciliationView, StandingView } from "@/lib/dashboard/rails/view";
import { ExplainMismatch, RunReconciliation } from "./reconciliation-acts";

type ReconciliationPanelProps = { view: ReconciliationView; merchant: string; rail: string };

/** The books beside the rail's own word: agreement is said, a difference is listed until it is explained or gone. */
export function ReconciliationPanel({ view, merchant, rail }: ReconciliationPanelProps) {
  const { standings, mayExplain } = view;
  return (
    <Card
      id="reconciliation"
      title="Reconciliation"
      aside={mayExplain && standings.length > 0 && <RunReconciliation merchant={merchant} rail={rail} />}
      body="flush"
    >
      {standings.length === 0 ? (
        <EmptyState kind="first" title="Nothing to compare yet">
          Once something is paid on this rail, the ledger is compared with what the rail says every minute.
        </EmptyState>
      ) : (
        <ul className="divide-y">
          {standings.map((standing) => (
            <li key={standing.currency} className="grid gap-4 px-4 pb-4">
              <OneStanding standing={standing} />
              {standing.rows.length > 0 && (
                <ul className="divide-y rounded-card border">
                  {standing.rows.map((row) => (
                    <MismatchRow key={row.id} row={row} merchant={merchant} mayExplain={mayExplain} />
                  ))}
                </ul>
              )}
              {standing.notes.map((note) => (
                <p key={note} className="text-muted text-sm">
                  {note}
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function OneStanding({ standing }: { standing: StandingView }) {
  const { ledger, railSays, difference, lastRun } = standing;
  return (
    <Facts
      facts={[
        { label: "Ledger", value: <span className="num">{ledger}</span> },
        { label: "Rail", value: <span className="num">{railSays}</span> },
        {
          label: "Difference",
          value: (
            // In a plain element, since facts spread what stands in them side by side to both ends.
            <span>
              {difference === null ? (
                <Status tone="good" shape="check" label="Agrees" />
              ) : (
                <Status tone="attention" shape="alert" label={difference} />
              )}
            </span>
          ),
        },
        { label: "Last run", value: lastRun },
      ]}
    />
  );
}

type MismatchRowProps = { row: MismatchView; merchant: string; mayExplain: boolean };

function MismatchRow({ row, merchant, mayExplain }: MismatchRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2 text-sm">
      <span className="num text-ink">{row.difference}</span>
      <span className="min-w-0 flex-1 basis-48">
        {row.reason}
        <span className="block text-muted text-xs">
          <TextLink href={row.receipt.href} className="break-all underline">
            {row.receipt.label}
          </TextLink>{" "}
          · {row.age}
        </span>
      </span>
      {mayExplain && <ExplainMismatch merchant={merchant} row={row} />}
    </li>
  );
}
