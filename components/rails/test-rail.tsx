"use client";

import { useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import { testRail } from "@/lib/dashboard/rails/actions";

type Result = Readonly<{ works: boolean; lines: readonly string[] }>;

/** Tries the saved settings out and says what is wrong with them. */
export function TestRail({ merchant, rail }: { merchant: string; rail: string }) {
  const [result, setResult] = useState<Result | null>(null);
  const [isPending, start] = useTransition();
  const run = () =>
    start(async () => {
      const answer = await testRail({ merchant, rail }).catch(() => null);
      if (!answer) setResult({ works: false, lines: ["The server did not answer. Try again."] });
      else if (answer.ok) setResult({ works: answer.works, lines: answer.lines });
      else setResult({ works: false, lines: [answer.problem.detail] });
    });
  return (
    <Card title="Connection">
      <div className="grid justify-items-start gap-3">
        <p className="text-muted text-sm">
          Asks the network with the settings as they are saved. No money is moved.
        </p>
        <Button isPending={isPending} onClick={run}>
          Test connection
        </Button>
        <div aria-live="polite" className="grid min-w-0 gap-1">
          {result && !isPending && (
            <>
              <Status
                tone={result.works ? "good" : "failed"}
                label={result.works ? "It works" : "It does not work"}
              />
              {result.lines.map((line) => (
                <p key={line} className="text-sm [overflow-wrap:anywhere]">
                  {line}
                </p>
              ))}
            </>
          )}
        </div>
      </div>
    </Card>
  );
}
