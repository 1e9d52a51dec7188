"use client";

import { useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { testUpstream } from "@/lib/dashboard/services/upstream/actions";
import type { Tested, UpstreamView } from "@/lib/dashboard/services/upstream/view";

/** How the upstream fares, and one call to see whether it is there. */
export function HealthCard({ view, isChanged }: { view: UpstreamView; isChanged: boolean }) {
  const { health } = view;
  const [tested, setTested] = useState<Tested | null>(null);
  const [isTesting, startTesting] = useTransition();
  const test = () =>
    startTesting(async () => {
      const about = { merchant: view.merchant, service: view.slug };
      const answer = await testUpstream(about).catch(() => null);
      if (answer?.ok) setTested(answer.tested);
      else setTested({ isReached: false, words: answer?.problem.detail ?? "The server did not answer." });
    });
  return (
    <Card
      title="Health"
      note="of this process, since it started"
      aside={
        view.mayWrite &&
        view.isReadable && (
          <Button onClick={test} isPending={isTesting}>
            Test connection
          </Button>
        )
      }
    >
      <div className="grid gap-3">
        <div aria-live="polite">
          {tested && (
            <p className="flex flex-wrap items-center gap-x-3 text-sm">
              <Status
                tone={tested.isReached ? "good" : "failed"}
                label={tested.isReached ? "Reached" : "Not well"}
              />
              <span>{tested.words}</span>
            </p>
          )}
          {tested && isChanged && (
            <p className="mt-1 text-muted text-xs">
              The address as it is saved was asked, without your changes.
            </p>
          )}
        </div>
        {health ? (
          <>
            <p className="flex flex-wrap items-center gap-x-3 text-sm">
              <Status tone={health.tone} label={health.label} />
              <span>{health.words}</span>
            </p>
            <Facts
              facts={[
                {
                  label: "Last success",
                  value: health.lastSuccess ? <Time {...health.lastSuccess} /> : "—",
                },
                {
                  label: "Last failure",
                  value: health.lastFailure ? (
                    <>
                      <Time {...health.lastFailure.time} /> {health.lastFailure.why}
                    </>
                  ) : (
                    "—"
                  ),
                },
                { label: "Calls under way", value: health.inFlight },
              ]}
            />
          </>
        ) : (
          <p className="text-muted text-sm">It is not served, so it is not called.</p>
        )}
      </div>
    </Card>
  );
}
