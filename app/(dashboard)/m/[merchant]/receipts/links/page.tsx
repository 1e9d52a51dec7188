import type { Metadata } from "next";
import { CreateLink } from "@/components/links/create-link";
import { LinkTable } from "@/components/links/link-table";
import { MoneyViews } from "@/components/receipts/money-views";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { loadLinks } from "@/lib/dashboard/links/loaders";
import type { LinkListView } from "@/lib/dashboard/links/view";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import { type Query, readParameter } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Payment links · Receipts" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function LinksPage({ params, searchParams }: Props) {
  const [{ merchant }, query] = await Promise.all([params, searchParams]);
  const address = { merchant, path: "receipts/links", query };
  const shell = await loadShell(address, {
    scope: "receipts:read",
    breadcrumb: [
      { label: "Receipts", href: `/m/${merchant}/receipts?mode=${readParameter(query, "mode") ?? "test"}` },
      { label: "Payment links" },
    ],
  });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadLinks(address);
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-4">
        <PageHeader
          title="Receipts"
          views={<MoneyViews merchant={merchant} mode={shell.mode} current="links" />}
          actions={view.form && <CreateLink key={view.form.key} form={view.form} />}
        />
        <Card
          title="Payment links"
          note="addresses to send to whoever pays"
          body="flush"
          {...(view.firstHref || view.olderHref ? { foot: <Steps view={view} /> } : {})}
        >
          {view.rows.length === 0 ? <NoLinks mayMake={view.form !== null} /> : <LinkTable rows={view.rows} />}
        </Card>
      </div>
    </DashboardShell>
  );
}

function NoLinks({ mayMake }: { mayMake: boolean }) {
  return (
    <EmptyState kind="first" title="No payment link yet">
      A link asks for an amount with a description, or sells what an endpoint gives. Each payment at it has a
      receipt here.{" "}
      {mayMake
        ? "“New link” makes the first."
        : "A member who may make links (finance, admin, owner) makes the first."}
    </EmptyState>
  );
}

function Steps({ view }: { view: LinkListView }) {
  return (
    <nav aria-label="Pages" className="ms-auto flex gap-2 print:hidden">
      {view.firstHref && <ButtonLink href={view.firstHref}>Newest</ButtonLink>}
      {view.olderHref && <ButtonLink href={view.olderHref}>Older</ButtonLink>}
    </nav>
  );
}
