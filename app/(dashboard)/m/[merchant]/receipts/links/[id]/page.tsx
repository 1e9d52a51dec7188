import type { Metadata } from "next";
import { EndLink } from "@/components/links/end-link";
import { LinkAddress } from "@/components/links/link-address";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts } from "@/components/ui/facts";
import { Identifier } from "@/components/ui/identifier";
import { PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { loadLink } from "@/lib/dashboard/links/loaders";
import type { LinkPayment } from "@/lib/dashboard/links/view";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import { type Query, readParameter } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; id: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${(await params).id.slice(0, 40)} · Payment links` };
}

export default async function LinkPage({ params, searchParams }: Props) {
  const [{ merchant, id }, query] = await Promise.all([params, searchParams]);
  const address = { merchant, path: `receipts/links/${encodeURIComponent(id)}`, query };
  const mode = `?mode=${readParameter(query, "mode") ?? "test"}`;
  const shell = await loadShell(address, {
    scope: "receipts:read",
    breadcrumb: [
      { label: "Receipts", href: `/m/${merchant}/receipts${mode}` },
      { label: "Payment links", href: `/m/${merchant}/receipts/links${mode}` },
      { label: id, isMono: true },
    ],
    modeBase: `/m/${merchant}/receipts/links`,
  });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadLink(address, id);
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-6">
        <PageHeader
          title={view.title}
          {...(view.amount ? { note: view.amount } : {})}
          actions={view.mayEnd && <EndLink merchant={merchant} id={view.id} />}
          below={
            <>
              <Status isPill {...view.word} />
              <Identifier value={view.id} what="payment link id" />
              <Time {...view.at} />
            </>
          }
        />
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <Card title="Payments" body="flush">
            <Payments payments={view.payments} hasMore={view.hasMore} />
          </Card>
          <div className="grid gap-6 max-lg:order-first">
            <LinkAddress view={view} />
            <Card title="Facts">
              <Facts
                facts={view.facts.map(({ label, value }) => ({
                  label,
                  value: <span className="num">{value}</span>,
                }))}
              />
            </Card>
          </div>
        </div>
      </div>
    </DashboardShell>
  );
}

type PaymentsProps = { payments: readonly LinkPayment[]; hasMore: boolean };

function Payments({ payments, hasMore }: PaymentsProps) {
  if (payments.length === 0) {
    return (
      <EmptyState kind="first" title="Nobody has paid yet">
        Each payment at this link is listed here, with its receipt.
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="divide-y border-t">
        {payments.map(({ id, href, at }) => (
          <li
            key={id}
            className="flex min-h-row flex-wrap items-center justify-between gap-x-4 px-4 py-1 text-sm"
          >
            <Identifier value={id} what="receipt id" href={href} keep={[12, 6]} />
            {at && <Time {...at} />}
          </li>
        ))}
      </ul>
      {hasMore && <p className="px-4 pb-4 text-muted text-sm">Older ones are among the receipts.</p>}
    </>
  );
}
