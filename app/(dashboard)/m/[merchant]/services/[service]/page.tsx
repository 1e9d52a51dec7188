import type { Metadata } from "next";
import { EndpointList } from "@/components/services/endpoint-list";
import { ServiceFrame } from "@/components/services/service-frame";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { ButtonLink } from "@/components/ui/button";
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
      <ServiceFrame
        view={view}
        actions={
          view.newEndpointHref &&
          view.endpoints.length > 0 && (
            <ButtonLink href={view.newEndpointHref} size="medium" variant="primary">
              New endpoint
            </ButtonLink>
          )
        }
      >
        <EndpointList {...view} />
      </ServiceFrame>
    </DashboardShell>
  );
}
