import type { Metadata } from "next";
import { DeleteService, PauseService } from "@/components/services/danger";
import { ServiceForm } from "@/components/services/service-form";
import { ServiceTabs } from "@/components/services/service-frame";
import { ServiceAddress } from "@/components/services/service-header";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { loadServiceSettings } from "@/lib/dashboard/services/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; service: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Settings of ${(await params).service} · Services` };
}

export default async function Page({ params, searchParams }: Props) {
  const { merchant, service } = await params;
  const address = { merchant, path: `services/${service}/settings`, query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const { form, ...view } = await loadServiceSettings(address, service);
  const breadcrumb = [...shell.breadcrumb, ...view.crumbs];
  return (
    <DashboardShell shell={{ ...shell, breadcrumb, modeBase: view.listHref }}>
      <ServiceForm
        key={JSON.stringify(form.draft)}
        view={form}
        title={view.title}
        below={<ServiceAddress address={view.address} />}
        tabs={<ServiceTabs view={view} />}
        foot={
          form.mayWrite && (
            <div className="grid gap-6">
              <PauseService
                merchant={merchant}
                slug={view.slug}
                title={view.title}
                isPaused={view.isPaused}
              />
              <DeleteService
                merchant={merchant}
                slug={view.slug}
                title={view.title}
                listHref={view.listHref}
              />
            </div>
          )
        }
      />
    </DashboardShell>
  );
}
