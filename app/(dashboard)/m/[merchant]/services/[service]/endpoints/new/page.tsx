import type { Metadata } from "next";
import { EndpointForm } from "@/components/services/endpoint-form";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { loadNewEndpoint } from "@/lib/dashboard/endpoints/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; service: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `New endpoint of ${(await params).service} · Services` };
}

export default async function Page({ params, searchParams }: Props) {
  const { merchant, service } = await params;
  const address = { merchant, path: `services/${service}/endpoints/new`, query: await searchParams };
  const shell = await loadShell(address, { scope: "config:write", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const { form, crumbs, label, listHref } = await loadNewEndpoint(address, service);
  const breadcrumb = [...shell.breadcrumb, ...crumbs];
  return (
    <DashboardShell shell={{ ...shell, breadcrumb, modeBase: listHref }} width="wide">
      <EndpointForm view={form} title={label} />
    </DashboardShell>
  );
}
