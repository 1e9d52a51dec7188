"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { RowLink, RowTh, Table, Td, Th, Tr } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { runCheck } from "@/lib/dashboard/discovery/actions";
import type { DriftRowView, DriftView } from "@/lib/dashboard/discovery/view";

type DriftCardProps = { merchant: string; drift: DriftView; mayWrite: boolean };

/** Each advertised offer against the live challenge, with what differs first. */
export function DriftCard({ merchant, drift, mayWrite }: DriftCardProps) {
  const { at, word, sentence, rows, isOld } = drift;
  return (
    <Card
      title="Advertised against asked"
      note={
        at && (
          <>
            last run <Time {...at} />
          </>
        )
      }
      aside={
        <>
          <Status tone={word.tone} label={word.label} isPill />
          {mayWrite && <RunNow merchant={merchant} />}
        </>
      }
      body="flush"
    >
      <p className="border-b px-4 pb-3 text-sm">
        {sentence}
        {isOld && " The configuration has changed since; the next run is on its way."}
      </p>
      {rows.length === 0 ? (
        <EmptyState kind="first" title="Nothing to compare">
          Priced endpoints that are listed, not paused and payable are compared here, row by row.
        </EmptyState>
      ) : (
        <Table caption="Advertised offers and live challenges, differences first">
          <thead>
            <tr>
              <Th>State</Th>
              <Th>Operation</Th>
              <Th>Advertised</Th>
              <Th>Asked</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.key} row={row} />
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

function Row({ row }: { row: DriftRowView }) {
  const label = (
    <bdi dir="ltr" className="mono wrap-anywhere">
      {row.method} {row.address}
    </bdi>
  );
  return (
    <Tr>
      <Td phone="status">
        <Status
          tone={row.word.tone}
          label={row.word.label}
          shape={row.word.tone === "neutral" ? "check" : undefined}
        />
      </Td>
      <RowTh phone="lead">
        <span className="block whitespace-normal">
          {row.href ? <RowLink href={row.href}>{label}</RowLink> : label}
          {row.words.map((text) => (
            <span key={text} className="block text-muted text-xs wrap-anywhere">
              {text}
            </span>
          ))}
        </span>
      </RowTh>
      <Td phone="sub" isWrapped>
        <Offers offers={row.published} />
      </Td>
      <Td isWrapped>
        <Offers offers={row.live} />
      </Td>
    </Tr>
  );
}

const Offers = ({ offers }: { offers: readonly string[] }) =>
  offers.length === 0 ? (
    <span className="text-muted">—</span>
  ) : (
    offers.map((offer) => (
      <span key={offer} className="block">
        {offer}
      </span>
    ))
  );

function RunNow({ merchant }: { merchant: string }) {
  const router = useRouter();
  const [isPending, start] = useTransition();
  return (
    <Button
      isPending={isPending}
      onClick={() =>
        start(async () => {
          const answer = await runCheck({ merchant }).catch(() => null);
          if (answer?.ok) {
            const { differs } = answer;
            toast.success(differs === 0 ? "Compared: everything agrees." : `Compared: ${differs} differ.`);
          } else toast.error(answer ? answer.problem.detail : "The server did not answer.");
          router.refresh();
        })
      }
    >
      Run now
    </Button>
  );
}
