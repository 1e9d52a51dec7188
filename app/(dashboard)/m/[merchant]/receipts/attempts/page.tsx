import type { Metadata } from "next";
import { MoneyViews } from "@/components/receipts/money-views";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Amount } from "@/components/ui/amount";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { RowLink, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { loadAttempts } from "@/lib/dashboard/attempts/loaders";
import type { AttemptListView } from "@/lib/dashboard/attempts/view";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Attempts · Receipts" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function AttemptsPage({ params, searchParams }: Props) {
  const { merchant } = await params;
  const address = { merchant, path: "receipts/attempts", query: await searchParams };
  const shell = await loadShell(address, { scope: "charges:read", breadcrumb: [{ label: "Attempts" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadAttempts(address);
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-4">
        <PageHeader
          title="Attempts"
          views={<MoneyViews merchant={merchant} mode={shell.mode} current="attempts" />}
        />
        <Card
          title="Without a receipt"
          note="in flight, unknown, declined or void"
          body="flush"
          foot={<Steps view={view} />}
        >
          {view.rows.length === 0 ? (
            <EmptyState kind="first" title="Every payment has its receipt">
              Payments that are in flight, unknown, declined or void are listed here, each with what is being
              done.
            </EmptyState>
          ) : (
            <Rows view={view} />
          )}
        </Card>
      </div>
    </DashboardShell>
  );
}

function Rows({ view }: { view: AttemptListView }) {
  return (
    <Table caption="Payments without a receipt, newest first">
      <thead>
        <tr>
          <Th>Time</Th>
          <Th align="amount">Amount</Th>
          <Th>Status</Th>
          <Th>What is being done</Th>
          <Th>Endpoint</Th>
          <Th>Service</Th>
          <Th>Rail</Th>
        </tr>
      </thead>
      <tbody>
        {view.rows.map((row) => (
          <tr key={row.id}>
            <Td phone="meta">
              <Time {...row.at} />
            </Td>
            <Td align="amount" phone="lead">
              <RowLink href={row.href} prefetch={false}>
                <Amount {...row.amount} places={view.places} />
              </RowLink>
            </Td>
            <Td phone="status">
              <Status {...row.word} />
            </Td>
            <Td isWrapped className="w-full text-muted">
              {row.doing}
            </Td>
            <Td phone="sub">
              <span className="mono">
                <span className="text-muted">{row.method}</span> <bdi>{row.path}</bdi>
              </span>
            </Td>
            <Td>{row.service}</Td>
            <Td>{row.rail}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Steps({ view }: { view: AttemptListView }) {
  return (
    <>
      <p className="text-muted">Attempts have no money in them, so they have no sum.</p>
      {(view.newerHref || view.olderHref) && (
        <nav aria-label="Pages" className="ms-auto flex gap-2 print:hidden">
          {view.newerHref && <ButtonLink href={view.newerHref}>Newer</ButtonLink>}
          {view.olderHref && <ButtonLink href={view.olderHref}>Older</ButtonLink>}
        </nav>
      )}
    </>
  );
}
