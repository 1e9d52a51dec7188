import type { Metadata } from "next";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { ConsentCard } from "@/components/vtex-consent/consent-card";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";
import { loadConsent } from "@/lib/dashboard/vtex-consent/loaders";

export const metadata: Metadata = { title: "Connect VTEX" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function Page({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "vtex-consent", query: await searchParams };
  const shell = await loadShell(address, { scope: "keys:write", breadcrumb: [{ label: "Connect VTEX" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadConsent(address);
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-6">
        <PageHeader title="Connect VTEX" />
        {view ? (
          <ConsentCard view={view} />
        ) : (
          <Card body="flush" className="max-w-[40rem]">
            <EmptyState kind="first" title="Nothing is asked for">
              This request was answered, or its ten minutes have passed. Begin again at VTEX.
            </EmptyState>
          </Card>
        )}
      </div>
    </DashboardShell>
  );
}
