import type { Metadata } from "next";
import { EndpointList } from "@/components/services/endpoint-list";
import { NotServed, ServiceAddress } from "@/components/services/service-header";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { TabsNav } from "@/components/ui/tabs-nav";
import { loadService } from "@/lib/dashboard/services/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; service: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${(await params).service} · Services` };
}

export default async function Page({ params, searchParams }: Props) {
  const { merchant, service } = await params;
  const address = { merchant, path: `services/${service}`, query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadService(address, service);
  const breadcrumb = [...shell.breadcrumb, ...view.crumbs];
  return (
    <DashboardShell shell={{ ...shell, breadcrumb, modeBase: view.listHref }}>
      <div className="grid gap-6">
        <div className="grid gap-4">
          <PageHeader
            title={view.title}
            below={<ServiceAddress address={view.address} />}
            actions={
              view.newEndpointHref &&
              view.endpoints.length > 0 && (
                <ButtonLink href={view.newEndpointHref} size="medium" variant="primary">
                  New endpoint
                </ButtonLink>
              )
            }
          />
          <TabsNav label="Service" tabs={view.tabs} />
        </div>
        {!view.isReadable && <NotServed settingsHref={view.settingsHref} />}
        <EndpointList {...view} />
      </div>
    </DashboardShell>
  );
}
