import type { Metadata } from "next";
import { PaymentActs } from "@/components/receipts/payment-acts";
import { ReceiptFacts } from "@/components/receipts/receipt-facts";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Card } from "@/components/ui/card";
import { Identifier } from "@/components/ui/identifier";
import { PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { Timeline } from "@/components/ui/timeline";
import { loadAttempt } from "@/lib/dashboard/attempts/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import { type Query, readParameter } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; id: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params;
  return { title: `${id.slice(0, 40)} · Attempts` };
}

export default async function AttemptPage({ params, searchParams }: Props) {
  const [{ merchant, id }, query] = await Promise.all([params, searchParams]);
  const address = { merchant, path: `receipts/attempts/${encodeURIComponent(id)}`, query };
  const list = `/m/${merchant}/receipts/attempts?mode=${readParameter(query, "mode") ?? "test"}`;
  const shell = await loadShell(address, {
    scope: "charges:read",
    breadcrumb: [
      { label: "Attempts", href: list },
      { label: id, isMono: true },
    ],
    modeBase: `/m/${merchant}/receipts/attempts`,
  });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadAttempt(address, id);
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-6">
        <PageHeader
          isFigure
          title={view.title}
          note="asked for; nothing is settled"
          actions={view.payment ? <PaymentActs acts={view.payment} /> : undefined}
          below={
            <>
              <Status isPill {...view.word} />
              <Identifier value={view.id} what="charge id" keep="whole" />
              <Time {...view.at} />
            </>
          }
        />
        <p className="max-w-[75ch] text-sm">{view.doing}</p>
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
          <Card title="Timeline" body="flush">
            <Timeline label="What happened" steps={view.timeline} />
          </Card>
          <ReceiptFacts facts={view.facts} />
        </div>
      </div>
    </DashboardShell>
  );
}
