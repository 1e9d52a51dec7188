import type { Metadata } from "next";
import { ServiceForm } from "@/components/services/service-form";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { loadNewService } from "@/lib/dashboard/services/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "New service · Services" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function Page({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "services/new", query: await searchParams };
  const shell = await loadShell(address, { scope: "config:write", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const { form, crumbs } = await loadNewService(address);
  return (
    <DashboardShell shell={{ ...shell, breadcrumb: [...shell.breadcrumb, ...crumbs] }}>
      <ServiceForm key={form.draft.mode} view={form} title="New service" />
    </DashboardShell>
  );
}
