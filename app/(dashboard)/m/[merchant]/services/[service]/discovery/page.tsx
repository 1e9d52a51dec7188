import type { Metadata } from "next";
import { DiscoveryForm } from "@/components/services/discovery-form";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { loadServiceDiscovery } from "@/lib/dashboard/services/discovery/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; service: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Discovery of ${(await params).service} · Services` };
}

export default async function Page({ params, searchParams }: Props) {
  const { merchant, service } = await params;
  const address = { merchant, path: `services/${service}/discovery`, query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadServiceDiscovery(address, service);
  const breadcrumb = [...shell.breadcrumb, ...view.crumbs];
  return (
    <DashboardShell shell={{ ...shell, breadcrumb, modeBase: view.listHref }}>
      <DiscoveryForm key={JSON.stringify(view.draft)} view={view} />
    </DashboardShell>
  );
}
