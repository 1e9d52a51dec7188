import type { Metadata } from "next";
import { DeleteEndpoint } from "@/components/services/danger";
import { EndpointForm } from "@/components/services/endpoint-form";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { loadEndpoint } from "@/lib/dashboard/endpoints/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

type Params = { merchant: string; service: string; endpoint: string };
type Props = { params: Promise<Params>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Endpoint of ${(await params).service} · Services` };
}

export default async function Page({ params, searchParams }: Props) {
  const { merchant, service, endpoint } = await params;
  const path = `services/${service}/endpoints/${endpoint}`;
  const address = { merchant, path, query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadEndpoint(address, service, endpoint);
  const breadcrumb = [...shell.breadcrumb, ...view.crumbs];
  const { stored, mayWrite } = view.form;
  const label = <span className="mono">{view.label}</span>;
  return (
    <DashboardShell shell={{ ...shell, breadcrumb, modeBase: view.listHref }} width="wide">
      <EndpointForm
        key={JSON.stringify(view.form.draft)}
        view={view.form}
        title={view.description ?? label}
        below={
          <>
            {view.description && label}
            {stored?.price && <span>Price version {stored.priceVersion}</span>}
          </>
        }
        foot={
          stored &&
          mayWrite && (
            <DeleteEndpoint
              merchant={merchant}
              service={service}
              method={stored.method}
              path={stored.path}
              listHref={view.serviceHref}
            />
          )
        }
      />
    </DashboardShell>
  );
}
