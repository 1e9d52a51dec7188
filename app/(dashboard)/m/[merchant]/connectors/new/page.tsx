import type { Metadata } from "next";
import { ConnectorForm } from "@/components/connectors/connector-form";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { loadNewConnector } from "@/lib/dashboard/connectors/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Add connector · Connectors" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function Page({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "connectors/new", query: await searchParams };
  const shell = await loadShell(address, { scope: "config:write", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const { form, crumbs, railsHref } = await loadNewConnector(address);
  return (
    <DashboardShell shell={{ ...shell, breadcrumb: [...shell.breadcrumb, ...crumbs] }}>
      {form ? (
        <ConnectorForm key={form.draft.mode} view={form} title="Add connector" />
      ) : (
        <Card body="flush">
          <EmptyState
            kind="first"
            title={`No rail in ${shell.mode} mode yet`}
            action={
              <ButtonLink href={railsHref} variant="primary">
                Add rail
              </ButtonLink>
            }
          >
            A shop takes payments on rails. Add one first; then it can be named here.
          </EmptyState>
        </Card>
      )}
    </DashboardShell>
  );
}
