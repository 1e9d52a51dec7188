import type { Metadata } from "next";
import { UpstreamForm } from "@/components/services/upstream/upstream-form";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { loadUpstream } from "@/lib/dashboard/services/upstream/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; service: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Upstream of ${(await params).service} · Services` };
}

export default async function Page({ params, searchParams }: Props) {
  const { merchant, service } = await params;
  const address = { merchant, path: `services/${service}/upstream`, query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadUpstream(address, service);
  const breadcrumb = [...shell.breadcrumb, ...view.crumbs];
  return (
    <DashboardShell shell={{ ...shell, breadcrumb, modeBase: view.listHref }}>
      <UpstreamForm key={JSON.stringify(view.draft)} view={view} />
    </DashboardShell>
  );
}
