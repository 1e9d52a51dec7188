"use client";

import { useState, useTransition } from "react";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { agreeToVtex } from "@/lib/dashboard/vtex-consent/actions";
import type { ConsentView } from "@/lib/dashboard/vtex-consent/view";

/** Asks a member whether VTEX may have credentials, and takes the browser back to VTEX with the code for them. */
export function ConsentCard({ view }: { view: ConsentView }) {
  const { merchant, token, connector, mode, returnHost, until } = view;
  const [problem, setProblem] = useState<string | null>(null);
  const [isGoing, setIsGoing] = useState(false);
  const [isPending, start] = useTransition();
  const agree = () =>
    start(async () => {
      setProblem(null);
      const answer = await agreeToVtex({ merchant, token }).catch(() => null);
      if (!answer?.ok) {
        setProblem(answer?.problem.detail ?? "The server did not answer. Nothing was given out. Try again.");
        return;
      }
      setIsGoing(true);
      window.location.assign(answer.href);
    });
  return (
    <div className="grid max-w-[40rem] gap-4">
      {problem !== null && (
        <Banner tone="failed" title="VTEX was given nothing" isAlert>
          {problem}
        </Banner>
      )}
      <Card title="What VTEX asks for">
        <div className="grid gap-4">
          <p className="text-sm">
            An application key and token for this connector. With them VTEX opens, settles, cancels and
            refunds payments of your shop. You can end them at any time on the connector's page.
          </p>
          <Facts
            facts={[
              { label: "Connector", value: connector },
              { label: "Money", value: mode === "live" ? "Real money" : "Test money" },
              { label: "Goes back to", value: returnHost },
              { label: "Answer until", value: until },
            ]}
          />
          <div className="flex flex-wrap items-center gap-2">
            <Button variant="primary" isPending={isPending || isGoing} onClick={agree}>
              Give VTEX credentials
            </Button>
            <p className="text-muted text-sm">Not your request? Close this page, and nothing is given out.</p>
          </div>
        </div>
      </Card>
    </div>
  );
}
