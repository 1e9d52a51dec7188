import { Download } from "lucide-react";
import type { Metadata } from "next";
import { ChannelTable } from "@/components/channels/channel-table";
import { ChannelTiles } from "@/components/channels/channel-tiles";
import { EmptyChannels } from "@/components/channels/empty-channels";
import { KeepWatching } from "@/components/receipts/keep-watching";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ListFilters } from "@/components/ui/list-filters";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { TabsNav } from "@/components/ui/tabs-nav";
import { loadChannels } from "@/lib/dashboard/channels/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Channels" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function ChannelsPage({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "channels", query: await searchParams };
  const shell = await loadShell(address, { scope: "receipts:read", breadcrumb: [{ label: "Channels" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadChannels(address);
  return (
    <DashboardShell shell={shell}>
      {view.isMoving && <KeepWatching />}
      <div className="grid gap-4">
        <PageHeader
          title="Channels"
          actions={
            view.exportHref && (
              <Button asChild variant="primary">
                <a href={view.exportHref} download>
                  <Download />
                  Export CSV
                </a>
              </Button>
            )
          }
        />
        <ChannelTiles tiles={view.tiles} />
        <Card body="flush" foot={view.rows.length > 0 ? <Pager {...view.foot} /> : undefined}>
          <TabsNav isInset label="Status" tabs={view.tabs} />
          <ListFilters {...view} label="Search channels" placeholder="Channel or payer" />
          {view.empty ? (
            <EmptyChannels empty={view.empty} mode={shell.mode} />
          ) : (
            <ChannelTable rows={view.rows} places={view.places} />
          )}
        </Card>
      </div>
    </DashboardShell>
  );
}
