import type { Metadata } from "next";
import { ConnectorList } from "@/components/connectors/connector-list";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { loadConnectors } from "@/lib/dashboard/connectors/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Connectors" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function Page({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "connectors", query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [{ label: "Connectors" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadConnectors(address);
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-6">
        <PageHeader
          title="Connectors"
          actions={
            view.newHref &&
            view.rows.length > 0 && (
              <ButtonLink href={view.newHref} size="medium" variant="primary">
                Add connector
              </ButtonLink>
            )
          }
        />
        <ConnectorList {...view} />
      </div>
    </DashboardShell>
  );
}
