import type { Metadata } from "next";
import { ChannelMoney } from "@/components/channels/channel-money";
import { CloseChannel, SettleChannel } from "@/components/channels/close-channel";
import { KeepWatching } from "@/components/receipts/keep-watching";
import { ReceiptFacts, ReceiptPrograms } from "@/components/receipts/receipt-facts";
import { Postings } from "@/components/receipts/receipt-money";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Banner } from "@/components/ui/banner";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Identifier } from "@/components/ui/identifier";
import { PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { Timeline } from "@/components/ui/timeline";
import { loadChannel } from "@/lib/dashboard/channel/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import { type Query, readParameter } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; id: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params;
  return { title: `${id.slice(0, 40)} · Channels` };
}

export default async function ChannelPage({ params, searchParams }: Props) {
  const [{ merchant, id }, query] = await Promise.all([params, searchParams]);
  const address = { merchant, path: `channels/${encodeURIComponent(id)}`, query };
  const list = `/m/${merchant}/channels?mode=${readParameter(query, "mode") ?? "test"}`;
  const shell = await loadShell(address, {
    scope: "receipts:read",
    breadcrumb: [
      { label: "Channels", href: list },
      { label: id, isMono: true },
    ],
    modeBase: `/m/${merchant}/channels`,
  });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadChannel(address, id);
  return (
    <DashboardShell shell={shell}>
      {view.isMoving && <KeepWatching />}
      <div className="grid gap-6">
        <PageHeader
          isFigure
          title={view.title}
          note={view.note}
          actions={
            <>
              <ButtonLink href={view.receiptsHref}>Requests on it</ButtonLink>
              {view.settle && <SettleChannel settle={view.settle} />}
              {view.close && <CloseChannel offer={view.close} />}
            </>
          }
          below={
            <>
              <Status isPill {...view.word} />
              {view.next !== "—" && <span className="num">{view.next}</span>}
              <Identifier value={view.id} what="channel id" />
              <Time {...view.at} />
            </>
          }
        />
        {view.owed && (
          <Banner tone="failed" title={`${view.owed.amount} could not be sent back`}>
            The network said: {view.owed.why}. It is still owed to the payer and is not tried again by itself;
            settle it with them outside Farebox.
          </Banner>
        )}
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
          <div className="grid min-w-0 gap-6">
            <ChannelMoney {...view} />
            <Card title="Timeline" body="flush">
              <Timeline label="What happened" steps={view.timeline} />
            </Card>
            <Postings {...view} />
          </div>
          <div className="grid min-w-0 gap-6">
            <ReceiptFacts {...view} />
            <ReceiptPrograms {...view} />
          </div>
        </div>
      </div>
    </DashboardShell>
  );
}
