"use client";

import { useEffect, useState } from "react";
import { Amount } from "@/components/ui/amount";
import { Card } from "@/components/ui/card";
import { LoadingBar } from "@/components/ui/loading-bar";
import { Status } from "@/components/ui/status";
import { RowTh, Table, Td, Th, Tr } from "@/components/ui/table";
import { quoteEndpoint } from "@/lib/dashboard/endpoints/actions";
import type { EndpointDraft, EndpointFormView, Quote } from "@/lib/dashboard/endpoints/view";

const pauseMs = 250;

/** What each rail makes of the price as it is typed; the server asks the function that the gateway asks. */
function useQuote({ merchant, service, quote }: EndpointFormView, draft: EndpointDraft) {
  const { terms, amount, currency } = draft;
  const asked = `${terms} ${amount} ${currency}`;
  const [shown, setShown] = useState({ asked, quote });
  const isAnswered = shown.asked === asked;
  useEffect(() => {
    if (isAnswered) return;
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const answer = await quoteEndpoint({ merchant, service, terms, amount, currency }).catch(() => null);
      if (!isCurrent) return;
      const note = answer && !answer.ok ? answer.problem.detail : "The server did not answer.";
      setShown((before) => ({ asked, quote: answer?.ok ? answer.quote : { ...before.quote, note } }));
    }, pauseMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [isAnswered, asked, merchant, service, terms, amount, currency]);
  return { quote: shown.quote, isAsking: !isAnswered };
}

export function OffersCard({ view, draft }: { view: EndpointFormView; draft: EndpointDraft }) {
  const { quote, isAsking } = useQuote(view, draft);
  if (draft.terms === "free") return null;
  return (
    <Card title="Rails that will be offered" note="for the list price as typed" body="flush">
      <div className="relative">
        <LoadingBar isActive={isAsking} className="absolute inset-x-0 top-0" />
        {quote.note && <p className="border-t px-4 py-3 text-muted text-sm">{quote.note}</p>}
        {quote.rows.length > 0 && <OffersTable {...quote} />}
      </div>
    </Card>
  );
}

function OffersTable({ rows, places }: Quote) {
  return (
    <Table caption="Rails, what each asks for this price, and why those that are left out are">
      <thead>
        <tr>
          <Th>State</Th>
          <Th>Rail</Th>
          <Th align="amount">Asked</Th>
          <Th>Why</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.rail}>
            <Td phone="status">
              {row.isOffered ? (
                <Status tone="good" label="Offered" />
              ) : (
                <Status tone="neutral" shape="minus" label="Not offered" />
              )}
            </Td>
            <RowTh phone="lead">{row.title}</RowTh>
            <Td align="amount" phone="meta">
              {row.asked ? (
                <Amount {...row.asked} places={places} />
              ) : (
                <span className="text-muted md:pe-[3.2ch]">—</span>
              )}
            </Td>
            <Td phone="sub" isWrapped className="py-1.5 text-muted">
              {row.why}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
