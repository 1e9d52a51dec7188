import type { Metadata } from "next";
import { DisputeEvidence } from "@/components/receipts/dispute-evidence";
import { KeepWatching } from "@/components/receipts/keep-watching";
import { MarkSeen } from "@/components/receipts/mark-seen";
import { PublicAddress } from "@/components/receipts/public-address";
import { ReceiptFacts, ReceiptPrograms } from "@/components/receipts/receipt-facts";
import { ReceiptHeader } from "@/components/receipts/receipt-header";
import { Breakdown, Postings, Refunds } from "@/components/receipts/receipt-money";
import { UndeliveredBand } from "@/components/receipts/undelivered-band";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Card } from "@/components/ui/card";
import { Timeline } from "@/components/ui/timeline";
import { loadReceipt } from "@/lib/dashboard/receipt/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import { type Query, readParameter } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; id: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params;
  return { title: `${id.slice(0, 40)} · Receipts` };
}

export default async function ReceiptPage({ params, searchParams }: Props) {
  const [{ merchant, id }, query] = await Promise.all([params, searchParams]);
  const address = { merchant, path: `receipts/${encodeURIComponent(id)}`, query };
  const list = `/m/${merchant}/receipts?mode=${readParameter(query, "mode") ?? "test"}`;
  const shell = await loadShell(address, {
    scope: "receipts:read",
    breadcrumb: [
      { label: "Receipts", href: list },
      { label: id, isMono: true },
    ],
    modeBase: `/m/${merchant}/receipts`,
  });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadReceipt(address, id);
  return (
    <DashboardShell shell={shell}>
      <MarkSeen />
      {view.isMoving && <KeepWatching />}
      <div className="grid gap-6">
        <ReceiptHeader view={view} />
        {view.band && (
          <UndeliveredBand
            band={view.band}
            merchant={view.merchant}
            receiptId={view.id}
            refund={view.refund}
          />
        )}
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
          <div className="grid min-w-0 gap-6">
            <Card title="Timeline" note={view.timelineNote} body="flush">
              <Timeline label="What happened" steps={view.timeline} />
            </Card>
            <Breakdown {...view} />
            <Refunds {...view} />
            <Postings {...view} />
          </div>
          <div className="grid min-w-0 gap-6">
            <ReceiptFacts {...view} />
            {view.evidenceHref && <DisputeEvidence href={view.evidenceHref} />}
            {view.publicAddress && <PublicAddress address={view.publicAddress} />}
            <ReceiptPrograms {...view} />
          </div>
        </div>
      </div>
    </DashboardShell>
  );
}
