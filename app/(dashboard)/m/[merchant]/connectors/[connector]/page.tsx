import type { Metadata } from "next";
import { CallsCard, NoticesCard } from "@/components/connectors/calls-card";
import { ConnectorForm } from "@/components/connectors/connector-form";
import { DeleteConnector } from "@/components/connectors/delete-connector";
import { KeysCard } from "@/components/connectors/keys-card";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { Status } from "@/components/ui/status";
import { loadConnector } from "@/lib/dashboard/connectors/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; connector: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${(await params).connector} · Connectors` };
}

export default async function Page({ params, searchParams }: Props) {
  const { merchant, connector } = await params;
  const address = { merchant, path: `connectors/${connector}`, query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const { page, crumbs, listHref } = await loadConnector(address, connector);
  const { form, name, kind, health, sentence, keys, calls, notices } = page;
  const breadcrumb = [...shell.breadcrumb, ...crumbs];
  return (
    <DashboardShell shell={{ ...shell, breadcrumb, modeBase: listHref }}>
      <ConnectorForm
        key={JSON.stringify(form.draft)}
        view={form}
        title={name}
        below={
          <>
            <Status {...health} isPill />
            <span>{sentence}</span>
          </>
        }
        foot={
          <>
            <div className="grid items-start gap-6 lg:grid-cols-2">
              {keys && (
                <KeysCard merchant={merchant} connector={connector} isPair={kind === "vtex"} keys={keys} />
              )}
              <NoticesCard notices={notices} />
            </div>
            <CallsCard calls={calls} />
            {form.mayWrite && (
              <DeleteConnector merchant={merchant} slug={connector} name={name} listHref={listHref} />
            )}
          </>
        }
      >
        <Card title="Address for the shop">
          <CodeBlock what="address" code={page.address} />
        </Card>
      </ConnectorForm>
    </DashboardShell>
  );
}
