import type { Metadata } from "next";
import { PresetForm } from "@/components/services/preset-form";
import { ServiceForm } from "@/components/services/service-form";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { TabsNav } from "@/components/ui/tabs-nav";
import { loadNewService } from "@/lib/dashboard/services/loaders";
import { loadStart } from "@/lib/dashboard/services/preset/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "New service · Services" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function Page({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "services/new", query: await searchParams };
  const shell = await loadShell(address, { scope: "config:write", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const [{ form, crumbs }, start] = await Promise.all([loadNewService(address), loadStart(address)]);
  const tabs = <TabsNav label="What it is made from" tabs={start.starts} />;
  return (
    <DashboardShell shell={{ ...shell, breadcrumb: [...shell.breadcrumb, ...crumbs] }}>
      {start.preset ? (
        <PresetForm
          key={`${start.preset.preset.id} ${start.preset.draft.mode}`}
          view={start.preset}
          title="New service"
          tabs={tabs}
        />
      ) : (
        <ServiceForm
          key={form.draft.mode}
          view={form}
          title="New service"
          tabs={tabs}
          isImported={start.isFromDescription}
        />
      )}
    </DashboardShell>
  );
}
