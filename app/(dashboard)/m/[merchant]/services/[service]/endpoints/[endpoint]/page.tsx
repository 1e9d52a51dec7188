import type { Metadata } from "next";
import { DeleteEndpoint } from "@/components/services/danger";
import { EndpointForm } from "@/components/services/endpoint-form";
import { VersionsCard } from "@/components/services/versions-card";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { loadEndpoint } from "@/lib/dashboard/endpoints/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

type Params = { merchant: string; service: string; endpoint: string };
type Props = { params: Promise<Params>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Endpoint of ${(await params).service} · Services` };
}

const savedWords = (newest: { version: number; by: string; time: { text: string } } | undefined): string =>
  newest ? `Version ${newest.version} saved ${newest.time.text} by ${newest.by}` : "";

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
        title={view.name ?? label}
        below={
          <>
            {view.name && label}
            {stored?.price && (
              <a href="#versions" className="hover:underline">
                {savedWords(view.form.versions[0])}
              </a>
            )}
          </>
        }
        foot={
          stored && (
            <div className="grid gap-6">
              <VersionsCard view={view.form} />
              {mayWrite && (
                <DeleteEndpoint
                  merchant={merchant}
                  service={service}
                  method={stored.method}
                  path={stored.path}
                  listHref={view.serviceHref}
                />
              )}
            </div>
          )
        }
      />
    </DashboardShell>
  );
}
