"use client";

import { useRef, useState } from "react";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { samplePath } from "@/lib/dashboard/endpoints/view";
import {
  draftFor,
  readHeaders,
  type TryItDraft,
  type TryItEndpoint,
  type TryItView,
  takesBody,
} from "@/lib/dashboard/try-it/view";
import { ExchangeCard } from "./exchange-card";
import { PaymentCard } from "./payment-card";
import { RequestCard } from "./request-card";
import { useExchange } from "./use-exchange";

/** The request as the gateway's own function is asked it. */
const messageOf = (endpoint: TryItEndpoint, draft: TryItDraft, headers: [string, string][]) => ({
  service: endpoint.service,
  method: draft.method,
  path: samplePath(endpoint.path, draft.samples),
  query: draft.query.trim().replace(/^\?/, ""),
  headers,
  body: takesBody(draft.method) ? draft.body : "",
  payer: draft.payer.trim() || "ada",
  case: draft.case,
  ...(draft.payment === "pasted" || !endpoint.canPay ? { credential: draft.credential.trim() } : {}),
});

/** The console: a request on the left, on the right what the four parties say to each other about it. */
export function TryIt({ view }: { view: TryItView }) {
  const all = view.services.flatMap(({ endpoints }) => endpoints);
  const [draft, setDraft] = useState(() => draftFor(all.find(({ id }) => id === view.chosen)));
  const [fault, setFault] = useState<string | null>(null);
  const result = useRef<HTMLDivElement>(null);
  const { exchange, play } = useExchange(`/api/v1/try-it?merchant=${view.merchant}`);
  const endpoint = all.find(({ id }) => id === draft.endpoint);
  const change = (part: Partial<TryItDraft>) => setDraft((before) => ({ ...before, ...part }));

  function send() {
    if (!endpoint || exchange.state === "running") return;
    const read = readHeaders(draft.headers);
    setFault("fault" in read ? read.fault : null);
    if (!("headers" in read)) return;
    void play(messageOf(endpoint, draft, read.headers));
    result.current?.scrollIntoView({ block: "start" }); // on a phone it stands below the form
  }

  if (!endpoint) return <Nothing view={view} />;
  return (
    <form
      className="grid gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <PageHeader title="Try it" note="in test mode, through the gateway that payers meet" />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <div className="grid gap-6">
          <RequestCard
            view={view}
            endpoint={endpoint}
            draft={draft}
            fault={fault}
            change={change}
            choose={(id) =>
              setDraft((before) =>
                draftFor(
                  all.find((each) => each.id === id),
                  before,
                ),
              )
            }
          />
          <PaymentCard
            view={view}
            endpoint={endpoint}
            draft={draft}
            change={change}
            isRunning={exchange.state === "running"}
          />
        </div>
        <div ref={result} className="min-w-0 scroll-mt-24 lg:contents">
          <ExchangeCard view={view} exchange={exchange} />
        </div>
      </div>
    </form>
  );
}

function Nothing({ view }: { view: TryItView }) {
  return (
    <div className="grid gap-6">
      <PageHeader title="Try it" />
      <Card body="flush">
        <EmptyState
          kind="first"
          title="Nothing to try in test mode yet"
          action={
            <ButtonLink href={view.newServiceHref} variant="primary">
              New service
            </ButtonLink>
          }
        >
          The console sends requests to services in test mode. Add one with an endpoint, priced or free.
        </EmptyState>
      </Card>
    </div>
  );
}
