import type { Metadata } from "next";
import { Checklist } from "@/components/overview/checklist";
import { NeedsAttention } from "@/components/overview/needs-attention";
import { RevenueCard } from "@/components/overview/revenue-card";
import { FirstPayment } from "@/components/receipts/first-payment";
import { NewReceipts } from "@/components/receipts/new-receipts";
import { ReceiptTable } from "@/components/receipts/receipt-table";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { RangeChip } from "@/components/ui/range-chip";
import { TextLink } from "@/components/ui/text-link";
import { Tile, Tiles } from "@/components/ui/tile";
import { loadOverview } from "@/lib/dashboard/overview/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Overview" };

/** As many side by side as leave no row half empty. */
const columnsFor = (count: number) => ([5, 4, 3] as const).find((columns) => count % columns === 0) ?? 4;

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function OverviewPage({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "overview", query: await searchParams };
  const shell = await loadShell(address, { scope: "receipts:read", breadcrumb: [{ label: "Overview" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadOverview(address);
  const { range, checklist, attention, tiles, revenue, payment, latest, newMerchantHref } = view;
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-6">
        <PageHeader
          title="Overview"
          actions={
            <>
              {newMerchantHref && <ButtonLink href={newMerchantHref}>New merchant</ButtonLink>}
              <RangeChip {...range} />
            </>
          }
        />
        <NeedsAttention {...attention} />
        {checklist && <Checklist {...checklist} />}
        <Tiles label={`Figures, ${range.label}, ${range.detail}`} columns={columnsFor(view.tiles.length)}>
          {tiles.map((tile) => (
            <Tile key={tile.label} {...tile} />
          ))}
        </Tiles>
        <RevenueCard revenue={revenue}>{payment && <FirstPayment {...payment} />}</RevenueCard>
        {latest.rows.length > 0 && (
          <Card
            title="Latest receipts"
            note={<NewReceipts href={latest.newHref} />}
            body="flush"
            aside={<TextLink href={latest.href}>All receipts</TextLink>}
          >
            <ReceiptTable caption="Latest receipts" rows={latest.rows} places={latest.places} />
          </Card>
        )}
      </div>
    </DashboardShell>
  );
}
