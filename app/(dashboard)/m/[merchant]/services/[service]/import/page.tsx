import type { Metadata } from "next";
import { ImportForm } from "@/components/services/import/import-form";
import { ServiceFrame } from "@/components/services/service-frame";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { loadImport } from "@/lib/dashboard/services/import/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; service: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Import of ${(await params).service} · Services` };
}

export default async function Page({ params, searchParams }: Props) {
  const { merchant, service } = await params;
  const address = { merchant, path: `services/${service}/import`, query: await searchParams };
  const shell = await loadShell(address, { scope: "config:write", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadImport(address, service);
  const breadcrumb = [...shell.breadcrumb, ...view.crumbs];
  return (
    <DashboardShell shell={{ ...shell, breadcrumb, modeBase: view.listHref }}>
      <ServiceFrame view={view}>
        <ImportForm view={view} />
      </ServiceFrame>
    </DashboardShell>
  );
}
