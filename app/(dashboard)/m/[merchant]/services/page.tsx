import type { Metadata } from "next";
import { ServiceList } from "@/components/services/service-list";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { loadServices } from "@/lib/dashboard/services/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Services" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function Page({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "services", query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [{ label: "Services" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadServices(address);
  const isEmpty = view.rows.length === 0;
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-6">
        <PageHeader
          title="Services"
          actions={
            view.newHref &&
            !isEmpty && (
              <ButtonLink href={view.newHref} size="medium" variant="primary">
                New service
              </ButtonLink>
            )
          }
        />
        <ServiceList {...view} />
      </div>
    </DashboardShell>
  );
}
