import type { Metadata } from "next";
import { CallersCard } from "@/components/services/callers/callers-card";
import { ServiceFrame } from "@/components/services/service-frame";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { loadCallers } from "@/lib/dashboard/services/callers/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; service: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Callers of ${(await params).service} · Services` };
}

export default async function Page({ params, searchParams }: Props) {
  const { merchant, service } = await params;
  const address = { merchant, path: `services/${service}/callers`, query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadCallers(address, service);
  const breadcrumb = [...shell.breadcrumb, ...view.crumbs];
  return (
    <DashboardShell shell={{ ...shell, breadcrumb, modeBase: view.listHref }}>
      <ServiceFrame view={view}>
        <CallersCard view={view} />
      </ServiceFrame>
    </DashboardShell>
  );
}
