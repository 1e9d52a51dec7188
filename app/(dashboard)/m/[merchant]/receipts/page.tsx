import { Download } from "lucide-react";
import type { Metadata } from "next";
import { EmptyReceipts } from "@/components/receipts/empty-receipts";
import { MoneyViews } from "@/components/receipts/money-views";
import { NewReceipts } from "@/components/receipts/new-receipts";
import { ReceiptFilters } from "@/components/receipts/receipt-filters";
import { ReceiptTable } from "@/components/receipts/receipt-table";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { TabsNav } from "@/components/ui/tabs-nav";
import { loadReceipts } from "@/lib/dashboard/receipts/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Receipts" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function ReceiptsPage({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "receipts", query: await searchParams };
  const shell = await loadShell(address, { scope: "receipts:read", breadcrumb: [{ label: "Receipts" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadReceipts(address);
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-4">
        <PageHeader
          title="Receipts"
          views={<MoneyViews merchant={address.merchant} mode={shell.mode} current="receipts" />}
          actions={
            <>
              {view.newHref && <NewReceipts href={view.newHref} />}
              {view.exportHref && (
                <Button asChild variant="primary">
                  <a href={view.exportHref} download>
                    <Download />
                    Export CSV
                  </a>
                </Button>
              )}
            </>
          }
        />
        <Card
          body="flush"
          foot={
            view.rows.length > 0 ? (
              <>
                <Pager {...view.foot} />
                {view.afterwards.length > 0 && (
                  <p className="w-full text-muted md:text-end">{view.afterwards.join(" · ")}</p>
                )}
              </>
            ) : undefined
          }
        >
          <TabsNav isInset label="Delivery and status" tabs={view.tabs} />
          <ReceiptFilters {...view} />
          {view.empty ? (
            <EmptyReceipts empty={view.empty} mode={view.mode} />
          ) : (
            <ReceiptTable caption="Receipts" rows={view.rows} places={view.places} sorts={view.sorts} />
          )}
        </Card>
      </div>
    </DashboardShell>
  );
}
