import type { Metadata } from "next";
import { RailCards } from "@/components/rails/rail-cards";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { loadRails } from "@/lib/dashboard/rails/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Rails" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function Page({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "rails", query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [{ label: "Rails" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadRails(address);
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-6">
        <PageHeader
          title="Rails"
          actions={
            view.newHref &&
            view.cards.length > 0 && (
              <ButtonLink href={view.newHref} size="medium" variant="primary">
                Add rail
              </ButtonLink>
            )
          }
        />
        <RailCards {...view} />
      </div>
    </DashboardShell>
  );
}
