import { Download } from "lucide-react";
import type { Metadata } from "next";
import { EmptyRefunds } from "@/components/refunds/empty-refunds";
import { RefundTable } from "@/components/refunds/refund-table";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ListFilters } from "@/components/ui/list-filters";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { TabsNav } from "@/components/ui/tabs-nav";
import { loadRefunds } from "@/lib/dashboard/refunds/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Refunds" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function RefundsPage({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "refunds", query: await searchParams };
  const shell = await loadShell(address, { scope: "receipts:read", breadcrumb: [{ label: "Refunds" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadRefunds(address);
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-4">
        <PageHeader
          title="Refunds"
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
        <Card body="flush" foot={view.rows.length > 0 ? <Pager {...view.foot} /> : undefined}>
          <TabsNav isInset label="Status" tabs={view.tabs} />
          <ListFilters {...view} label="Search refunds" placeholder="Refund, receipt or reference" />
          {view.empty ? (
            <EmptyRefunds empty={view.empty} mode={shell.mode} />
          ) : (
            <RefundTable rows={view.rows} places={view.places} merchant={address.merchant} />
          )}
        </Card>
      </div>
    </DashboardShell>
  );
}
